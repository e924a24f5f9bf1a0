import { expect } from 'chai';
import fc from 'fast-check';
import { projectPod } from '../../../src/api/projections/pod.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { fieldsOf } from './pod-fixture.ts';

const RUNS = Number(process.env['SLUICE_RUNS'] ?? 300);

/** What the pods of one owner differ in, member by member; undefined leaves the member out. */
const SPEC: Readonly<Record<string, readonly (JsonValue | undefined)[]>> = {
  nodeName: ['', 'n1', 'n2'],
  volumes: [undefined, [{ name: 'token-a' }], [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }]],
  nodeSelector: [undefined, {}, { pool: 'gpu' }, { pool: 'cpu' }],
  overhead: [undefined, { cpu: '100m' }],
  resources: [undefined, { requests: { cpu: '3' } }],
  schedulingGates: [undefined, [{ name: 'g' }]],
  tolerations: [undefined, [{ key: 'a', operator: 'Exists' }], [{ key: 'b' }]],
  initContainers: [undefined, [{ name: 'step', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } }]],
  affinity: [undefined, { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term()] } }],
};
const CONTAINER: Readonly<Record<string, readonly (JsonValue | undefined)[]>> = {
  image: ['train', 'train:2'],
  resources: [
    undefined,
    { requests: { cpu: '1' } },
    { requests: { cpu: '2', 'nvidia.com/gpu': 1 } },
    { limits: { cpu: '2', memory: '1Gi' } },
    { limits: { 'volcano.sh/vgpu-number': 1, cpu: '1' } },
  ],
  ports: [undefined, [{ containerPort: 80 }], [{ hostPort: 80, containerPort: 80 }]],
};
const METADATA: Readonly<Record<string, readonly JsonValue[]>> = {
  namespace: ['ml', 'web'],
  labels: [{ app: 'a' }, { app: 'b' }, { app: 'a', more: 'x' }],
  annotations: [
    {},
    { 'volcano.sh/preemptable': 'true' },
    { 'volcano.sh/numa-topology-policy': 'restricted' },
    { 'volcano.sh/vgpu-type': 'A100' },
  ],
};
const STATUS: readonly JsonObject[] = [
  { phase: 'Pending' },
  { phase: 'Running', containerStatuses: [{ name: 'main', allocatedResources: { cpu: '4' } }] },
];

function term(): JsonObject {
  return { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['app'] };
}

/** One change of a pod: a member of one of its parts, and what it becomes. */
type Change = readonly [part: 'spec' | 'container' | 'metadata', member: string, value: JsonValue | undefined];

const CHANGES = fc.constantFrom<Change>(
  ...changesOf('spec', SPEC),
  ...changesOf('container', CONTAINER),
  ...changesOf('metadata', METADATA),
);

function changesOf(
  part: Change[0],
  of: Readonly<Record<string, readonly (JsonValue | undefined)[]>>,
): readonly Change[] {
  return Object.entries(of).flatMap(([name, values]) => values.map((value): Change => [part, name, value]));
}

/** Each pod differs from the one before in a member or two, and some come back to what was. */
const PODS = fc
  .array(
    fc.record({
      changes: fc.array(CHANGES, { maxLength: 2 }),
      status: fc.constantFrom(...STATUS),
      owner: fc.constantFrom('o-1', 'o-1', 'o-2', ''),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((steps) => {
    let parts: Readonly<Record<Change[0], JsonObject>> = { spec: {}, container: {}, metadata: { namespace: 'ml' } };
    return steps.map(({ changes, status, owner }) => {
      for (const [part, name, value] of changes) parts = { ...parts, [part]: { ...parts[part], [name]: value } };
      return podOf(parts, status, owner);
    });
  });

/** A copy, as a list has it: equal parts are not one. */
function podOf(
  { spec, container, metadata }: Readonly<Record<Change[0], JsonObject>>,
  status: JsonObject,
  owner: string,
): unknown {
  const owners = owner === '' ? {} : { ownerReferences: [{ kind: 'Job', name: owner, uid: owner, controller: true }] };
  const pod = {
    metadata: { ...metadata, ...owners, name: 'p', uid: 'u' },
    spec: { ...spec, containers: [{ name: 'main', ...container }] },
    status,
  };
  return JSON.parse(JSON.stringify(pod));
}

describe('pods of one owner, one after another', () => {
  it('have the records that each would have alone', () => {
    fc.assert(
      fc.property(PODS, (pods) => {
        const shared = new Map<string, SchedulingShape>();
        for (const pod of pods) {
          const alone = projectPod(pod, new Map());
          const together = projectPod(pod, shared);
          expect(together === undefined || alone === undefined).to.equal(false);
          if (together !== undefined && alone !== undefined) expect(fieldsOf(together)).to.deep.equal(fieldsOf(alone));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('share one shape when they differ in nothing that it is made of', () => {
    const shapes = new Map<string, SchedulingShape>();
    const of = (name: string, nodeName: string, volume: string) =>
      projectPod(
        {
          metadata: { name, namespace: 'ml', uid: name, labels: { app: 'a' } },
          spec: { nodeName, volumes: [{ name: volume }], containers: [{ name: 'main' }] },
        },
        shapes,
      );
    const [a, b] = [of('a', 'n1', 'token-a'), of('b', 'n2', 'token-b')];
    expect(a?.shape).to.not.equal(undefined);
    expect(a?.shape).to.equal(b?.shape);
  });

  it('have their shape back in the map after somebody took it out', () => {
    const shapes = new Map<string, SchedulingShape>();
    const pod = { metadata: { name: 'a', namespace: 'ml', uid: 'a' }, spec: { containers: [{ name: 'main' }] } };
    projectPod(pod, shapes);
    shapes.clear();
    const again = projectPod(pod, shapes);
    expect([...shapes.values()]).to.deep.equal([again?.shape]);
  });
});

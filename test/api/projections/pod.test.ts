import { expect } from 'chai';
import fc from 'fast-check';
import { projectPod } from '../../../src/api/projections/pod.ts';
import { fieldsOf, POD, project, withMetadata, withSpec } from './pod-fixture.ts';

const START = '1970-01-01T00:00:05Z';

describe('projectPod', () => {
  it('keeps what schedules a pod', () => {
    const { shape, ...record } = fieldsOf(project(POD));
    expect(record).to.deep.equal({
      key: 'ml/train-0',
      namespace: 'ml',
      name: 'train-0',
      uid: 'u-1',
      resourceVersion: '7',
      createdMs: Date.UTC(2030, 0, 31, 12),
      labels: ['volcano.sh/queue-name', 'blue', 'volcano.sh/task-spec', 'label-task'],
      schedulerName: 'sluice',
      nodeName: 'n1',
      phase: 'Running',
      deleting: false,
      group: 'train',
      task: 'worker',
      queue: 'blue',
      priority: 5,
      priorityClassName: 'high',
      isPatient: true,
      preemptable: false,
      cooldownEndMs: Date.UTC(2030, 0, 31, 12, 1, 35),
      runMs: 0,
      startedMs: Date.UTC(2030, 0, 31, 12, 1),
      gated: true,
      isQueueGated: false,
      bindPlanId: 'p1',
      unschedulableMessage: '0/8 nodes',
      groupPlan: '{}',
      handedDown: new Map(),
      datasets: '',
      strategy: '',
      images: ['train:latest'],
      jobPod: undefined,
      nominatedNode: '',
      claims: [],
      deviceClaims: [],
      extendedAsks: [{ container: 'main', position: 2, isShort: false, resource: 'nvidia.com/gpu', at: 1, count: 1 }],
      cards: undefined,
      numa: undefined,
      owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'o-1' },
    });
    const { key: _, ...fields } = shape;
    expect(fields).to.deep.equal({
      requests: new Map([
        ['cpu', 1000],
        ['nvidia.com/gpu', 1],
        ['pods', 1],
      ]),
      nodeSelector: new Map([
        ['arch', 'arm64'],
        ['pool', 'gpu'],
      ]),
      requiredTerms: [
        { labels: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }], fields: [] },
        { labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
      ],
      preferredTerms: [{ labels: [{ key: 'rack', operator: 'Exists', values: [] }], fields: [], weight: 10 }],
      tolerations: [
        { key: 'a', operator: 'Equal', value: 'x', effect: '' },
        { key: 'b', operator: 'Exists', value: '', effect: 'NoExecute' },
      ],
      hostPorts: [
        { protocol: 'TCP', port: 8080, ip: '0.0.0.0' },
        { protocol: 'TCP', port: 9090, ip: '0.0.0.0' },
        { protocol: 'UDP', port: 53, ip: '10.0.0.1' },
      ],
      rules: undefined,
      wishes: undefined,
      isRevocable: false,
      needs: [],
    });
  });

  it('gives a bare pod its defaults', () => {
    const { shape, ...record } = fieldsOf(project({ metadata: { name: 'a', namespace: 'b', uid: 'c' } }));
    expect(record).to.deep.equal({
      key: 'b/a',
      namespace: 'b',
      name: 'a',
      uid: 'c',
      resourceVersion: '',
      createdMs: 0,
      labels: [],
      schedulerName: '',
      nodeName: '',
      phase: 'Pending',
      deleting: false,
      group: '',
      task: '',
      queue: '',
      priority: 0,
      priorityClassName: '',
      isPatient: false,
      preemptable: true,
      cooldownEndMs: 0,
      runMs: 0,
      startedMs: 0,
      gated: false,
      isQueueGated: false,
      bindPlanId: '',
      unschedulableMessage: '',
      groupPlan: '',
      handedDown: new Map(),
      datasets: '',
      strategy: '',
      images: [],
      jobPod: undefined,
      nominatedNode: '',
      claims: [],
      deviceClaims: [],
      extendedAsks: [],
      cards: undefined,
      numa: undefined,
      owner: undefined,
    });
    expect(shape).to.deep.include({
      requests: new Map([['pods', 1]]),
      requiredTerms: undefined,
      hostPorts: [],
      tolerations: [],
    });
  });

  it('keeps the claims that it uses, in its order, of which pods of one template share a list, and the node it is nominated for', () => {
    const volumes = [
      { name: 'b', persistentVolumeClaim: { claimName: 'shared' } },
      { name: 'again', persistentVolumeClaim: { claimName: 'shared', readOnly: true } },
      { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'own', emptyDir: {} },
    ];
    const shapes = new Map();
    const [first, second] = ['p', 'q'].map((name) =>
      projectPod(
        { metadata: { name, namespace: 'b', uid: name }, spec: { volumes }, status: { nominatedNodeName: 'n3' } },
        shapes,
      ),
    );
    expect(first?.claims).to.deep.equal([
      { key: 'b/shared', podUid: '' },
      { key: 'b/data', podUid: '' },
    ]);
    expect(second?.claims).to.equal(first?.claims);
    expect(first?.nominatedNode).to.equal('n3');
  });

  it('knows the claim of an ephemeral volume by the names of pod and volume, and by the pod that it is made for', () => {
    const record = project(withSpec({ volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: {} } }] }));
    expect(record?.claims).to.deep.equal([{ key: 'ml/train-0-scratch', podUid: 'u-1' }]);
  });

  it('takes the second spelling of group, task and queue where the first is missing', () => {
    const annotations = { 'scheduling.volcano.sh/group-name': 'older', 'scheduling.volcano.sh/queue-name': 'red' };
    const record = project(withMetadata({ annotations, labels: { 'volcano.sh/task-spec': 'label-task' } }));
    expect(record).to.deep.include({ group: 'older', queue: 'red', task: 'label-task' });
  });

  it('knows no owner without a controller, no message once scheduled, and a deletion by its time', () => {
    const status = { conditions: [{ type: 'PodScheduled', status: 'True', message: 'old' }] };
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'o' }];
    const record = project({
      ...POD,
      metadata: { ...POD.metadata, ownerReferences, deletionTimestamp: '2030-02-01T00:00:00Z' },
      status,
    });
    expect(record).to.deep.include({ owner: undefined, unschedulableMessage: '', deleting: true });
  });

  const COOLDOWNS: readonly (readonly [string, object, string, number])[] = [
    ['ends so long after the kubelet took it', { annotations: { 'volcano.sh/cooldown-time': '1.5s' } }, START, 6500],
    ['may be a label', { labels: { 'volcano.sh/cooldown-time': '1s' } }, START, 6000],
    [
      'is that of the annotation where it has both',
      { labels: { 'volcano.sh/cooldown-time': '9s' }, annotations: { 'volcano.sh/cooldown-time': '1s' } },
      START,
      6000,
    ],
    ['is none that cannot be read', { annotations: { 'volcano.sh/cooldown-time': '10' } }, START, 0],
    ['is none below zero', { annotations: { 'volcano.sh/cooldown-time': '-1s' } }, START, 0],
    ['has no end before a kubelet took it', { annotations: { 'volcano.sh/cooldown-time': '1s' } }, '', 0],
  ];
  for (const [name, metadata, startTime, cooldownEndMs] of COOLDOWNS) {
    it(`has a cooldown that ${name}`, () => {
      const own = { ...POD.metadata, annotations: {}, labels: {}, ...metadata };
      const pod = { ...POD, metadata: own, status: { startTime } };
      expect(project(pod)).to.deep.include({ cooldownEndMs });
    });
  }

  const RUNS: readonly (readonly [string, string, unknown, number])[] = [
    ['what its annotation says', '1h30m', undefined, 5_400_000],
    ['its deadline', '', 90, 90_000],
    ['the shorter of both', '2m', 90, 90_000],
    ['the shorter of both, when that is the annotation', '1m', 90, 60_000],
    ['unknown when nobody says', '', undefined, 0],
    ['its deadline when the annotation cannot be read', 'an hour', 90, 90_000],
    ['unknown when what is said is not above 0', '-1h', -5, 0],
  ];
  for (const [name, estimate, activeDeadlineSeconds, runMs] of RUNS) {
    it(`has a run time that is ${name}`, () => {
      const annotations = { 'sluice.dev/running-estimate': estimate };
      const spec = { ...POD.spec, activeDeadlineSeconds };
      expect(project({ ...POD, metadata: { ...POD.metadata, annotations }, spec })).to.deep.include({ runMs });
    });
  }

  it('keeps a required affinity that matches nothing apart from none', () => {
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } } };
    expect(project(withSpec({ affinity })).shape.requiredTerms).to.deep.equal([]);
    expect(project(withSpec({ affinity: null })).shape.requiredTerms).to.equal(undefined);
  });

  for (const missing of ['name', 'namespace', 'uid']) {
    it(`is undefined without ${missing}`, () => {
      expect(projectPod(withMetadata({ [missing]: undefined }), new Map())).to.equal(undefined);
      expect(projectPod(withMetadata({ [missing]: 7 }), new Map())).to.equal(undefined);
    });
  }
});

describe('projectPod on hostile input', () => {
  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (raw, spec, status) => {
        expect(projectPod(raw, new Map())).to.equal(undefined);
        expect(project({ metadata: POD.metadata, spec, status }).key).to.equal('ml/train-0');
      }),
    );
  });

  it('never throws on a real pod with any part replaced', () => {
    const paths = allPaths(POD);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const record = projectPod(replaced(POD, path, value), new Map());
        if (record === undefined) return;
        for (const amount of record.shape.requests.values()) expect(Number.isSafeInteger(amount)).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('survives a spec that is nested beyond what can be written', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    for (const field of ['nodeSelector', 'tolerations', 'overhead']) {
      expect(project(withSpec({ [field]: [deep] })).name, field).to.equal('train-0');
    }
    expect(project(withSpec({ nodeSelector: { a: deep } })).shape.nodeSelector.size).to.equal(0);
  });

  it('leaves the pod as it was', () => {
    const copy = structuredClone(POD);
    project(POD);
    expect(POD).to.deep.equal(copy);
  });
});

type Path = readonly string[];

function allPaths(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => allPaths(child, [...path, key]))];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  const copy: Record<string, unknown> = Object.assign(Array.isArray(value) ? [] : {}, value);
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

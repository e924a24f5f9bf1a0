import { expect } from 'chai';
import fc from 'fast-check';
import { NAMESPACES, PRIORITY_CLASSES, RUNTIME_CLASSES } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import type { Policy } from '../../../src/api/records/policy.ts';
import { arrayAt, isJsonObject, memberAt, objectAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmitFn } from '../../../webhooks/admission.ts';
import { mutateWorkload } from '../../../webhooks/apps/mutate.ts';
import { mutateCronJob } from '../../../webhooks/cron-jobs/mutate.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { policy } from '../../support/policies.ts';
import { jobs, pods } from '../arbitraries.ts';
import { patched, request, view } from '../fixture.ts';

const names = fc.constantFrom('blue', 'default', 'nowhere');
const onConflict = fc.constantFrom('IfAbsent', 'Override', 'RejectOnConflict');
const key = fc.constantFrom('app', 'team', 'example.com/x');
const named = fc.record({ name: names, onConflict }, { requiredKeys: ['name'] });
const entries = fc.record({
  values: fc.dictionary(key, fc.constantFrom('a', 'b'), { minKeys: 1, maxKeys: 2 }),
  onConflict,
});
const requirement = fc.constantFrom(
  { key: 'disk', operator: 'Exists' },
  { key: 'gpu', operator: 'In', values: ['a', 'b'] },
  { key: 'cores', operator: 'Gt', values: ['8'] },
);
const toleration = fc.constantFrom(
  { key: 'gpu', operator: 'Exists' },
  { operator: 'Exists', effect: 'NoExecute' },
  { key: 'gpu', value: 'x', effect: 'NoSchedule' },
);
const selector = fc.record({
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.constantFrom(['a'], ['b', 'c']) }),
    ),
    { maxLength: 2 },
  ),
});
const match = fc.record(
  {
    objects: fc.constantFrom([{ resource: 'pods' }], [{ group: 'batch', resource: '*' }]),
    selector,
    users: fc.constantFrom(['alice'], ['bob']),
  },
  { requiredKeys: [] },
);
const set = fc
  .record(
    {
      queue: named,
      gang: fc.record({ minMembers: fc.integer({ min: 1, max: 9 }), onConflict }),
      priorityClass: named,
      runtimeClass: named,
      labels: entries,
      annotations: entries,
      tolerations: fc.record({ ensure: fc.array(toleration, { minLength: 1, maxLength: 2 }) }),
      nodeRequirements: fc.record({ all: fc.array(requirement, { minLength: 1, maxLength: 3 }) }),
      schedulingGate: fc.constant({ name: 'example.com/gate' }),
    },
    { requiredKeys: [] },
  )
  .filter((value) => Object.keys(value).length > 0);
const specs = fc.record(
  {
    priority: fc.integer({ min: -1, max: 1 }),
    match,
    exclude: match,
    set,
    onMissingReference: fc.constantFrom('Deny', 'Warn', 'Ignore'),
    enforcement: fc.constantFrom('Enforce', 'Enforce', 'Warn', 'DryRun'),
  },
  { requiredKeys: ['set'] },
) as unknown as fc.Arbitrary<JsonObject>;

const policies = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'team-a/e', 'team-b/f'), specs), { maxLength: 6 })
  .map((list) => {
    const read: Policy[] = [];
    for (const [id, spec] of new Map(list)) {
      try {
        read.push(policy(id, spec));
      } catch {
        // Selects by what it writes: never in force.
      }
    }
    return read;
  });

const RECORDS = new Map<ResourceType, readonly unknown[]>([
  [NAMESPACES, [{ name: 'team-a', labels: [], optedIn: true, defaultQueue: '' }]],
  [PRIORITY_CLASSES, [{ name: 'default', value: 0, isGlobalDefault: true }]],
  [RUNTIME_CLASSES, [{ name: 'blue' }]],
]);

const cronJobs = jobs.map((job): JsonObject => ({ metadata: {}, spec: { jobTemplate: job } }));
const ROWS: readonly (readonly [string, AdmitFn, string, string, fc.Arbitrary<JsonObject>])[] = [
  ['pods', mutatePod, '', 'pods', pods],
  ['jobs', mutateJob, 'batch', 'jobs', jobs],
  ['deployments', mutateWorkload, 'apps', 'deployments', jobs],
  ['cronjobs', mutateCronJob, 'batch', 'cronjobs', cronJobs],
];

const users = fc.constantFrom('alice', 'bob', 'system:serviceaccount:kube-system:job-controller');

/** What another webhook does after us: a sidecar, a toleration, a label of its own. */
function withSidecar(object: JsonObject): JsonObject {
  const spec = objectAt(object, 'spec');
  const containers = [...arrayAt(spec, 'containers'), { name: 'proxy' }];
  const tolerations = [...arrayAt(spec, 'tolerations'), { key: 'mesh', operator: 'Exists' }];
  const labels = { ...objectAt(object, 'metadata', 'labels'), 'mesh.example.com/injected': 'true' };
  return {
    ...object,
    metadata: { ...objectAt(object, 'metadata'), labels },
    spec: { ...spec, containers, tolerations },
  };
}

describe('policies, whatever they are and whatever they meet', () => {
  for (const [name, admit, group, resource, objects] of ROWS) {
    it(`${name}: written once, a second review changes nothing`, () => {
      fc.assert(
        fc.property(objects, policies, users, fc.uuid(), (object, list, username, uid) => {
          const cluster = view({ policies: compile(list), records: RECORDS });
          const over = { group, resource, username, uid };
          const first = admit(request({ ...over, object }), cluster);
          if (first.kind !== 'allow') return;
          const once = patched(object, first);
          const second = admit(request({ ...over, object: once }), cluster);
          expect(second.kind === 'allow' ? second.patch : second, JSON.stringify(once)).to.deep.equal([]);
        }),
        { numRuns: 600 },
      );
    });

    it(`${name}: the order in which policies came does not matter`, () => {
      fc.assert(
        fc.property(objects, policies, users, (object, list, username) => {
          const verdicts = [list, list.toReversed()].map((some) =>
            admit(request({ group, resource, username, object }), view({ policies: compile(some), records: RECORDS })),
          );
          expect(verdicts[0]).to.deep.equal(verdicts[1]);
        }),
        { numRuns: 200 },
      );
    });
  }

  it('pods: another webhook may come before, between or after', () => {
    fc.assert(
      fc.property(pods, policies, users, fc.uuid(), (object, list, username, uid) => {
        if (!isJsonObject(memberAt(object, 'spec'))) return;
        const cluster = view({ policies: compile(list), records: RECORDS });
        const ask = (pod: JsonObject): JsonObject | undefined => {
          const verdict = mutatePod(request({ username, uid, object: pod }), cluster);
          return verdict.kind === 'allow' ? patched(pod, verdict) : undefined;
        };
        const once = ask(object);
        if (once === undefined) return;
        const between = withSidecar(once);
        expect(ask(between), 'after the other one').to.deep.equal(between);
      }),
      { numRuns: 400 },
    );
  });
});

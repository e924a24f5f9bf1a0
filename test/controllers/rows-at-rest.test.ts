import { expect } from 'chai';
import fc from 'fast-check';
import { claimDemand } from '../../src/api/accelerators/claim-template.ts';
import { formatWish, PLAIN_WISH } from '../../src/api/accelerators/wish.ts';
import { NO_SETTINGS } from '../../src/api/controller-settings.ts';
import { QUEUE_GATE_KEY } from '../../src/api/keys.ts';
import type { ControllerSettings } from '../../src/api/controller-settings.ts';
import {
  CLAIM_TEMPLATES,
  COMMANDS,
  CONFIG_MAPS,
  CRON_VCJOBS,
  HYPER_NODES,
  JOBFLOWS,
  JOBS,
  JOBTEMPLATES,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  NODES,
  POD_GROUPS,
  PODS,
  QUEUES,
  VCJOBS,
  WORKLOAD_POLICIES,
} from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { CONTROLLERS } from '../../src/controllers/table.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { RowWorld } from '../support/row-world.ts';
import type { Scene } from '../support/row-world.ts';

/** More with this: scenes of each row. */
const RUNS = Number(process.env['SLUICE_ROW_SCENES'] ?? 60);
/** Looks at each key until nothing may be left to do. */
const MOST_ROUNDS = 20;
const NAMES = ['a', 'b', 'c'] as const;
const NAME = fc.constantFrom(...NAMES);
const NS = 'ns';
const PHASES = [
  'Pending',
  'Running',
  'Restarting',
  'Aborting',
  'Aborted',
  'Completing',
  'Completed',
  'Terminating',
  'Terminated',
  'Failed',
];
const POD_SPEC = { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1' } } }] };

type One = fc.Arbitrary<readonly [ResourceType, JsonObject]>;

function object(type: ResourceType, parts: Record<string, fc.Arbitrary<unknown>>, metadata = {}): One {
  const head = type.namespaced ? { namespace: NS } : {};
  return fc
    .record({ name: NAME, rest: fc.record(parts) })
    .map(({ name, rest }) => [type, { metadata: { name, ...head, ...metadata }, ...rest } as JsonObject]);
}

const VCJOB_SPEC = fc.record(
  {
    minAvailable: fc.nat(3),
    maxRetry: fc.nat(3),
    queue: fc.constant('default'),
    ttlSecondsAfterFinished: fc.constantFrom(0, 100_000),
    tasks: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('t', 'u'), replicas: fc.nat(3), template: fc.constant({ spec: POD_SPEC }) }),
      { minLength: 1, maxLength: 2, selector: ({ name }) => name },
    ),
    policies: fc.array(
      fc.record({
        event: fc.constantFrom('PodFailed', 'PodEvicted', 'TaskCompleted', 'Unknown', '*'),
        action: fc.constantFrom('RestartJob', 'RestartTask', 'RestartPod', 'AbortJob', 'CompleteJob'),
      }),
      { maxLength: 2 },
    ),
    volumes: fc.constantFrom([], [{ mountPath: '/a', volumeClaim: {} }], [{ mountPath: '/a', volumeClaimName: 'x' }]),
  },
  { requiredKeys: ['tasks'] },
);

const VCJOB_STATUS = fc.record(
  {
    state: fc.record({ phase: fc.constantFrom(...PHASES), lastTransitionTime: fc.constant('2030-01-31T11:30:00Z') }),
    version: fc.nat(2),
    retryCount: fc.nat(3),
  },
  { requiredKeys: [] },
);

/** Of whatever made it. */
const MARKS = fc.constantFrom<JsonObject>(
  {},
  { labels: { 'volcano.sh/createdByJobTemplate': 'ns.a', 'volcano.sh/createdByJobFlow': 'ns.b' } },
  {
    ownerReferences: [
      { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'CronJob', name: 'a', uid: `uid-cronjobs-a`, controller: true },
    ],
  },
  {
    ownerReferences: [
      { apiVersion: 'flow.volcano.sh/v1alpha1', kind: 'JobFlow', name: 'b', uid: `uid-jobflows-b`, controller: true },
    ],
  },
);

const VCJOB: One = fc
  .tuple(object(VCJOBS, { spec: VCJOB_SPEC, status: VCJOB_STATUS }), MARKS)
  .map(([[type, job], marks]) => [type, { ...job, metadata: { ...(job['metadata'] as JsonObject), ...marks } }]);

const OF_JOB = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'a', uid: 'uid-jobs-a', controller: true };

const POD: One = fc
  .record({ index: fc.nat(3), phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'), version: fc.nat(2) })
  .map(({ index, phase, version }) => {
    const keys = { 'volcano.sh/job-name': 'a', 'volcano.sh/task-spec': 't', 'volcano.sh/job-version': String(version) };
    const annotations = { ...keys, 'volcano.sh/task-index': String(index) };
    const metadata = { name: `a-t-${index}`, namespace: NS, labels: keys, annotations, ownerReferences: [OF_JOB] };
    return [PODS, { metadata, spec: POD_SPEC, status: { phase } }];
  });

const GROUP: One = fc
  .record({ phase: fc.constantFrom('', 'Pending', 'Inqueue', 'Running', 'Unknown'), isJobs: fc.boolean(), name: NAME })
  .map(({ phase, isJobs, name }) => {
    const own = isJobs ? { name: 'a-uid-jobs-a', ownerReferences: [OF_JOB] } : { name };
    const conditions = [{ type: 'Unschedulable', status: 'True', reason: 'NotEnoughResources', message: 'no room' }];
    return [POD_GROUPS, { metadata: { ...own, namespace: NS }, spec: { queue: 'b' }, status: { phase, conditions } }];
  });

/** Of a group of one, behind the gate of its queue. */
const GATED_POD: One = object(
  PODS,
  { spec: fc.constant({ ...POD_SPEC, schedulerName: 'volcano', schedulingGates: [{ name: QUEUE_GATE_KEY }] }) },
  { annotations: { 'scheduling.k8s.io/group-name': 'a' } },
);
const ITS_GROUP: One = fc.constant([
  POD_GROUPS,
  { metadata: { name: 'a', namespace: NS }, spec: { queue: 'b', minMember: 1 } },
]);
const ITS_QUEUE: One = fc.constant([QUEUES, { metadata: { name: 'b' }, spec: { capability: { cpu: '2' } } }]);

const COMMAND: One = fc
  .record({
    name: NAME,
    kind: fc.constantFrom('Job', 'Queue'),
    action: fc.constantFrom('AbortJob', 'ResumeJob', 'CloseQueue', 'OpenQueue', 'odd'),
  })
  .map(({ name, kind, action }) => {
    const [version, plural] =
      kind === 'Job' ? ['batch.volcano.sh/v1alpha1', 'jobs'] : ['scheduling.volcano.sh/v1beta1', 'queues'];
    const target = { apiVersion: version, kind, name: 'a', uid: `uid-${plural}-a` };
    return [COMMANDS, { metadata: { name, namespace: NS }, action, target }];
  });

const QUEUE = object(QUEUES, {
  spec: fc.record({ parent: fc.constantFrom('root', 'a', 'b', ''), weight: fc.constant(1) }),
  status: fc.record({ state: fc.constantFrom('Open', 'Closed', 'Closing', 'Unknown', '') }),
});
const NODE = object(NODES, {}, { labels: { rack: 'r1', zone: 'z' } });
const HYPER_NODE = object(HYPER_NODES, {
  spec: fc.record({
    tier: fc.nat(2),
    members: fc.array(
      fc.record({
        type: fc.constantFrom('Node', 'HyperNode'),
        selector: fc.constantFrom({ exactMatch: { name: 'a' } }, { regexMatch: { pattern: '^[bc]$' } }),
      }),
      { maxLength: 2 },
    ),
  }),
});
const POLICY_SPEC = fc.constantFrom({ rules: [] }, { match: {}, set: { queue: 'a' } }, { odd: 1 });
const POLICY_TEXT = fc
  .record({
    name: NAME,
    spec: fc.constantFrom({ set: { queue: { name: 'a' } } }, { set: { queue: { name: 'b' } } }, { odd: 1 }),
  })
  .map(({ name, spec }) =>
    JSON.stringify({ apiVersion: 'sluice.dev/v1alpha1', kind: 'NamespacedWorkloadPolicy', metadata: { name }, spec }),
  );
const POLICY_MAP = object(
  CONFIG_MAPS,
  { data: fc.dictionary(NAME, POLICY_TEXT) },
  { labels: { 'sluice.dev/policies': 'true' } },
);
const CRON = object(CRON_VCJOBS, {
  spec: fc.record({
    schedule: fc.constantFrom('*/5 * * * *', '0 0 1 1 *', 'never'),
    suspend: fc.boolean(),
    concurrencyPolicy: fc.constantFrom('Allow', 'Forbid', 'Replace'),
    successfulJobsHistoryLimit: fc.nat(2),
    jobTemplate: fc.record({ spec: VCJOB_SPEC }),
  }),
});
const FLOW = object(JOBFLOWS, {
  spec: fc.record({
    jobRetainPolicy: fc.constantFrom('retain', 'delete'),
    flows: fc.constantFrom(
      [{ name: 'a' }],
      [{ name: 'a' }, { name: 'c', dependsOn: { targets: ['a'] } }],
      [{ name: 'missing' }],
    ),
  }),
});
const JOB = object(JOBS, {
  spec: fc.constant({ template: { spec: { schedulerName: 'default-scheduler', ...POD_SPEC } } }),
});
const WISHED = claimDemand('gpu.nvidia.com', PLAIN_WISH);
/** One made of a wish, and one whose name says another wish. */
const WISHING_POD = fc
  .record({ name: NAME, template: fc.constantFrom(WISHED.template, 'sluice-other') })
  .map(({ name, template }): Scene[number] => {
    const applied = { wish: formatWish(PLAIN_WISH), container: 'c', resources: {}, claim: { ...WISHED, template } };
    const annotations = { 'sluice.dev/accelerators-applied': JSON.stringify(applied) };
    const resourceClaims = [{ name: 'sluice-accelerators', resourceClaimTemplateName: template }];
    return [PODS, { metadata: { name, namespace: NS, annotations }, spec: { ...POD_SPEC, resourceClaims } }];
  });
const CLAIM_TEMPLATE = fc.boolean().map((isUnused): Scene[number] => {
  const annotations = isUnused ? { 'sluice.dev/unused-since': '2020-01-01T00:00:00Z' } : {};
  return [CLAIM_TEMPLATES, { metadata: { name: WISHED.template, namespace: NS, annotations } }];
});
const NAMESPACE = fc
  .boolean()
  .map((isIn): Scene[number] => [
    NAMESPACES,
    { metadata: { name: NS, labels: isIn ? { 'sluice.dev/admission': 'enabled' } : {} } },
  ]);

const DISCOVERY: ControllerSettings = {
  ...NO_SETTINGS,
  discovery: { value: { topologies: [{ name: 'net', keys: ['rack', 'zone'] }] }, complaint: undefined },
};
const SHARDING: ControllerSettings = {
  ...NO_SETTINGS,
  sharding: {
    value: {
      schedulers: [{ name: 'volcano', policies: [{ name: 'node-limit', min: 1, max: 2 }] }],
      syncMs: 60_000,
      isEventful: true,
    },
    complaint: undefined,
  },
};

/** What may be there for a row to look at. */
const SCENES: Readonly<Record<string, { readonly of: readonly One[]; readonly settings?: ControllerSettings }>> = {
  'unmanaged-job': { of: [JOB, NAMESPACE] },
  policy: {
    of: [object(WORKLOAD_POLICIES, { spec: POLICY_SPEC }), object(NAMESPACED_WORKLOAD_POLICIES, { spec: POLICY_SPEC })],
  },
  'policy-map': { of: [POLICY_MAP, object(NAMESPACED_WORKLOAD_POLICIES, { spec: POLICY_SPEC })] },
  'waiting-group': { of: [GROUP] },
  vcjob: { of: [VCJOB, POD, POD, GROUP, COMMAND, NAMESPACE] },
  'vc-cron-job': { of: [CRON, VCJOB] },
  'queue-state': { of: [QUEUE, QUEUE, GROUP, COMMAND] },
  'queue-gate': { of: [GATED_POD, ITS_GROUP, ITS_QUEUE, QUEUE] },
  'hyper-node': { of: [HYPER_NODE, NODE] },
  'hyper-node-discovery': { of: [HYPER_NODE, NODE], settings: DISCOVERY },
  'node-shard': { of: [NODE], settings: SHARDING },
  'claim-template': { of: [WISHING_POD, CLAIM_TEMPLATE] },
  jobtemplate: { of: [object(JOBTEMPLATES, { spec: VCJOB_SPEC }), VCJOB] },
  jobflow: { of: [FLOW, object(JOBTEMPLATES, { spec: VCJOB_SPEC }), VCJOB] },
};

describe('every row of the table of controllers', () => {
  it('has scenes here', () => {
    expect(Object.keys(SCENES).toSorted()).to.deep.equal(CONTROLLERS.map(({ name }) => name).toSorted());
  });

  for (const row of CONTROLLERS) {
    it(`comes to rest, and then does nothing: ${row.name}`, () => {
      const { of = [], settings = NO_SETTINGS } = SCENES[row.name] ?? {};
      let writes = 0;
      fc.assert(
        fc.property(fc.array(fc.oneof(...of), { minLength: 1, maxLength: 8 }), (scene) => {
          const world = new RowWorld(row, scene, settings);
          let done = 1;
          for (let round = 0; done > 0; round += 1) {
            expect(round, 'it never rests').to.be.below(MOST_ROUNDS);
            done = 0;
            for (const key of world.keys()) {
              const effects = world.look(key);
              expect(world.look(key), 'two looks at the same').to.deep.equal(effects);
              done += world.apply(effects);
            }
            writes += done;
          }
        }),
        { numRuns: RUNS },
      );
      // A row that has nothing to do in any scene would pass whatever it did.
      expect(writes).to.be.above(0);
    });
  }
});

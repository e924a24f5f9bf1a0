import { expect } from 'chai';
import fc from 'fast-check';
import type { Effect } from '../../../src/controllers/effect.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { ObservedPodGroup } from '../../../src/controllers/pod-group/observed.ts';
import type { PlanRoot } from '../../../src/controllers/pod-group/plan-root.ts';
import { reconcilePodGroup } from '../../../src/controllers/pod-group/reconcile.ts';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { parseAmounts } from '../../../src/api/amounts.ts';
import type { JobRecord } from '../../../src/api/records/job-record.ts';
import type { OwnerRecord } from '../../../src/api/records/owner-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { JOBS, POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { makeJob, makePlan, makeSparkPlan } from '../../support/controller-records.ts';
import { makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow } from '../../support/reconcile-table.ts';
import {
  observePlan as observe,
  patchOfGroup as patchOfBody,
  plannedEvent,
  POD_GROUP_SUITE,
} from '../../support/pod-group-suite.ts';

const SHAPE = makeShape({ cpu: 1000 });
const TRAIN_OWNER: OwnerRecord = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-train' };
const TRAIN_AMOUNTS = parseAmounts({ cpu: '3000m', memory: '6144Mi' }, 'up').amounts;
const TRAIN_REF = { type: JOBS, namespace: 'ns', name: 'train', uid: 'job-train' };
const SAYS = { annotations: { 'sluice.dev/running-estimate': '90s' } };
const SAYS_NO_MORE = { annotations: { 'sluice.dev/root-state': 'Suspended', 'sluice.dev/running-estimate': null } };
const INVALID = {
  kind: 'event',
  regarding: TRAIN_REF,
  type: 'Warning',
  reason: 'InvalidGroupPlan',
  action: 'Grouping',
  note: 'Annotation sluice.dev/group-plan is no plan: no PodGroup is made. Remove it and create the object anew.',
} as const;

function jobRoot(plan: GroupPlan = makePlan(), overrides: Partial<JobRecord> = {}): PlanRoot {
  return { kind: 'job', record: makeJob('train', plan, overrides) };
}

function podRoot(name: string, plan: GroupPlan, overrides: Partial<PodRecord> = {}): PlanRoot {
  return {
    kind: 'pod',
    record: makePod(name, plan.group, SHAPE, {
      groupPlan: formatGroupPlan(plan),
      priorityClassName: plan.priorityClassName,
      ...overrides,
    }),
  };
}

function trainGroup(overrides: Parameters<typeof makePodGroup>[2] = {}): ReturnType<typeof makePodGroup> {
  return makePodGroup('train-n0nce', 3, { owner: TRAIN_OWNER, minResources: TRAIN_AMOUNTS, ...overrides });
}

function sparkGroup(overrides: Parameters<typeof makePodGroup>[2] = {}): ReturnType<typeof makePodGroup> {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'driver', uid: 'uid-driver' };
  const minResources = parseAmounts({ cpu: '1' }, 'up').amounts;
  return makePodGroup('spark-n0nce', 1, { owner, minResources, minTaskMember: new Map([['driver', 1]]), ...overrides });
}

function driver(overrides: Partial<PodRecord> = {}): PodRecord {
  return makePod('driver', 'spark-n0nce', SHAPE, { task: 'driver', ...overrides });
}

function patchOf(group: ReturnType<typeof makePodGroup>, root: PlanRoot, spec: object): Effect {
  return patchOfBody(group, root, { spec });
}

function stateOf(state: string | null): object {
  return { annotations: { 'sluice.dev/root-state': state } };
}

/** Its first pod owns it. */
const ENDED_PEERS = makePodGroup('team', 1, {
  owner: { apiVersion: 'v1', kind: 'Pod', name: 'first', uid: 'first-1' },
  rootState: 'Ended',
});

const rows: Record<string, ReconcileRow<ObservedPodGroup>> = {
  'makes the group of a Job from its plan, owned by the Job': {
    observed: observe(jobRoot(makePlan({ priorityClassName: 'high', submitter: 'alice' }))),
    wantEffects: [
      {
        kind: 'create',
        type: POD_GROUPS,
        namespace: 'ns',
        name: 'train-n0nce',
        regarding: TRAIN_REF,
        body: {
          apiVersion: 'scheduling.volcano.sh/v1beta1',
          kind: 'PodGroup',
          metadata: {
            name: 'train-n0nce',
            namespace: 'ns',
            labels: { 'volcano.sh/queue-name': 'default' },
            annotations: { 'sluice.dev/origin': 'Job/train', 'sluice.dev/submitter': 'alice' },
            ownerReferences: [
              { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-train', controller: true },
            ],
          },
          spec: {
            minMember: 3,
            queue: 'default',
            priorityClassName: 'high',
            minResources: { cpu: '3', memory: '6Gi' },
          },
        },
      },
      plannedEvent(TRAIN_REF, 'priority class high, submitted by alice (not verified)'),
    ],
  },
  'makes the group of a Spark driver with the demands of stage 0 alone': {
    observed: observe(podRoot('driver', makeSparkPlan())),
    wantEffects: [
      {
        kind: 'create',
        type: POD_GROUPS,
        namespace: 'ns',
        name: 'spark-n0nce',
        regarding: { type: PODS, namespace: 'ns', name: 'driver', uid: 'uid-driver' },
        body: {
          apiVersion: 'scheduling.volcano.sh/v1beta1',
          kind: 'PodGroup',
          metadata: {
            name: 'spark-n0nce',
            namespace: 'ns',
            labels: { 'volcano.sh/queue-name': 'default' },
            annotations: { 'sluice.dev/origin': 'Pod/driver' },
            ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'driver', uid: 'uid-driver', controller: true }],
          },
          spec: { minMember: 1, minTaskMember: { driver: 1 }, queue: 'default', minResources: { cpu: '1' } },
        },
      },
    ],
  },
  'leaves a group alone that says what the plan says, in other words': {
    observed: observe(jobRoot(), { group: trainGroup() }),
    wantEffects: [],
  },
  'follows the plan when the parallelism changed': {
    observed: observe(
      jobRoot(makePlan({ tasks: [{ name: 'worker', min: 5, stage: 0 }], minResources: { cpu: '5' } })),
      {
        group: trainGroup({ resourceVersion: '7' }),
      },
    ),
    wantEffects: [
      patchOf(trainGroup({ resourceVersion: '7' }), jobRoot(), {
        minMember: 5,
        minResources: { memory: null, cpu: '5' },
      }),
    ],
  },
  'keeps the executors out while the driver waits': {
    observed: observe(podRoot('driver', makeSparkPlan()), { group: sparkGroup(), members: [driver()] }),
    wantEffects: [],
  },
  'raises the demand once the driver runs': {
    observed: observe(podRoot('driver', makeSparkPlan()), {
      group: sparkGroup(),
      members: [driver({ phase: 'Running' })],
    }),
    wantEffects: [
      patchOf(sparkGroup(), podRoot('driver', makeSparkPlan()), {
        minMember: 3,
        minTaskMember: { driver: 1, executor: 2 },
      }),
    ],
  },
  'keeps a stage open once it is': {
    observed: observe(podRoot('driver', makeSparkPlan()), {
      group: sparkGroup({
        minMember: 3,
        minTaskMember: new Map([
          ['driver', 1],
          ['executor', 2],
        ]),
      }),
      members: [
        driver({ phase: 'Running' }),
        makePod('e1', 'spark-n0nce', SHAPE, { task: 'executor', phase: 'Running' }),
      ],
    }),
    wantEffects: [],
  },
  'lowers the demand when a role goes and a driver is back at the start': {
    observed: observe(podRoot('driver', makeSparkPlan()), {
      group: sparkGroup({
        minMember: 3,
        minTaskMember: new Map([
          ['driver', 1],
          ['executor', 2],
        ]),
      }),
      members: [driver({ phase: 'Running', deleting: true })],
    }),
    wantEffects: [
      patchOf(sparkGroup(), podRoot('driver', makeSparkPlan()), {
        minMember: 1,
        minTaskMember: { executor: null, driver: 1 },
      }),
    ],
  },
  'never touches a group that people made under the name, and says so': {
    observed: observe(jobRoot(), { group: trainGroup({ owner: undefined, minMember: 9 }) }),
    wantEffects: [
      {
        kind: 'event',
        regarding: TRAIN_REF,
        type: 'Warning',
        reason: 'GroupNameTaken',
        action: 'Grouping',
        note: 'PodGroup train-n0nce exists already and belongs to nobody: it is left alone. Create the object anew.',
      },
      { kind: 'requeueAfter', requeueAfterMs: 60_000 },
    ],
  },
  'leaves a group that a pod merely names as people made it': {
    observed: observe(podRoot('p', makePlan({ group: 'team' })), { group: makePodGroup('team', 2) }),
    wantEffects: [],
  },
  'calls a group of bare pods back that had all ended when another one came': {
    observed: observe(podRoot('late', makePlan({ group: 'team' })), { group: ENDED_PEERS }),
    wantEffects: [patchOfBody(ENDED_PEERS, podRoot('late', makePlan()), { metadata: stateOf(null) })],
  },
  'leaves the ended group of a Job ended, whichever pod names it': {
    observed: observe(podRoot('late', makePlan({ group: 'team' })), {
      group: makePodGroup('team', 1, { owner: TRAIN_OWNER, rootState: 'Ended' }),
    }),
    wantEffects: [],
  },
  'gives the group that replicas share to the controller above them': {
    observed: observe(
      podRoot('p', makePlan({ group: 'team' }), {
        owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'rs-1' },
      }),
      {
        group: makePodGroup('team', 3, {
          owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'rs-1' },
          minResources: TRAIN_AMOUNTS,
        }),
      },
    ),
    wantEffects: [],
  },
  'waits for the group of a former Job of the same name to be collected': {
    observed: observe(jobRoot(), { group: trainGroup({ owner: { ...TRAIN_OWNER, uid: 'job-old' } }) }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 1_000 }],
  },
  'waits for a group that is being deleted': {
    observed: observe(jobRoot(), { group: trainGroup({ deleting: true, owner: undefined }) }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 1_000 }],
  },
  'says on the group that its Job came to its end': {
    observed: observe(jobRoot(makePlan(), { state: 'Ended' }), { group: trainGroup() }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: stateOf('Ended') })],
  },
  'says on the group that its Job is on its way out': {
    observed: observe(jobRoot(makePlan(), { deleting: true }), { group: trainGroup() }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: stateOf('Ended') })],
  },
  'says on the group that its driver ended, and keeps what the group demanded': {
    observed: observe(podRoot('driver', makeSparkPlan(), { phase: 'Succeeded' }), {
      group: sparkGroup({ minMember: 3 }),
      members: [driver({ phase: 'Succeeded' })],
    }),
    wantEffects: [
      patchOfBody(sparkGroup({ minMember: 3 }), podRoot('driver', makeSparkPlan()), { metadata: stateOf('Ended') }),
    ],
  },
  'leaves the group of an ended Job alone that somebody else made': {
    observed: observe(jobRoot(makePlan(), { state: 'Ended' }), { group: trainGroup({ owner: undefined }) }),
    wantEffects: [],
  },
  'leaves a group active whose first pod ended while a controller may make others': {
    observed: observe(
      podRoot('p', makePlan({ group: 'team', owner: 'controller' }), { owner: TRAIN_OWNER, phase: 'Failed' }),
      { group: makePodGroup('team', 3, { owner: TRAIN_OWNER, minResources: TRAIN_AMOUNTS }) },
    ),
    wantEffects: [],
  },
  'makes the group of a suspended Job suspended': {
    observed: observe(jobRoot(makePlan(), { state: 'Suspended' }), { group: trainGroup() }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: stateOf('Suspended') })],
  },
  'tells the group of a resumed Job its minimum and that it is active in one write': {
    observed: observe(jobRoot(makePlan({ tasks: [{ name: 'worker', min: 4, stage: 0 }] })), {
      group: trainGroup({ rootState: 'Suspended' }),
    }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: stateOf(null), spec: { minMember: 4 } })],
  },
  'hands what the Job says for its group on to it (volcano#1901)': {
    observed: observe(jobRoot(makePlan(), { handedDown: new Map([['volcano.sh/sla-waiting-time', '1m']]) }), {
      group: trainGroup(),
    }),
    wantEffects: [
      patchOfBody(trainGroup(), jobRoot(), { metadata: { annotations: { 'volcano.sh/sla-waiting-time': '1m' } } }),
    ],
  },
  'tells the group how long its pods run, as the Job says': {
    observed: observe(jobRoot(makePlan({ runningEstimate: '90s' })), { group: trainGroup({ runMs: 60_000 }) }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: SAYS })],
  },
  'takes from the group what the Job says no more, with its state in one write': {
    observed: observe(jobRoot(makePlan(), { state: 'Suspended' }), { group: trainGroup({ runMs: 60_000 }) }),
    wantEffects: [patchOfBody(trainGroup(), jobRoot(), { metadata: SAYS_NO_MORE })],
  },
  'leaves what the group of a pod says of how long its pods run': {
    observed: observe(podRoot('driver', makeSparkPlan()), {
      group: sparkGroup({ runMs: 60_000 }),
      members: [driver()],
    }),
    wantEffects: [],
  },
  'puts queue and priority back that somebody changed by hand': {
    observed: observe(jobRoot(), { group: trainGroup({ queue: 'rich', priorityClassName: 'high' }) }),
    wantEffects: [patchOf(trainGroup(), jobRoot(), { queue: 'default', priorityClassName: null })],
  },
  "takes the priority class of the Job's pods, whatever its annotation says": {
    observed: observe(jobRoot(makePlan({ priorityClassName: 'system-node-critical' }), { priorityClassName: 'low' }), {
      group: trainGroup(),
    }),
    wantEffects: [patchOf(trainGroup(), jobRoot(), { priorityClassName: 'low' })],
  },
  'asks for no more members than can still run once indexes failed for good': {
    observed: observe(jobRoot(makePlan(), { completions: 3, failedIndexes: 1 }), { group: trainGroup() }),
    wantEffects: [patchOf(trainGroup(), jobRoot(), { minMember: 2, minResources: { cpu: '2', memory: '4Gi' } })],
  },
  'keeps the minimum while enough indexes are left': {
    observed: observe(jobRoot(makePlan(), { completions: 9, failedIndexes: 6 }), { group: trainGroup() }),
    wantEffects: [],
  },
  'asks for no more members than can still run once some that succeeded are gone': {
    observed: observe(jobRoot(makePlan(), { completions: 3, succeeded: 2 }), { group: trainGroup() }),
    wantEffects: [patchOf(trainGroup(), jobRoot(), { minMember: 1, minResources: { cpu: '1', memory: '2Gi' } })],
  },
  'keeps the minimum while those that succeeded still exist': {
    observed: observe(jobRoot(makePlan(), { completions: 3, succeeded: 2 }), {
      group: trainGroup(),
      succeededMembers: 2,
    }),
    wantEffects: [],
  },
  'keeps the minimum of a running gang, whatever it sees of those that succeeded': {
    observed: observe(jobRoot(makePlan(), { completions: 3, succeeded: 2 }), {
      group: trainGroup({ phase: 'Running' }),
    }),
    wantEffects: [],
  },
  'keeps the lowered minimum when the rest runs again': {
    observed: observe(jobRoot(makePlan(), { completions: 3, succeeded: 2 }), {
      group: trainGroup({
        phase: 'Running',
        minMember: 1,
        minResources: parseAmounts({ cpu: '1', memory: '2Gi' }, 'up').amounts,
      }),
    }),
    wantEffects: [],
  },
  'makes no group in a queue that is closed, and says so': {
    observed: observe(jobRoot(), { queue: (name) => makeQueue(name, { state: 'Closed' }) }),
    wantEffects: [
      {
        kind: 'event',
        regarding: TRAIN_REF,
        type: 'Warning',
        reason: 'QueueNotOpen',
        action: 'Grouping',
        note: 'Queue default takes no new work: no PodGroup is made until it does.',
      },
    ],
  },
  'makes no group in the root queue, which only holds others': {
    observed: observe(jobRoot(makePlan({ queue: 'root' }))),
    wantEffects: [
      {
        kind: 'event',
        regarding: TRAIN_REF,
        type: 'Warning',
        reason: 'QueueNotOpen',
        action: 'Grouping',
        note: 'Queue root takes no new work: no PodGroup is made until it does.',
      },
    ],
  },
  'makes no group in a queue that does not exist, and says so': {
    observed: observe(jobRoot(), { queue: () => undefined }),
    wantEffects: [
      {
        kind: 'event',
        regarding: TRAIN_REF,
        type: 'Warning',
        reason: 'QueueNotFound',
        action: 'Grouping',
        note: 'Queue default does not exist: no PodGroup is made until it does.',
      },
    ],
  },
  'gives the streams of queues and Jobs time to meet': {
    observed: observe(jobRoot(makePlan(), { createdMs: 58_000 }), { queue: () => undefined }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 3_000 }],
  },
  'keeps the group that stands in step while its queue is closed': {
    observed: observe(jobRoot(), {
      group: trainGroup({ minMember: 1 }),
      queue: (name) => makeQueue(name, { state: 'Closed' }),
    }),
    wantEffects: [patchOf(trainGroup(), jobRoot(), { minMember: 3 })],
  },
  'does not make the group of a finished Job again': {
    observed: observe(jobRoot(makePlan(), { state: 'Ended' })),
    wantEffects: [],
  },
  'does nothing for a Job that is being deleted': {
    observed: observe(jobRoot(makePlan(), { deleting: true })),
    wantEffects: [],
  },
  'does nothing for a pod that has ended': {
    observed: observe(podRoot('driver', makeSparkPlan(), { phase: 'Failed' })),
    wantEffects: [],
  },
  "does nothing for a plan on a Job that is not ours to place: somebody else's hand wrote it": {
    observed: observe(jobRoot(makePlan(), { schedulerName: 'default-scheduler' })),
    wantEffects: [],
  },
  'does nothing for a plan on a pod that is not ours to place': {
    observed: observe(podRoot('driver', makeSparkPlan(), { schedulerName: 'kueue' })),
    wantEffects: [],
  },
  'does nothing for a root without a plan': {
    observed: observe(jobRoot(makePlan(), { groupPlan: '' })),
    wantEffects: [],
  },
  'tells a root whose plan is no plan': {
    observed: observe(jobRoot(makePlan(), { groupPlan: '{"version":1}' })),
    wantEffects: [INVALID],
  },
  'tells it once': {
    observed: observe(jobRoot(makePlan(), { groupPlan: 'nonsense' }), {
      reported: new Set([eventFingerprint(INVALID)]),
    }),
    wantEffects: [],
  },
  'takes a plan with unreadable quantities for no plan': {
    observed: observe(jobRoot(makePlan({ minResources: { cpu: 'many' } }))),
    wantEffects: [INVALID],
  },
};

describe('reconcilePodGroup', () => {
  itReconciles(rows, POD_GROUP_SUITE);

  it('leaves the queue label out when the queue has no name that a label can hold', () => {
    const [effect] = reconcilePodGroup(observe(jobRoot(makePlan({ queue: 'q'.repeat(64) }))));
    expect(effect).to.have.nested.property('body.metadata.labels').that.is.empty;
    expect(effect).to.have.nested.property('body.spec.queue', 'q'.repeat(64));
  });

  it('demands at every moment the minimum of the open stages, and no closed one', () => {
    const task = fc.record({ min: fc.nat(3), stage: fc.nat(2), running: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(task, { minLength: 2, maxLength: 5 }), (drawn) => {
        const tasks = drawn.map(({ min, stage }, ix) => ({ name: `t${ix}`, min, stage }));
        const members = drawn.flatMap(({ running }, ix) =>
          Array.from({ length: running }, (_, n) =>
            makePod(`t${ix}-${n}`, 'g', SHAPE, { task: `t${ix}`, phase: 'Running' }),
          ),
        );
        const [effect] = reconcilePodGroup(observe(jobRoot(makePlan({ tasks })), { members }));
        const isOpen = (stage: number): boolean => drawn.every((t) => t.stage >= stage || t.running >= t.min);
        const open = drawn.filter((t) => isOpen(t.stage));
        expect(effect).to.have.nested.property(
          'body.spec.minMember',
          open.reduce((sum, t) => sum + t.min, 0),
        );
      }),
    );
  });
});

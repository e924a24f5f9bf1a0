import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import type { ObservedLoosePod } from '../../../src/controllers/repair/observed.ts';
import { adoptedGroupName } from '../../../src/controllers/repair/loose-pod.ts';
import { reconcileLoosePod } from '../../../src/controllers/repair/reconcile.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import type { ControllerModel } from '../../support/controller-model.ts';
import { makeJob, makeNamespace, makePlan } from '../../support/controller-records.ts';
import { makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow, ReconcileSuite } from '../../support/reconcile-table.ts';

const SHAPE = makeShape({ cpu: 1500, memory: 2 * 1024 * 1024, 'nvidia.com/gpu': 1 });
const REGARDING = { type: PODS, namespace: 'ns', name: 'stray', uid: 'uid-stray' };
/** What its owner is told where the queue takes no new work. */
const BLUE_TAKES_NOTHING = {
  kind: 'event',
  regarding: REGARDING,
  type: 'Warning',
  reason: 'QueueNotOpen',
  action: 'Grouping',
  note: 'Queue blue takes no new work: no PodGroup is made until it does.',
} as const;
const ADOPTED = makePodGroup('podgroup-uid-stray', 1);
const OWNER_JOB = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-train' };

function stray(overrides: Partial<PodRecord> = {}): PodRecord {
  return makePod('stray', '', SHAPE, { task: '', queue: '', ...overrides });
}

function observe(pod: PodRecord, overrides: Partial<ObservedLoosePod> = {}): ObservedLoosePod {
  return {
    nowMs: 60_000,
    pod,
    namespace: makeNamespace('ns'),
    job: undefined,
    workload: undefined,
    group: undefined,
    queue: (name) => makeQueue(name),
    reported: new Set(),
    submitterKeys: NO_SUBMITTER_KEYS,
    ...overrides,
  };
}

function joins(group: string, queue: string, task = ''): readonly Effect[] {
  const role = task === '' ? {} : { 'volcano.sh/task-spec': task };
  return [
    {
      kind: 'patch',
      type: PODS,
      namespace: 'ns',
      name: 'stray',
      regarding: REGARDING,
      precondition: { uid: 'uid-stray', resourceVersion: '1' },
      body: {
        metadata: {
          annotations: { 'scheduling.k8s.io/group-name': group, 'scheduling.volcano.sh/queue-name': queue, ...role },
          labels: { 'volcano.sh/queue-name': queue, ...role },
        },
      },
    },
    {
      kind: 'event',
      regarding: REGARDING,
      type: 'Normal',
      reason: 'AdoptedPod',
      action: 'Adopting',
      note: `The pod came without a group: adopted into PodGroup ${group} in queue ${queue}.`,
    },
  ];
}

function makesGroup(
  queue: string,
  { annotations = {}, spec = {} }: { annotations?: JsonObject; spec?: JsonObject } = {},
): Effect {
  return {
    kind: 'create',
    type: POD_GROUPS,
    namespace: 'ns',
    name: 'podgroup-uid-stray',
    regarding: REGARDING,
    body: {
      apiVersion: 'scheduling.volcano.sh/v1beta1',
      kind: 'PodGroup',
      metadata: {
        name: 'podgroup-uid-stray',
        namespace: 'ns',
        labels: { 'volcano.sh/queue-name': queue },
        annotations: { ...annotations, 'sluice.dev/origin': 'Pod/stray' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'stray', uid: 'uid-stray', controller: true }],
      },
      spec: { minMember: 1, queue, minResources: { cpu: '1500m', memory: '2Gi', 'nvidia.com/gpu': '1' }, ...spec },
    },
  };
}

const UNMANAGED = {
  kind: 'event',
  regarding: REGARDING,
  type: 'Warning',
  reason: 'UnmanagedPod',
  action: 'Adopting',
  note:
    'The pod did not pass the admission webhook and its scheduler cannot be changed any more: ' +
    'kube-scheduler places it outside its queue and gang. Delete it to have it made again.',
} as const;

const WISHES = {
  'volcano.sh/preemptable': 'false',
  'volcano.sh/network-topology-mode': 'soft',
  'volcano.sh/network-topology-highest-tier': '1',
};

const rows: Record<string, ReconcileRow<ObservedLoosePod>> = {
  'adopts a pod of our scheduler: group first, then the pod': {
    observed: observe(stray()),
    wantEffects: [makesGroup('default'), ...joins('podgroup-uid-stray', 'default')],
  },
  'adopts into the queue that the pod names': {
    observed: observe(stray({ queue: 'gold' }), { namespace: makeNamespace('ns', { defaultQueue: 'silver' }) }),
    wantEffects: [makesGroup('gold'), ...joins('podgroup-uid-stray', 'gold')],
  },
  'adopts into the default queue of the namespace': {
    observed: observe(stray({ schedulerName: 'volcano' }), {
      namespace: makeNamespace('ns', { defaultQueue: 'silver' }),
    }),
    wantEffects: [makesGroup('silver'), ...joins('podgroup-uid-stray', 'silver')],
  },
  'finishes an adoption that broke off after the group was made': {
    observed: observe(stray(), { group: ADOPTED }),
    wantEffects: joins('podgroup-uid-stray', 'default'),
  },
  'adopts into the group of the Job that owns the pod': {
    observed: observe(stray({ owner: OWNER_JOB }), { job: makeJob('train', makePlan({ queue: 'gold' })) }),
    wantEffects: joins('train-n0nce', 'gold', 'worker'),
  },
  'adopts alone when the plan of the Job cannot be read': {
    observed: observe(stray({ owner: OWNER_JOB }), { job: makeJob('train', makePlan(), { groupPlan: '?' }) }),
    wantEffects: [makesGroup('default'), ...joins('podgroup-uid-stray', 'default')],
  },
  'adopts a pod without owner at once': {
    observed: observe(stray({ createdMs: 60_000 })),
    wantEffects: [makesGroup('default'), ...joins('podgroup-uid-stray', 'default')],
  },
  'hands its annotations of Volcano down to the group': {
    observed: observe(stray({ handedDown: new Map(Object.entries(WISHES)) })),
    wantEffects: [
      makesGroup('default', {
        annotations: WISHES,
        spec: { networkTopology: { mode: 'soft', highestTierAllowed: 1 } },
      }),
      ...joins('podgroup-uid-stray', 'default'),
    ],
  },
  'gives the streams of pods and Jobs time to meet': {
    observed: observe(stray({ createdMs: 58_000, owner: OWNER_JOB })),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 3_000 }],
  },
  'waits no longer than the grace when the clock of the API server runs ahead': {
    observed: observe(stray({ createdMs: 900_000, owner: OWNER_JOB })),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 5_000 }],
  },
  'reports a pod that kube-scheduler will place': {
    observed: observe(stray({ schedulerName: 'default-scheduler' })),
    wantEffects: [UNMANAGED],
  },
  'reports it once': {
    observed: observe(stray({ schedulerName: 'default-scheduler' }), {
      reported: new Set([eventFingerprint(UNMANAGED)]),
    }),
    wantEffects: [],
  },
  'says nothing about a scheduler that somebody chose': {
    observed: observe(stray({ schedulerName: 'other' })),
    wantEffects: [],
  },
  'adopts a pod of our scheduler in any namespace, since nobody else will place it': {
    observed: observe(stray(), { namespace: makeNamespace('ns', { optedIn: false }), group: ADOPTED }),
    wantEffects: joins('podgroup-uid-stray', 'default'),
  },
  'adopts a pod of our scheduler whatever owner it claims': {
    observed: observe(stray({ owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd' } }), {
      group: ADOPTED,
    }),
    wantEffects: joins('podgroup-uid-stray', 'default'),
  },
  'adopts alone when the Job that the pod claims is in another namespace': {
    observed: observe(stray(), { job: makeJob('train', makePlan(), { namespace: 'other' }), group: ADOPTED }),
    wantEffects: joins('podgroup-uid-stray', 'default'),
  },
  'adopts nothing into a queue that is closed, and says so': {
    observed: observe(stray({ queue: 'blue' }), { queue: (name) => makeQueue(name, { state: 'Closing' }) }),
    wantEffects: [BLUE_TAKES_NOTHING],
  },
  'adopts nothing into a queue that is being deleted, and says so': {
    observed: observe(stray({ queue: 'blue' }), { queue: (name) => makeQueue(name, { deleting: true }) }),
    wantEffects: [BLUE_TAKES_NOTHING],
  },
  "leaves kube-scheduler's pods in other namespaces alone": {
    observed: observe(stray({ schedulerName: 'default-scheduler' }), {
      namespace: makeNamespace('ns', { optedIn: false }),
    }),
    wantEffects: [],
  },
  "leaves kube-scheduler's pods alone whose namespace is not known": {
    observed: observe(stray({ schedulerName: 'default-scheduler' }), { namespace: undefined }),
    wantEffects: [],
  },
  'leaves a bound pod alone': { observed: observe(stray({ nodeName: 'n1' })), wantEffects: [] },
  'leaves an ended pod alone': { observed: observe(stray({ phase: 'Failed' })), wantEffects: [] },
  'leaves a pod alone that is being deleted': { observed: observe(stray({ deleting: true })), wantEffects: [] },
  'leaves a pod alone that has a group': { observed: observe(stray({ group: 'g' })), wantEffects: [] },
  'leaves the pods of DaemonSets alone': {
    observed: observe(
      stray({
        schedulerName: 'default-scheduler',
        owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd' },
      }),
    ),
    wantEffects: [],
  },
  'leaves mirror pods alone': {
    observed: observe(stray({ schedulerName: '', owner: { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n' } })),
    wantEffects: [],
  },
};

const suite: ReconcileSuite<ObservedLoosePod> = {
  reconcile: reconcileLoosePod,
  load: ({ pod, group }: ObservedLoosePod, model: ControllerModel) => {
    model.put('pods', pod.key, pod);
    if (group !== undefined) model.put('podgroups', group.key, group);
  },
  observe: (observed: ObservedLoosePod, model: ControllerModel) => ({
    ...observed,
    pod: model.stores.pods.get(observed.pod.key) ?? observed.pod,
    group: model.stores.podgroups.get(`ns/${adoptedGroupName(observed.pod, observed.workload)}`),
    reported: new Set([...observed.reported, ...model.events.map((event) => eventFingerprint(event))]),
  }),
};

describe('reconcileLoosePod', () => {
  itReconciles(rows, suite);
});

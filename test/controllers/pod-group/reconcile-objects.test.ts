import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { parseAmounts } from '../../../src/api/amounts.ts';
import type { OwnerRecord } from '../../../src/api/records/owner-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { POD_GROUPS } from '../../../src/api/resources.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import type { ObservedPodGroup } from '../../../src/controllers/pod-group/observed.ts';
import type { PlanRoot } from '../../../src/controllers/pod-group/plan-root.ts';
import { makePlan } from '../../support/controller-records.ts';
import { observePlan as observe, patchOfGroup, plannedEvent, POD_GROUP_SUITE } from '../../support/pod-group-suite.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow } from '../../support/reconcile-table.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { kindOf, makeRoot } from '../../support/workload-kinds.ts';

const SHAPE = makeShape({ cpu: 1000 });
const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const TORCH_OWNER: OwnerRecord = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  name: 'train',
  uid: 'torch-train',
};
const TORCH_REF = { type: TORCH, namespace: 'ns', name: 'train', uid: 'torch-train' };
const AMOUNTS = parseAmounts({ cpu: '3000m', memory: '6144Mi' }, 'up').amounts;

function torchRoot(plan: GroupPlan = makePlan(), overrides: Partial<RootRecord> = {}): PlanRoot {
  const record = makeRoot(TORCH, 'train', { uid: 'torch-train', groupPlan: formatGroupPlan(plan), ...overrides });
  return { kind: 'object', type: TORCH, record };
}

function torchGroup(overrides: Parameters<typeof makePodGroup>[2] = {}): ReturnType<typeof makePodGroup> {
  return makePodGroup('train-n0nce', 3, { owner: TORCH_OWNER, minResources: AMOUNTS, ...overrides });
}

function member(name: string, priorityClassName: string, priority: number): PodRecord {
  return makePod(name, 'train-n0nce', SHAPE, { priorityClassName, priority });
}

function patch(body: object, group = torchGroup()): Effect {
  return patchOfGroup(group, torchRoot(), body);
}

function ending(): Effect {
  return patch({ metadata: { annotations: { 'sluice.dev/root-state': 'Ended' } } });
}

const rows: Record<string, ReconcileRow<ObservedPodGroup>> = {
  'makes its group before it has a pod, owned by it': {
    observed: observe(torchRoot(makePlan({ priorityClassName: 'high' }))),
    wantEffects: [
      {
        kind: 'create',
        type: POD_GROUPS,
        namespace: 'ns',
        name: 'train-n0nce',
        regarding: TORCH_REF,
        body: {
          apiVersion: 'scheduling.volcano.sh/v1beta1',
          kind: 'PodGroup',
          metadata: {
            name: 'train-n0nce',
            namespace: 'ns',
            labels: { 'volcano.sh/queue-name': 'default' },
            annotations: { 'sluice.dev/origin': 'PyTorchJob/train' },
            ownerReferences: [{ ...TORCH_OWNER, controller: true }],
          },
          spec: {
            minMember: 3,
            queue: 'default',
            priorityClassName: 'high',
            minResources: { cpu: '3', memory: '6Gi' },
          },
        },
      },
      plannedEvent(TORCH_REF, 'priority class high'),
    ],
  },
  'is not believed where its namespace did not opt in': {
    observed: observe(torchRoot(), { isOptedIn: false }),
    wantEffects: [],
  },
  'does not change a group that stands when its namespace opts out': {
    observed: observe(torchRoot(makePlan({ queue: 'other' })), { isOptedIn: false, group: torchGroup() }),
    wantEffects: [],
  },
  'has its group follow another size': {
    observed: observe(torchRoot(makePlan({ tasks: [{ name: 'worker', min: 5, stage: 0 }] })), { group: torchGroup() }),
    wantEffects: [patch({ spec: { minMember: 5 } })],
  },
  'says how long all its pods run': {
    observed: observe(torchRoot(makePlan({ runningEstimate: '90s' })), { group: torchGroup() }),
    wantEffects: [patch({ metadata: { annotations: { 'sluice.dev/running-estimate': '90s' } } })],
  },
  'hands on what it says to its group': {
    observed: observe(torchRoot(makePlan(), { handedDown: new Map([['volcano.sh/sla-waiting-time', '1m']]) }), {
      group: torchGroup(),
    }),
    wantEffects: [patch({ metadata: { annotations: { 'volcano.sh/sla-waiting-time': '1m' } } })],
  },
  'has its pods kept from being evicted for others': {
    observed: observe(torchRoot(makePlan({ isKept: true })), { group: torchGroup() }),
    wantEffects: [patch({ metadata: { annotations: { 'volcano.sh/preemptable': 'false' } } })],
  },
  'keeps them no longer than until somebody says otherwise on the group itself': {
    observed: observe(torchRoot(), { group: torchGroup({ preemptable: false }) }),
    wantEffects: [],
  },
  'ends its group when it goes': {
    observed: observe(torchRoot(makePlan(), { deleting: true }), { group: torchGroup() }),
    wantEffects: [ending()],
  },
  'gets no group any more once it goes': {
    observed: observe(torchRoot(makePlan(), { deleting: true })),
    wantEffects: [],
  },
  'is told that its plan is none': {
    observed: observe(torchRoot(makePlan(), { groupPlan: 'nonsense' })),
    wantEffects: [
      {
        kind: 'event',
        regarding: TORCH_REF,
        type: 'Warning',
        reason: 'InvalidGroupPlan',
        action: 'Grouping',
        note: 'Annotation sluice.dev/group-plan is no plan: no PodGroup is made. Remove it and create the object anew.',
      },
    ],
  },
  'is told that its name is taken': {
    observed: observe(torchRoot(), {
      group: torchGroup({ owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'other', uid: 'job-other' } }),
    }),
    wantEffects: [
      {
        kind: 'event',
        regarding: TORCH_REF,
        type: 'Warning',
        reason: 'GroupNameTaken',
        action: 'Grouping',
        note: 'PodGroup train-n0nce exists already and belongs to Job other: it is left alone. Create the object anew.',
      },
      { kind: 'requeueAfter', requeueAfterMs: 60_000 },
    ],
  },
  'keeps the priority that one of its pods has': {
    observed: observe(torchRoot(makePlan({ priorityClassName: 'high' })), {
      group: torchGroup({ priorityClassName: 'high' }),
      members: [member('a', 'low', 1), member('b', 'high', 9)],
    }),
    wantEffects: [],
  },
  'loses a priority that none of its pods has': {
    observed: observe(torchRoot(makePlan({ priorityClassName: 'high' })), {
      group: torchGroup({ priorityClassName: 'high' }),
      members: [member('a', 'mid', 5), member('b', 'low', 1)],
    }),
    wantEffects: [patch({ spec: { priorityClassName: 'low' } })],
  },
};

describe('reconcilePodGroup for an object of a workload kind, which', () => {
  itReconciles(rows, POD_GROUP_SUITE);
});

import { reconcileWaitingGroup } from '../../../src/controllers/waiting-group/reconcile.ts';
import type { ObservedWaitingGroup } from '../../../src/controllers/waiting-group/reconcile.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import { makePodGroup } from '../../support/records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow } from '../../support/reconcile-table.ts';

const SINCE = '1970-01-01T00:01:00Z';
const OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-train' };
const REFUSED = {
  type: 'Unschedulable',
  status: 'True',
  reason: 'NotEnoughResources',
  message: '0/3 nodes have room',
  transitionID: 't',
  lastTransitionTime: SINCE,
};
const JOB = { group: 'batch', version: 'v1', plural: '', kind: 'Job', namespaced: true };
const TORCH = { group: 'kubeflow.org', version: 'v1', plural: '', kind: 'PyTorchJob', namespaced: true };
const TOLD = {
  kind: 'event',
  regarding: { type: JOB, namespace: 'ns', name: 'train', uid: 'job-train' },
  type: 'Warning',
  reason: 'GroupWaits',
  action: 'Scheduling',
  note: 'PodGroup train-n0nce in queue default waits: 0/3 nodes have room',
} as const;

function observe(
  overrides: Parameters<typeof makePodGroup>[2] = {},
  rest: Partial<ObservedWaitingGroup> = {},
): ObservedWaitingGroup {
  const waits = { owner: OWNER, phase: 'Pending', conditions: [REFUSED] } as const;
  return {
    nowMs: 90_000,
    group: makePodGroup('train-n0nce', 3, { ...waits, ...overrides }),
    reported: new Set(),
    ...rest,
  };
}

const rows: Record<string, ReconcileRow<ObservedWaitingGroup>> = {
  'tells the Job why its group waits after half a minute': { observed: observe(), wantEffects: [TOLD] },
  "tells an object of somebody's kind the same": {
    observed: observe({ owner: { ...OWNER, apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob' } }),
    wantEffects: [{ ...TOLD, regarding: { ...TOLD.regarding, type: TORCH } }],
  },
  'waits for the rest of the half minute': {
    observed: observe({}, { nowMs: 70_000 }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 20_000 }],
  },
  'waits no longer than that when the clock was set back': {
    observed: observe({}, { nowMs: 0 }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 30_000 }],
  },
  'counts from the birth of the group when the condition has no time': {
    observed: observe({ createdMs: 60_000, conditions: [{ ...REFUSED, lastTransitionTime: '' }] }),
    wantEffects: [TOLD],
  },
  'tells it once, whatever the numbers are by then': {
    observed: observe({}, { reported: new Set([eventFingerprint({ ...TOLD, note: 'other numbers' })]) }),
    wantEffects: [],
  },
  'says nothing of a group that runs': { observed: observe({ phase: 'Running' }), wantEffects: [] },
  'says nothing of a group that nobody refused': { observed: observe({ conditions: [] }), wantEffects: [] },
  'says nothing of a suspended Job': { observed: observe({ rootState: 'Suspended' }), wantEffects: [] },
  'says nothing of a group that a pod stands for': {
    observed: observe({ owner: { ...OWNER, apiVersion: 'v1', kind: 'Pod' } }),
    wantEffects: [],
  },
};

describe('reconcileWaitingGroup', () => {
  itReconciles(rows, {
    reconcile: reconcileWaitingGroup,
    load: () => undefined,
    observe: (observed, model) => ({
      ...observed,
      reported: new Set([...observed.reported, ...model.events.map((event) => eventFingerprint(event))]),
    }),
  });
});

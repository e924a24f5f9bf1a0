import { reconcileUnmanagedJob } from '../../../src/controllers/unmanaged-job/reconcile.ts';
import type { ObservedJob } from '../../../src/controllers/unmanaged-job/reconcile.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { JobRecord } from '../../../src/api/records/job-record.ts';
import { JOBS } from '../../../src/api/resources.ts';
import { makeJob, makeNamespace, makePlan } from '../../support/controller-records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow } from '../../support/reconcile-table.ts';

const TOLD = {
  kind: 'event',
  regarding: { type: JOBS, namespace: 'ns', name: 'train', uid: 'job-train' },
  type: 'Warning',
  reason: 'UnmanagedJob',
  action: 'Grouping',
  note:
    'The Job did not pass the admission webhook and its template cannot be changed any more: ' +
    'it forms no gang. Delete it and create it anew.',
} as const;

function observe(overrides: Partial<JobRecord> = {}, rest: Partial<ObservedJob> = {}): ObservedJob {
  const job = makeJob('train', makePlan(), { groupPlan: '', schedulerName: 'default-scheduler', ...overrides });
  return { job, namespace: makeNamespace('ns'), reported: new Set(), ...rest };
}

const rows: Record<string, ReconcileRow<ObservedJob>> = {
  'tells a Job that slipped past the webhook': { observed: observe(), wantEffects: [TOLD] },
  'tells a Job that names no scheduler': { observed: observe({ schedulerName: '' }), wantEffects: [TOLD] },
  'tells it once': { observed: observe({}, { reported: new Set([eventFingerprint(TOLD)]) }), wantEffects: [] },
  'says nothing about a Job that is planned': { observed: observe({ groupPlan: 'plan' }), wantEffects: [] },
  'says nothing about pods that are ours to place': { observed: observe({ schedulerName: 'sluice' }), wantEffects: [] },
  'says nothing about a scheduler that somebody chose': { observed: observe({ schedulerName: 'x' }), wantEffects: [] },
  'says nothing about a Job at its end': { observed: observe({ state: 'Ended' }), wantEffects: [] },
  'says nothing about a Job on its way out': { observed: observe({ deleting: true }), wantEffects: [] },
  'leaves other namespaces alone': {
    observed: observe({}, { namespace: makeNamespace('ns', { optedIn: false }) }),
    wantEffects: [],
  },
  'leaves a Job alone whose namespace is not known': {
    observed: observe({}, { namespace: undefined }),
    wantEffects: [],
  },
};

describe('reconcileUnmanagedJob', () => {
  itReconciles(rows, {
    reconcile: reconcileUnmanagedJob,
    load: () => undefined,
    observe: (observed, model) => ({
      ...observed,
      reported: new Set([...observed.reported, ...model.events.map((event) => eventFingerprint(event))]),
    }),
  });
});

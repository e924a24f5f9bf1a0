import type { Effect } from '../../../src/controllers/effect.ts';
import { countOf, NO_GROUPS } from '../../../src/controllers/queue/group-counts.ts';
import { reconcileQueue } from '../../../src/controllers/queue/reconcile.ts';
import type { ObservedQueue } from '../../../src/controllers/queue/reconcile.ts';
import { QUEUES } from '../../../src/api/resources.ts';
import { expect } from 'chai';
import type { ControllerModel } from '../../support/controller-model.ts';
import { makeQueue } from '../../support/records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow, ReconcileSuite } from '../../support/reconcile-table.ts';

const COUNTS = { ...NO_GROUPS, pending: 2, running: 1 };

function observe(overrides: Partial<ObservedQueue> = {}): ObservedQueue {
  return {
    nowMs: 10_000,
    name: 'gold',
    queue: makeQueue('gold'),
    hasRoot: true,
    counts: COUNTS,
    written: undefined,
    ...overrides,
  };
}

function creates(name: string, spec: Record<string, string | number | boolean>): Effect {
  return {
    kind: 'create',
    type: QUEUES,
    namespace: '',
    name,
    regarding: { type: QUEUES, namespace: '', name, uid: '' },
    body: { apiVersion: 'scheduling.volcano.sh/v1beta1', kind: 'Queue', metadata: { name }, spec },
  };
}

function patches(status: Record<string, string | number | object>, resourceVersion: string): Effect {
  return {
    kind: 'patchStatus',
    type: QUEUES,
    namespace: '',
    name: 'gold',
    regarding: { type: QUEUES, namespace: '', name: 'gold', uid: 'queue-gold' },
    precondition: { uid: 'queue-gold', resourceVersion },
    body: { status: structuredClone(status) as Record<string, never> },
  };
}

const rows: Record<string, ReconcileRow<ObservedQueue>> = {
  'makes the root queue': {
    observed: observe({ name: 'root', queue: undefined, hasRoot: false }),
    wantEffects: [creates('root', { weight: 1, reclaimable: false })],
  },
  'makes the default queue below the root': {
    observed: observe({ name: 'default', queue: undefined }),
    wantEffects: [creates('default', { weight: 1, reclaimable: true, parent: 'root' })],
  },
  'makes no default queue before there is a root': {
    observed: observe({ name: 'default', queue: undefined, hasRoot: false }),
    wantEffects: [],
  },
  'makes no other queue': { observed: observe({ queue: undefined }), wantEffects: [] },
  'writes counts, state and allocated of a new queue at one version': {
    observed: observe({ queue: makeQueue('gold', { allocatedText: '' }) }),
    wantEffects: [patches({ ...COUNTS, state: 'Open', allocated: {} }, '1')],
  },
  'leaves state and allocated as they are when they are set': {
    observed: observe({ queue: makeQueue('gold', { state: 'Closed' }) }),
    wantEffects: [patches(COUNTS, '1')],
  },
  'writes changed counts and nothing else': {
    observed: observe({ written: { counts: NO_GROUPS, atMs: 9_000 } }),
    wantEffects: [patches(COUNTS, '1')],
  },
  'writes once a second at most': {
    observed: observe({ written: { counts: NO_GROUPS, atMs: 9_400 } }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 400 }],
  },
  'writes nothing when nothing changed': {
    observed: observe({ written: { counts: { ...COUNTS }, atMs: 0 } }),
    wantEffects: [],
  },
};

const suite: ReconcileSuite<ObservedQueue> = {
  reconcile: reconcileQueue,
  load: ({ queue }: ObservedQueue, model: ControllerModel) => {
    if (queue !== undefined) model.put('queues', queue.name, queue);
  },
  observe: (observed: ObservedQueue, model: ControllerModel, effects: readonly Effect[]) => {
    const isMade = effects.some((effect) => effect.kind === 'create');
    const isWritten = isMade || effects.some((effect) => effect.kind === 'patchStatus');
    const written = isWritten ? { counts: observed.counts, atMs: observed.nowMs } : observed.written;
    return { ...observed, queue: model.stores.queues.get(observed.name), written };
  },
};

describe('reconcileQueue', () => {
  itReconciles(rows, suite);

  it('counts a group that no scheduler has seen as pending', () => {
    expect(
      (['', 'Pending', 'Inqueue', 'Running', 'Unknown', 'Completed'] as const).map((phase) => countOf(phase, 'Active')),
    ).to.deep.equal(['pending', 'pending', 'inqueue', 'running', 'unknown', 'completed']);
  });

  for (const root of ['Suspended', 'Ended'] as const) {
    it(`counts no group as waiting whose root is ${root}`, () => {
      expect(
        (['', 'Pending', 'Inqueue', 'Running', 'Unknown', 'Completed'] as const).map((phase) => countOf(phase, root)),
      ).to.deep.equal([undefined, undefined, undefined, 'running', 'unknown', 'completed']);
    });
  }
});

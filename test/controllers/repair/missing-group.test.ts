import { eventFingerprint } from '../../../src/controllers/effect.ts';
import { reconcileMissingGroup } from '../../../src/controllers/repair/missing-group.ts';
import type { ObservedMissingGroup } from '../../../src/controllers/repair/observed.ts';
import { PODS } from '../../../src/api/resources.ts';
import type { ControllerModel } from '../../support/controller-model.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { itReconciles } from '../../support/reconcile-table.ts';
import type { ReconcileRow, ReconcileSuite } from '../../support/reconcile-table.ts';

const SHAPE = makeShape({ cpu: 1 });
const NOT_FOUND = {
  kind: 'event',
  regarding: { type: PODS, namespace: 'ns', name: 'old', uid: 'uid-old' },
  type: 'Warning',
  reason: 'GroupNotFound',
  action: 'Scheduling',
  note: 'PodGroup team does not exist: the pods that name it wait until it is created.',
} as const;

function observe(overrides: Partial<ObservedMissingGroup> = {}): ObservedMissingGroup {
  return {
    nowMs: 60_000,
    name: 'team',
    group: undefined,
    reported: () => new Set(),
    members: [
      makePod('young', 'team', SHAPE, { createdMs: 20_000 }),
      makePod('old', 'team', SHAPE, { createdMs: 10_000 }),
    ],
    ...overrides,
  };
}

const rows: Record<string, ReconcileRow<ObservedMissingGroup>> = {
  'tells the oldest waiting pod, and it alone': { observed: observe(), wantEffects: [NOT_FOUND] },
  'tells it once': { observed: observe({ reported: () => new Set([eventFingerprint(NOT_FOUND)]) }), wantEffects: [] },
  'gives people time to make the group after the pods': {
    observed: observe({ nowMs: 15_000 }),
    wantEffects: [{ kind: 'requeueAfter', requeueAfterMs: 5_000 }],
  },
  'says nothing once the group stands': { observed: observe({ group: makePodGroup('team', 2) }), wantEffects: [] },
  'does not mind pods that are placed or that another scheduler places': {
    observed: observe({
      members: [
        makePod('bound', 'team', SHAPE, { nodeName: 'n1' }),
        makePod('other', 'team', SHAPE, { schedulerName: 'other' }),
      ],
    }),
    wantEffects: [],
  },
};

const suite: ReconcileSuite<ObservedMissingGroup> = {
  reconcile: reconcileMissingGroup,
  load: () => undefined,
  observe: (observed: ObservedMissingGroup, model: ControllerModel) => ({
    ...observed,
    reported: (uid: string) => {
      const told = model.events.filter((event) => event.uid === uid).map((event) => eventFingerprint(event));
      return new Set([...observed.reported(uid), ...told]);
    },
  }),
};

describe('reconcileMissingGroup', () => {
  itReconciles(rows, suite);
});

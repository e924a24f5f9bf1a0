import { expect } from 'chai';
import type { Effect } from '../../src/controllers/effect.ts';
import { applyEffects } from '../../src/engine/control/applier.ts';
import { ControllerModel } from './controller-model.ts';
import { withoutAmbient } from './pure.ts';
import { NO_ANSWERS } from './silent-pods.ts';
import { FIXED_KEYS } from './fixed-keys.ts';

/** One row: what is seen, and what should be done about it. */
export interface ReconcileRow<O> {
  readonly observed: O;
  readonly wantEffects: readonly Effect[];
}

/** How a controller is put under its table. */
export interface ReconcileSuite<O> {
  readonly reconcile: (observed: O) => readonly Effect[];
  /** Fills a model cluster with what was observed. */
  readonly load: (observed: O, model: ControllerModel) => void;
  /** Looks at the model as the first look was taken. */
  readonly observe: (observed: O, model: ControllerModel, effects: readonly Effect[]) => O;
}

/**
 * Each row is a test, and each is held to two laws: the input stays as it was, and a second look finds nothing left to
 * write.
 */
export function itReconciles<O extends object>(
  rows: Readonly<Record<string, ReconcileRow<O>>>,
  suite: ReconcileSuite<O>,
): void {
  for (const [name, tc] of Object.entries(rows)) {
    it(name, async () => {
      const before = structuredClone(plain(tc.observed));
      const effects = withoutAmbient(() => suite.reconcile(tc.observed));
      expect(effects).to.deep.equal(tc.wantEffects);
      expect(plain(tc.observed), 'the input was changed').to.deep.equal(before);

      const model = new ControllerModel();
      suite.load(tc.observed, model);
      const fresh = suite.observe(tc.observed, model, []);
      const outcome = await applyEffects(suite.reconcile(fresh), modelPorts(model));
      expect(outcome.kind).to.equal('done');
      const second = suite.reconcile(suite.observe(fresh, model, effects));
      expect(
        second.filter((effect) => effect.kind !== 'requeueAfter'),
        'the second look wants writes',
      ).to.deep.equal([]);
    });
  }
}

function modelPorts(model: ControllerModel): Parameters<typeof applyEffects>[1] {
  const nothing = (): undefined => undefined;
  const metrics = { count: nothing, gauge: nothing, observe: nothing, drop: nothing };
  return { writer: model, recorder: model, metrics, keys: FIXED_KEYS, answers: NO_ANSWERS };
}

/** Functions and ports cannot be cloned, nor change. */
function plain(observed: object): object {
  const isPort = (value: unknown): boolean => typeof value === 'object' && value !== null && hasOnlyFunctions(value);
  return Object.fromEntries(
    Object.entries(observed).filter(([, value]) => typeof value !== 'function' && !isPort(value)),
  );
}

function hasOnlyFunctions(value: object): boolean {
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => typeof member === 'function');
}

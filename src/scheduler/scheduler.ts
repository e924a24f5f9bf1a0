import type { ActionName, SchedulerPolicy } from '../config/policy.ts';
import { allocate } from './actions/allocate.ts';
import { backfill } from './actions/backfill.ts';
import { enqueue } from './actions/enqueue.ts';
import { gangpreempt, preempt } from './actions/preempt.ts';
import { gangreclaim, reclaim } from './actions/reclaim.ts';
import { shuffle } from './actions/shuffle.ts';
import type { Decision } from './session/decision.ts';
import type { CycleFacts } from './framework/facts.ts';
import { Framework } from './framework/framework.ts';
import type { PluginSet } from './framework/plugin.ts';
import { PLUGINS } from './plugins/registry.ts';
import { dropPolicyTraces } from './ledger/policy-traces.ts';
import { Session } from './session/session.ts';
import type { Snapshot } from './ledger/snapshot.ts';

const ACTIONS: Readonly<Record<ActionName, (session: Session) => void>> = {
  enqueue,
  allocate,
  backfill,
  preempt,
  reclaim,
  gangpreempt,
  gangreclaim,
  shuffle,
};

/** A part of a cycle whose end is told: opening the session, or an action. */
export type CycleStep = 'open' | ActionName;

/**
 * The pure decision core over one snapshot. No clock, no randomness, no I/O: the same snapshot and policy give the same
 * decisions, in the same order. Committed placements stay in the snapshot as assumed until the engine confirms or forgets them.
 */
export class Scheduler {
  readonly #snapshot: Snapshot;
  readonly #policy: SchedulerPolicy;
  /** The configured plugins over the snapshot. */
  readonly framework: Framework;

  /** One before it over the same snapshot decides nothing more: what its plugins left there is taken off. */
  constructor(snapshot: Snapshot, policy: SchedulerPolicy, plugins: PluginSet = PLUGINS) {
    this.#snapshot = snapshot;
    this.#policy = policy;
    dropPolicyTraces(snapshot);
    this.framework = new Framework(snapshot, policy, plugins);
  }

  /**
   * One cycle: settle the snapshot, run the configured actions, close. `onStep` is called after each step, for those who
   * have a clock.
   */
  cycle(facts: CycleFacts, onStep: (step: CycleStep) => void = nothing): Decision[] {
    this.#snapshot.settle();
    this.framework.open(facts.nowMs);
    onStep('open');
    const session = new Session(this.#snapshot, this.framework, facts);
    for (const action of this.#policy.actions) {
      if (action !== 'enqueue') admitWithoutEnqueue(session, this.#policy);
      ACTIONS[action](session);
      onStep(action);
    }
    return session.close();
  }
}

function nothing(): void {
  // Nobody measures.
}

/** Without the enqueue action every waiting group is let in at once, as in Volcano. */
function admitWithoutEnqueue(session: Session, policy: SchedulerPolicy): void {
  if (policy.actions.includes('enqueue')) return;
  for (const job of session.snapshot.waiting.asking.members()) session.enqueue(job);
}

import type { ActionName, SchedulerPolicy } from '../config/policy.ts';
import type { PodRecord } from '../api/records/pod-record.ts';
import { allocate } from './actions/allocate.ts';
import { backfill } from './actions/backfill.ts';
import { enqueue } from './actions/enqueue.ts';
import { gangpreempt, preempt } from './actions/preempt.ts';
import { gangreclaim, reclaim } from './actions/reclaim.ts';
import { shuffle } from './actions/shuffle.ts';
import { Decisions } from './session/decisions.ts';
import type { CycleFacts } from './framework/facts.ts';
import { explain } from './explanation/explain.ts';
import type { Explanation } from './explanation/explanation.ts';
import { tryPods } from './explanation/pod-trial.ts';
import type { PodTrial } from './explanation/pod-trial.ts';
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

const NO_DECISIONS = new Decisions();

/** A part of a cycle whose end is told: opening the session, or an action. */
export type CycleStep = 'open' | ActionName;

/**
 * The pure decision core over one snapshot. No clock, no randomness, no I/O: the same snapshot and policy give the same
 * decisions, in the same order. Committed placements stay in the snapshot as assumed until the engine confirms or forgets them.
 */
export class Scheduler {
  readonly #snapshot: Snapshot;
  readonly #policy: SchedulerPolicy;
  /** What explanations speak of. */
  #latest: { readonly facts: CycleFacts; readonly decisions: Decisions } | undefined;
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
  cycle(facts: CycleFacts, onStep: (step: CycleStep) => void = nothing): Decisions {
    this.#snapshot.settle();
    this.#snapshot.lostPlaces.settle(facts.nowMs, () => this.#snapshot.waiting.all());
    this.framework.open(facts.nowMs);
    onStep('open');
    const session = new Session(this.#snapshot, this.framework, facts);
    for (const action of this.#policy.actions) {
      if (action !== 'enqueue') admitWithoutEnqueue(session, this.#policy);
      ACTIONS[action](session);
      onStep(action);
    }
    const decisions = session.close();
    // Where nobody was refused there is nothing to explain, and the statuses of a whole cluster are not kept for it.
    this.#latest = { facts, decisions: session.refusedSome ? decisions : NO_DECISIONS };
    return decisions;
  }

  /**
   * Why a group waits, as the latest cycle saw it and left it; undefined before the first one, and for a group that is not
   * known. To be asked before anything changes in the snapshot.
   */
  explain(key: string): Explanation | undefined {
    const job = this.#snapshot.jobs.get(key);
    if (job === undefined || this.#latest === undefined) return undefined;
    const { facts, decisions } = this.#latest;
    const { actions } = this.#policy;
    return explain(new Session(this.#snapshot, this.framework, facts), job, { decisions, actions });
  }

  /** What nodes would say to pods that are not there yet, as the latest cycle left them; undefined before the first one. */
  tryPods(record: PodRecord, count: number): PodTrial | undefined {
    return this.#latest && tryPods(record, count, this.#snapshot, this.framework);
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

import { ROOT_QUEUE } from '../../api/keys.ts';
import type { Effect, PatchEffect } from '../../controllers/effect.ts';
import type { GroupCounts } from '../../controllers/queue/group-counts.ts';
import { reconcileQueue } from '../../controllers/queue/reconcile.ts';
import type { WrittenQueueStatus } from '../../controllers/queue/reconcile.ts';
import type { ControllerState } from './control-state.ts';
import type { Clock, Metrics } from '../ports.ts';
import type { Reconciler } from './runner.ts';

/** Queue keys to effects; remembers what was written, since a queue's record does not carry its counts. */
export class QueueReconciler implements Reconciler {
  readonly name = 'queue';
  readonly workers = 2;
  readonly #state: () => ControllerState;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  /** By UID of the queue. */
  readonly #written = new Map<string, WrittenQueueStatus>();
  /** Counts that the reconcile under way decided on, by name. */
  readonly #decided = new Map<string, GroupCounts>();

  constructor(state: () => ControllerState, clock: Clock, metrics: Metrics) {
    this.#state = state;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** The queue is gone. */
  forget(uid: string): void {
    this.#written.delete(uid);
  }

  /** Another process may lead now and write: nothing written here holds any more. */
  reset(): void {
    this.#written.clear();
    this.#decided.clear();
  }

  readonly reconcile = (name: string): readonly Effect[] => {
    const state = this.#state();
    const queue = state.queue(name);
    const counts = state.counts.of(name);
    const written = queue === undefined ? undefined : this.#written.get(queue.uid);
    // Anybody may name a queue that does not exist.
    if (queue !== undefined) this.#decided.set(name, counts);
    else if (this.#decided.delete(name)) this.#metrics.drop('queue_name', name);
    const hasRoot = state.queue(ROOT_QUEUE) !== undefined;
    return reconcileQueue({ nowMs: this.#clock.monotonicMs(), name, queue, hasRoot, counts, written });
  };

  readonly onApplied = (name: string, effects: readonly Effect[]): void => {
    const counts = this.#decided.get(name);
    const status = effects.find((effect): effect is PatchEffect => effect.kind === 'patchStatus');
    if (status === undefined || counts === undefined) return;
    if (this.#state().queue(name)?.uid !== status.precondition.uid) return;
    this.#written.set(status.precondition.uid, { counts, atMs: this.#clock.monotonicMs() });
    for (const [phase, count] of Object.entries(counts)) {
      this.#metrics.gauge(`volcano_queue_pod_group_${phase}_count`, { queue_name: name }, count as number);
    }
  };
}

import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { addPromised, heldBy, isLetIn } from '../demand/promises.ts';

/** What the jobs of one priority hold in a queue and were promised; indexed like the resource table. */
interface Layer {
  readonly priority: number;
  readonly held: number[];
  readonly promised: number[];
}

/**
 * What jobs of lower priority have in a queue, where they would have to give it to one of higher priority: that one need
 * not wait for them before it is let in. Made when somebody asks, once a cycle.
 */
export class Yielding {
  readonly #snapshot: Snapshot;
  #byQueue: Map<Queue, Layer[]> | undefined;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  reset(): void {
    this.#byQueue = undefined;
  }

  /** Of the resource, to the job; what is held only to one that pods may be evicted for. First O(tasks of all jobs), then O(priorities of the queue). */
  to({ queue, priority, isPatient }: Job, r: number): number {
    if (queue === undefined) return 0;
    this.#byQueue ??= this.#read();
    let sum = 0;
    for (const layer of this.#byQueue.get(queue) ?? []) {
      if (layer.priority >= priority) continue;
      sum += (layer.promised[r] ?? 0) + (isPatient ? 0 : (layer.held[r] ?? 0));
    }
    return sum;
  }

  /** The job was let in now. */
  letIn(job: Job): void {
    if (this.#byQueue !== undefined) this.#add(this.#byQueue, job);
  }

  #read(): Map<Queue, Layer[]> {
    const byQueue = new Map<Queue, Layer[]>();
    for (const job of this.#snapshot.jobs.values()) if (isLetIn(job)) this.#add(byQueue, job);
    return byQueue;
  }

  #add(byQueue: Map<Queue, Layer[]>, job: Job): void {
    const { queue, priority } = job;
    if (queue === undefined) return;
    let layers = byQueue.get(queue);
    if (layers === undefined) byQueue.set(queue, (layers = []));
    let layer = layers.find((each) => each.priority === priority);
    if (layer === undefined) layers.push((layer = { priority, held: [], promised: [] }));
    const { held, promised } = layer;
    addPromised(job, this.#snapshot.resources, promised);
    heldBy(job).forEach((amount, r) => (held[r] = (held[r] ?? 0) + amount));
  }
}

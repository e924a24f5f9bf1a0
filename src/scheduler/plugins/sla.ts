import { durationMs } from '../../lib/duration.ts';
import type { PluginArguments } from '../../config/policy.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { demandOf } from '../demand/usable-demand.ts';

/**
 * Groups that have waited long enough come in whatever their queue has promised, and those whose time is up first come
 * first. One gang at a time keeps the places that it gets although they are too few, for as long again as it may wait.
 */
export const sla: Plugin = {
  name: 'sla',
  make: (snapshot, options) => {
    const deadlines = new Deadlines(snapshot, globalWaitingMs(options));
    return {
      onSessionOpen: (nowMs) => deadlines.open(nowMs),
      jobOrderFn: (a, b) => compare(deadlines.of(a), deadlines.of(b)),
      jobEnqueueableFn: (job) => (deadlines.isOver(job) ? 'permit' : 'abstain'),
      enqueueStampFn: (queue) => deadlines.stamp(queue),
      jobPipelinedFn: (job) => (deadlines.mayKeep(job) ? true : undefined),
    };
  },
};

/** A gang whose turn it is to keep its places, and since when. */
interface Turn {
  readonly job: Job;
  readonly sinceMs: number;
}

/** When the next group of a queue that was asked is to be asked again. */
interface Door {
  nextMs: number;
  readonly stamp: number;
}

class Deadlines {
  readonly #snapshot: Snapshot;
  readonly #globalMs: number;
  readonly #doors = new WeakMap<Queue, Door>();
  #nowMs = 0;
  #turn: Turn | undefined;
  /** Who had a turn gets no other one, or two gangs that never fit would keep their places from all others in turns. */
  readonly #had = new WeakSet<Job>();

  constructor(snapshot: Snapshot, globalMs: number) {
    this.#snapshot = snapshot;
    this.#globalMs = globalMs;
  }

  /** O(1), and O(jobs that wait for places) while no gang has a turn. */
  open(nowMs: number): void {
    this.#nowMs = nowMs;
    const turn = this.#turn;
    if (turn !== undefined && this.#needsPlaces(turn.job) && nowMs - turn.sinceMs < this.#waitingMs(turn.job)) return;
    if (turn !== undefined) this.#had.add(turn.job);
    const next = this.#next();
    this.#turn = next && { job: next, sinceMs: nowMs };
  }

  /** Infinity when the job may wait for ever. */
  of(job: Job): number {
    return job.createdMs + this.#waitingMs(job);
  }

  /** Asked of a job that wants to come in: it is asked again when its time is up. */
  isOver(job: Job): boolean {
    const deadline = this.of(job);
    if (deadline <= this.#nowMs) return true;
    if (job.queue === undefined) return false;
    const door = this.#door(job.queue);
    door.nextMs = Math.min(door.nextMs, deadline);
    return false;
  }

  stamp(queue: Queue): number {
    return this.#door(queue).stamp;
  }

  #door(queue: Queue): Door {
    let door = this.#doors.get(queue);
    if (door === undefined || door.nextMs <= this.#nowMs) {
      door = { nextMs: Infinity, stamp: this.#snapshot.nextStamp() };
      this.#doors.set(queue, door);
    }
    return door;
  }

  mayKeep(job: Job): boolean {
    return this.#turn?.job === job;
  }

  /** Of the gangs whose time is up the one whose time was up first. */
  #next(): Job | undefined {
    const demand = demandOf(this.#snapshot);
    let first: Job | undefined;
    for (const job of this.#snapshot.waiting.admitted.members()) {
      const deadline = this.of(job);
      if (deadline > this.#nowMs || this.#had.has(job) || !this.#needsPlaces(job)) continue;
      if (demand.neverFits(job) !== undefined) continue;
      const order = first === undefined ? -1 : compare(deadline, this.of(first));
      if (order < 0 || (order === 0 && job.record.uid < (first?.record.uid ?? ''))) first = job;
    }
    return first;
  }

  /** It has the pods that it needs, and waits for several places at once: with one it would start. */
  #needsPlaces(job: Job): boolean {
    return this.#snapshot.waiting.admitted.has(job) && job.missing() > 1 && job.valid() >= job.minMember;
  }

  #waitingMs({ record }: Job): number {
    return record.waitingMs ?? this.#globalMs;
  }
}

/** What cannot be read, or is no time, counts as none. */
function globalWaitingMs(options: PluginArguments): number {
  const ms = durationMs(String(options.get('sla-waiting-time') ?? '')) ?? 0;
  return ms > 0 ? ms : Infinity;
}

/** Two that may wait for ever are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

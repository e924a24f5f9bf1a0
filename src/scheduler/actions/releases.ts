import type { Snapshot } from '../ledger/snapshot.ts';
import { amountOf } from '../ledger/start-plans.ts';
import type { Amounts } from '../ledger/start-plans.ts';
import type { Queue } from '../model/queue.ts';
import { runEndMs } from '../model/run-time.ts';
import { TaskStatus } from '../model/task-status.ts';

/** Room that a task gives back when it has ended. */
export interface Release {
  readonly endMs: number;
  readonly node: number;
  readonly amounts: Amounts;
  /** Whose it is; undefined for pods that others placed, and for what is only planned. */
  readonly queue: Queue | undefined;
}

/**
 * Which room is given back when, as the owners of the running tasks say: those of whom nobody said how long they run hold
 * theirs for ever. Times are told by their number, in order. Made once a cycle in which somebody asks,
 * O(nodes + tasks that hold room + E log E) for E of them with an estimate.
 */
export class Releases {
  readonly #snapshot: Snapshot;
  #releases: Release[] = [];
  /** Distinct ends, with the number of releases up to each. */
  readonly #times: number[] = [];
  readonly #counts: number[] = [];
  /** What earlier plans will use of the released room, by node and resource. */
  readonly #spoken = new Map<number, number[]>();

  constructor(snapshot: Snapshot, nowMs: number) {
    this.#snapshot = snapshot;
    for (let node = 0; node < snapshot.nodes.count; node += 1) {
      for (let task = snapshot.nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
        const endMs = task.status === TaskStatus.Releasing ? Infinity : runEndMs(task, nowMs);
        if (endMs !== Infinity) this.#releases.push({ endMs, node, amounts: task.class, queue: task.job?.queue });
      }
    }
    this.#order();
  }

  /** How many times there are up to this one. O(log times). */
  timesUntil(ms: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  timeAt(time: number): number {
    return this.#times[time] ?? Infinity;
  }

  /** What is given back up to the time, in the order of ends. */
  each(time: number, tell: (release: Release) => void): void {
    const count = this.#counts[time] ?? 0;
    for (let i = 0; i < count; i += 1) tell(this.#releases[i] as Release);
  }

  /** What will be free of a resource on each node at that time, beside what is planned already. O(nodes + releases). */
  room(time: number, resource: number): Float64Array {
    const { nodes } = this.#snapshot;
    const room = new Float64Array(nodes.count);
    for (let node = 0; node < room.length; node += 1) room[node] = nodes.future(node, resource);
    this.each(time, ({ node, amounts }) => {
      room[node] = (room[node] ?? 0) + amountOf(amounts, resource);
    });
    for (const [node, spoken] of this.#spoken) room[node] = (room[node] ?? 0) - (spoken[resource] ?? 0);
    return room;
  }

  /** What tasks will have given back of the resource on each node by then, and no plan will use. O(nodes + releases). */
  released(time: number, resource: number): Float64Array {
    const { nodes } = this.#snapshot;
    return this.room(time, resource).map((room, node) => Math.max(0, room - nodes.future(node, resource)));
  }

  /** A plan will use so much of what is released there. */
  speakFor(node: number, resource: number, amount: number): void {
    const spoken = this.#spoken.get(node) ?? [];
    this.#spoken.set(node, spoken);
    spoken[resource] = (spoken[resource] ?? 0) + amount;
  }

  /** What is planned gives its room back as well. */
  add(releases: readonly Release[]): void {
    this.#releases = [...this.#releases, ...releases.filter(({ endMs }) => endMs !== Infinity)];
    this.#order();
  }

  #order(): void {
    this.#releases.sort((a, b) => a.endMs - b.endMs);
    this.#times.length = 0;
    this.#counts.length = 0;
    this.#releases.forEach(({ endMs }, i) => {
      if (this.#times.at(-1) !== endMs) this.#times.push(endMs);
      this.#counts[this.#times.length - 1] = i + 1;
    });
  }
}

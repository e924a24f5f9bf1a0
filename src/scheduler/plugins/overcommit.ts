import { formatUnits } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Plugin, Vote } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Row } from '../model/row.ts';
import type { Job } from '../model/job.ts';
import { EPSILON } from '../shares/epsilon.ts';
import { heldBy } from '../demand/promises.ts';
import { rowWithin } from '../demand/rows.ts';
import { demandOf } from '../demand/usable-demand.ts';
import type { UsableDemand } from '../demand/usable-demand.ts';

const DEFAULT_FACTOR = 1.2;

/**
 * Lets groups in while what all of them could take fits the cluster a little more than once: some start and end while
 * others still wait. Who is let in and never starts keeps no room from others (`UsableDemand`).
 */
export const overcommit: Plugin = {
  name: 'overcommit',
  make: (snapshot, options) => {
    const factor = Math.max(1, numberArgument(options, 'overcommit-factor', DEFAULT_FACTOR));
    const room = new ClusterRoom(snapshot, factor);
    return {
      jobEnqueueableFn: (job) => room.vote(job),
      enqueueStampFn: () => room.stamp(),
      rowEnqueueableFn: (row) => room.votes(row),
      jobEnqueuedFn: (job) => room.promise(job),
      rowEnqueuedFn: (row) => room.promiseRow(row),
    };
  },
};

/** What the cluster has of each resource, times the factor, and what of it is used or promised. */
class ClusterRoom {
  readonly #snapshot: Snapshot;
  readonly #factor: number;
  readonly #demand: UsableDemand;
  /** Held by all pods, ours or not; of the nodes as they were at that time. */
  readonly #used: number[] = [];
  #usedAt = -1;
  /** Stands for these numbers, which were read in that state of nodes and promises. */
  #stamp = 0;
  #numbers: readonly number[] = [];
  #nodesAt = -1;
  #promisesAt = -1;

  constructor(snapshot: Snapshot, factor: number) {
    this.#snapshot = snapshot;
    this.#factor = factor;
    this.#demand = demandOf(snapshot);
  }

  /** O(resources of the job), and O(nodes x resources) once nodes changed. */
  vote(job: Job): Vote {
    const { resources, nodes } = this.#snapshot;
    const minimum = job.minimum(resources);
    if (minimum === undefined) return 'permit';
    // More than there is: that is for those to say who know what can never be.
    if (this.#demand.neverFits(job) !== undefined) return 'abstain';
    const own = heldBy(job);
    for (let i = 0; i < minimum.resources.length; i += 1) {
      const r = minimum.resources[i] ?? 0;
      const asked = (minimum.amounts[i] ?? 0) - (own[r] ?? 0);
      const [used, promised] = [this.#usedOf(r), this.#demand.inAll.promised[r] ?? 0];
      const most = (nodes.totals[r] ?? 0) * this.#factor;
      if (asked <= 0 || asked + used + promised <= most + EPSILON) continue;
      const [want, holds, promises, limit] = [asked, used, promised, most].map((amount) => this.#text(r, amount));
      const numbers = `${resources.name(r)} ${want} asked, ${holds} used and ${promises} promised of ${limit}`;
      const message = `PodGroup ${job.key} waits for room in the cluster: ${numbers} (${this.#factor} times what the nodes have).`;
      return {
        code: 'WaitingInQueue',
        message,
        numbers: { resource: resources.name(r), asked, held: used + promised, limit: most },
      };
    }
    return 'permit';
  }

  /** How many of the row the cluster has room for one after the other. */
  votes(row: Row): number {
    const { resources, nodes } = this.#snapshot;
    return rowWithin(row, resources, {
      held: (r) => this.#usedOf(r) + (this.#demand.inAll.promised[r] ?? 0),
      most: (r) => (nodes.totals[r] ?? 0) * this.#factor,
      isOut: this.#demand.isOut,
    });
  }

  /** One for all queues. O(1) while neither nodes nor promises changed, else O(nodes x resources). */
  stamp(): number {
    const { recency } = this.#snapshot;
    const { promises } = this.#demand.inAll;
    if (this.#nodesAt === recency.now && this.#promisesAt === promises) return this.#stamp;
    this.#nodesAt = recency.now;
    this.#promisesAt = promises;
    const numbers = this.#read();
    const isSame = numbers.length === this.#numbers.length && numbers.every((each, i) => each === this.#numbers[i]);
    if (isSame && this.#stamp > 0) return this.#stamp;
    this.#numbers = numbers;
    this.#stamp = this.#snapshot.nextStamp();
    return this.#stamp;
  }

  promise(job: Job): void {
    if (job.queue !== undefined) this.#demand.promise(job, job.queue);
  }

  promiseRow(row: Row): void {
    this.#demand.promiseRow(row);
  }

  #read(): readonly number[] {
    const { totals } = this.#snapshot.nodes;
    const { promised } = this.#demand.inAll;
    const numbers: number[] = [];
    for (let r = 0; r < Math.max(totals.length, promised.length); r += 1) {
      numbers.push(totals[r] ?? 0, this.#usedOf(r), promised[r] ?? 0);
    }
    return numbers;
  }

  #usedOf(resource: number): number {
    const { recency, nodes } = this.#snapshot;
    if (this.#usedAt !== recency.now) {
      this.#usedAt = recency.now;
      this.#used.length = 0;
      for (const r of nodes.offered) this.#used[r] = (nodes.totals[r] ?? 0) - free(nodes.idle[r] ?? NO_NODES);
    }
    return this.#used[resource] ?? 0;
  }

  #text(resource: number, amount: number): string {
    return formatUnits(Math.floor(amount), resourceUnit(this.#snapshot.resources.name(resource)));
  }
}

const NO_NODES = new Float64Array(0);

/** A node of which pods hold more than it offers takes nothing of what the others have. */
function free(idle: Float64Array): number {
  let all = 0;
  for (const amount of idle) if (amount > 0) all += amount;
  return all;
}

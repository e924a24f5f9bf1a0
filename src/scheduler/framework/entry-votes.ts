import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { tiersOf } from './hook-table.ts';
import type { Hook } from './hook-table.ts';
import type { PluginHooks, Vote } from './plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Row } from '../model/row.ts';

/** How the votes on letting groups in are counted, and who is told of those that are. */
export class EntryVotes {
  readonly #voters: readonly (readonly Hook<'jobEnqueueableFn'>[])[];
  /** Of all plugins that vote; empty when one of them has none. */
  readonly #stamps: readonly Hook<'enqueueStampFn'>[];
  /** Of the plugins of the first tier in which any vote; undefined where one of these has none. */
  readonly #ofRows: readonly Hook<'rowEnqueueableFn'>[] | undefined;
  /** All that vote speak of rows: groups of one that are alike are answered alike. */
  readonly isOfRows: boolean;
  readonly #told: readonly Hook<'jobEnqueuedFn'>[];
  readonly #toldOfRows: readonly Hook<'rowEnqueuedFn'>[];

  constructor(tiers: readonly (readonly PluginHooks[])[]) {
    const all = tiers.flat();
    this.#voters = tiersOf(tiers, 'jobEnqueueableFn');
    const voting = all.filter(votes);
    const stamps = voting.flatMap(({ enqueueStampFn }) => enqueueStampFn ?? []);
    this.#stamps = stamps.length === voting.length ? stamps : [];
    const first = tiers.map((tier) => tier.filter(votes)).find(({ length }) => length > 0) ?? [];
    const ofRows = first.flatMap(({ rowEnqueueableFn }) => rowEnqueueableFn ?? []);
    this.#ofRows = ofRows.length === first.length ? ofRows : undefined;
    this.isOfRows = voting.every(({ rowEnqueueableFn }) => rowEnqueueableFn !== undefined);
    this.#told = tiersOf(tiers, 'jobEnqueuedFn').flat();
    this.#toldOfRows = all.flatMap(({ rowEnqueuedFn, jobEnqueuedFn }) => rowEnqueuedFn ?? oneByOne(jobEnqueuedFn));
  }

  /** In a tier one reject loses, else one permit wins, else the next tier is asked; nobody votes: let in. */
  refusal(job: Job): Refusal | undefined {
    const tiers = this.#voters;
    for (let t = 0; t < tiers.length; t += 1) {
      const tier = tiers[t] ?? [];
      let isPermitted = false;
      for (let i = 0; i < tier.length; i += 1) {
        const vote = tier[i]?.(job);
        if (typeof vote === 'object') return vote;
        isPermitted ||= vote === 'permit';
      }
      if (isPermitted) return undefined;
    }
    return undefined;
  }

  /** What each says, for people. */
  answers(job: Job): readonly Vote[] {
    return this.#voters.flat().map((voteOn) => voteOn(job));
  }

  /** As long as it is the same, an unchanged job of the queue is answered as before; 0 when nothing can be said. */
  stamp(queue: Queue): number {
    // A new number is above all that were given out before: the largest changes whenever one of them does.
    let latest = 0;
    for (const stampOf of this.#stamps) latest = Math.max(latest, stampOf(queue));
    return latest;
  }

  /** How many of the row may come in one after the other, as far as that can be said of several at once. */
  admits(row: Row): number {
    if (this.#ofRows === undefined) return 0;
    let count = row.end - row.from;
    for (const countOf of this.#ofRows) if (count > 0) count = Math.min(count, countOf(row));
    return count;
  }

  letIn(job: Job): void {
    for (let i = 0; i < this.#told.length; i += 1) this.#told[i]?.(job);
  }

  /** The same for all of the row. */
  letRowIn(row: Row): void {
    for (const tell of this.#toldOfRows) tell(row);
  }
}

function votes({ jobEnqueueableFn }: PluginHooks): boolean {
  return jobEnqueueableFn !== undefined;
}

function oneByOne(jobEnqueued: Hook<'jobEnqueuedFn'> | undefined): readonly Hook<'rowEnqueuedFn'>[] {
  if (jobEnqueued === undefined) return [];
  return [({ jobs, from, end }) => jobs.slice(from, end).forEach((job) => jobEnqueued(job))];
}

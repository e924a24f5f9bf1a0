import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { tiersOf } from './hook-table.ts';
import type { Hook } from './hook-table.ts';
import type { PluginHooks, Refusal, Vote } from './plugin.ts';

/** How the votes on letting groups in are counted, and who is told of those that are. */
export class EntryVotes {
  readonly #voters: readonly (readonly Hook<'jobEnqueueableFn'>[])[];
  /** Of all plugins that vote; empty when one of them has none. */
  readonly #stamps: readonly Hook<'enqueueStampFn'>[];
  /** Of the plugins of the first tier in which any vote; undefined where one of these has none. */
  readonly #ofAlike: readonly Hook<'alikeEnqueueableFn'>[] | undefined;
  readonly #told: readonly Hook<'jobEnqueuedFn'>[];
  readonly #toldOfAlike: readonly Hook<'alikeEnqueuedFn'>[];

  constructor(tiers: readonly (readonly PluginHooks[])[]) {
    const all = tiers.flat();
    this.#voters = tiersOf(tiers, 'jobEnqueueableFn');
    const voting = all.filter(votes);
    const stamps = voting.flatMap(({ enqueueStampFn }) => enqueueStampFn ?? []);
    this.#stamps = stamps.length === voting.length ? stamps : [];
    const first = tiers.map((tier) => tier.filter(votes)).find(({ length }) => length > 0) ?? [];
    const ofAlike = first.flatMap(({ alikeEnqueueableFn }) => alikeEnqueueableFn ?? []);
    this.#ofAlike = ofAlike.length === first.length ? ofAlike : undefined;
    this.#told = tiersOf(tiers, 'jobEnqueuedFn').flat();
    this.#toldOfAlike = all.flatMap(({ alikeEnqueuedFn, jobEnqueuedFn }) => alikeEnqueuedFn ?? oneByOne(jobEnqueuedFn));
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

  /** How many of so many jobs like this one may come in one after the other, as far as that can be said of all of them at once. */
  admits(job: Job, most: number): number {
    if (this.#ofAlike === undefined) return 0;
    return this.#ofAlike.reduce((count, countOf) => (count === 0 ? 0 : countOf(job, count)), most);
  }

  letIn(job: Job): void {
    for (let i = 0; i < this.#told.length; i += 1) this.#told[i]?.(job);
  }

  /** The same for jobs of one queue that are alike. */
  letAlikeIn(jobs: readonly Job[]): void {
    for (const tell of this.#toldOfAlike) tell(jobs);
  }
}

function votes({ jobEnqueueableFn }: PluginHooks): boolean {
  return jobEnqueueableFn !== undefined;
}

function oneByOne(jobEnqueued: Hook<'jobEnqueuedFn'> | undefined): readonly Hook<'alikeEnqueuedFn'>[] {
  return jobEnqueued === undefined ? [] : [(jobs) => jobs.forEach((job) => jobEnqueued(job))];
}

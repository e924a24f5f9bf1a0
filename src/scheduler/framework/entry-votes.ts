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
  /** The same; undefined when one of them has none. */
  readonly #admits: readonly Hook<'admitsFn'>[] | undefined;
  readonly #told: readonly Hook<'jobEnqueuedFn'>[];
  readonly #toldOfAll: readonly Hook<'allEnqueuedFn'>[];

  constructor(tiers: readonly (readonly PluginHooks[])[]) {
    this.#voters = tiersOf(tiers, 'jobEnqueueableFn');
    const all = tiers.flat();
    const voting = all.filter(({ jobEnqueueableFn }) => jobEnqueueableFn !== undefined);
    const stamps = voting.flatMap(({ enqueueStampFn }) => enqueueStampFn ?? []);
    this.#stamps = stamps.length === voting.length ? stamps : [];
    const admits = voting.flatMap(({ admitsFn }) => admitsFn ?? []);
    this.#admits = admits.length === voting.length ? admits : undefined;
    this.#told = tiersOf(tiers, 'jobEnqueuedFn').flat();
    this.#toldOfAll = all.flatMap(({ jobEnqueuedFn: one, allEnqueuedFn: many }) => {
      return many ?? (one === undefined ? [] : (jobs) => jobs.forEach(one));
    });
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

  /** Groups of one may be let in one after the other: nobody keeps any of them out. */
  admits(jobs: readonly Job[]): boolean {
    return this.#admits?.every((admit) => admit(jobs)) === true;
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

  letIn(job: Job): void {
    for (let i = 0; i < this.#told.length; i += 1) this.#told[i]?.(job);
  }

  /** The same for each of them. */
  letAllIn(jobs: readonly Job[]): void {
    for (const tell of this.#toldOfAll) tell(jobs);
  }
}

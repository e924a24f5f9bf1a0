import type { EvictingAction, SchedulerPolicy, VoteCount } from '../../config/policy.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Task } from '../model/task.ts';
import { tiersOf } from './hook-table.ts';
import type { Hook } from './hook-table.ts';
import type { PluginHooks } from './plugin.ts';
import { countVotes } from './votes.ts';

type Tiers<T> = readonly (readonly T[])[];

/**
 * Unless the configuration says otherwise. What a queue is owed is for all to see to when others take back from it, or
 * queues would take from each other for ever (volcano#5896); preemption within a queue goes by tiers, as in Volcano: the
 * first tier's order of priorities counts although jobs have other shares.
 */
const COUNTS: Readonly<Record<EvictingAction, VoteCount>> = {
  preempt: 'tiers',
  gangpreempt: 'tiers',
  reclaim: 'all',
  gangreclaim: 'all',
};

/** Where plugins vote on the victims of an action. */
const VOTES = {
  preempt: 'preemptableFn',
  gangpreempt: 'unifiedEvictableFn',
  reclaim: 'reclaimableFn',
  gangreclaim: 'unifiedEvictableFn',
} as const satisfies Record<EvictingAction, keyof PluginHooks>;

/** What plugins say of evictions: for whom, and who. */
export class VictimVotes {
  readonly #counts: Readonly<Record<EvictingAction, VoteCount>>;
  /** Of those that vote. */
  readonly #byJob: Readonly<Record<EvictingAction, readonly Hook<'votesByJobFn'>[]>>;
  /** Of the first tier that has any. */
  readonly #starving: readonly Hook<'jobStarvingFn'>[];
  readonly #preemptive: readonly Hook<'preemptiveFn'>[];
  readonly #shelters: readonly Hook<'shelterFn'>[];
  readonly #preemptable: Tiers<Hook<'preemptableFn'>>;
  readonly #reclaimable: Tiers<Hook<'reclaimableFn'>>;
  readonly #unified: Tiers<Hook<'unifiedEvictableFn'>>;

  constructor(tiers: readonly (readonly PluginHooks[])[], policy: SchedulerPolicy) {
    this.#counts = {
      preempt: voteCount(policy, 'preempt'),
      gangpreempt: voteCount(policy, 'gangpreempt'),
      reclaim: voteCount(policy, 'reclaim'),
      gangreclaim: voteCount(policy, 'gangreclaim'),
    };
    const voting = (action: EvictingAction): readonly Hook<'votesByJobFn'>[] =>
      tiers.flat().flatMap((hooks) => (hooks[VOTES[action]] && hooks.votesByJobFn) ?? []);
    this.#byJob = {
      preempt: voting('preempt'),
      gangpreempt: voting('gangpreempt'),
      reclaim: voting('reclaim'),
      gangreclaim: voting('gangreclaim'),
    };
    this.#starving = tiersOf(tiers, 'jobStarvingFn')[0] ?? [];
    this.#preemptive = tiersOf(tiers, 'preemptiveFn').flat();
    this.#shelters = tiersOf(tiers, 'shelterFn').flat();
    this.#preemptable = tiersOf(tiers, 'preemptableFn');
    this.#reclaimable = tiersOf(tiers, 'reclaimableFn');
    this.#unified = tiersOf(tiers, 'unifiedEvictableFn');
  }

  /** Answers hold for this job, and not for others of its queue and priority. */
  areByJob(action: EvictingAction, job: Job): boolean {
    return this.#byJob[action].some((votesByJob) => votesByJob(job));
  }

  isStarving(job: Job): boolean {
    return this.#starving.every((isStarving) => isStarving(job));
  }

  isPreemptive(queue: Queue, task: Task): boolean {
    return this.#preemptive.every((isPreemptive) => isPreemptive(queue, task));
  }

  isSheltered(task: Task): boolean {
    return this.#shelters.some((shelters) => shelters(task));
  }

  /** Those that are named first are answered as if nobody were named after them: all must agree, and no program outside is asked. */
  answersInOrder(action: EvictingAction, job: Job): boolean {
    return action === 'reclaim' && this.#counts[action] === 'all' && !this.areByJob(action, job);
  }

  /** Which of the candidates may go for the preemptor, in the order in which they are named. */
  count(action: EvictingAction, preemptor: Task, candidates: readonly Task[]): readonly Task[] {
    if (candidates.length === 0) return candidates;
    const how = this.#counts[action];
    switch (action) {
      case 'preempt':
        return countVotes(this.#preemptable, how, (vote) => vote(preemptor, candidates));
      case 'reclaim':
        return countVotes(this.#reclaimable, how, (vote) => vote(preemptor, candidates));
      case 'gangpreempt':
        return countVotes(this.#unified, how, (vote) => vote(preemptor, candidates, false));
      case 'gangreclaim':
        return countVotes(this.#unified, how, (vote) => vote(preemptor, candidates, true));
    }
  }
}

function voteCount({ actionArguments }: SchedulerPolicy, action: EvictingAction): VoteCount {
  const asked = actionArguments.get(action)?.get('votes');
  return asked === 'all' || asked === 'tiers' || asked === 'volcano' ? asked : COUNTS[action];
}

import type { EvictingAction } from '../../config/policy.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';

/** Whom an action evicts, for whom. */
export interface VictimRule {
  readonly action: EvictingAction;
  /** The victims' queues are others than the preemptor's, which must have a claim to what it takes. */
  readonly isAcrossQueues: boolean;
  /** Pods go for others of their own job, which must be of a higher priority of their own. */
  readonly isWithinJob: boolean;
  /** It is one of the actions that let gangs go as a whole. */
  readonly isByGangs?: true;
  /** Tasks of such a queue and priority are put to the vote at all. */
  readonly mayTake: (preemptor: Job, queue: Queue, priority: number) => boolean;
  /** What victims are told. */
  readonly why: (preemptor: Job) => Refusal;
}

/** Within the queue: whose pods go is for the plugins to say. */
export const PREEMPT: VictimRule = {
  action: 'preempt',
  isAcrossQueues: false,
  isWithinJob: false,
  mayTake: (preemptor, queue) => preemptor.queue === queue,
  why: preempted,
};

/** Within the job, from pods of lower priority. */
export const PREEMPT_WITHIN: VictimRule = {
  action: 'preempt',
  isAcrossQueues: false,
  isWithinJob: true,
  mayTake: (preemptor, queue, priority) => preemptor.queue === queue && priority === preemptor.priority,
  why: ({ key }) => ({ code: 'Preempted', message: `a pod of higher priority of PodGroup ${key} takes its room.` }),
};

/** Within the queue, from groups of lower priority. */
export const GANG_PREEMPT: VictimRule = {
  action: 'gangpreempt',
  isByGangs: true,
  isAcrossQueues: false,
  isWithinJob: false,
  mayTake: (preemptor, queue, priority) => preemptor.queue === queue && priority < preemptor.priority,
  why: preempted,
};

/** From other queues that may be taken from. */
export const RECLAIM: VictimRule = {
  action: 'reclaim',
  isAcrossQueues: true,
  isWithinJob: false,
  mayTake: isOtherQueue,
  why: reclaimed,
};

export const GANG_RECLAIM: VictimRule = { ...RECLAIM, action: 'gangreclaim', isByGangs: true };

function isOtherQueue(preemptor: Job, queue: Queue): boolean {
  return preemptor.queue !== queue && queue.record.reclaimable;
}

function preempted({ key, priority }: Job): Refusal {
  return { code: 'Preempted', message: `PodGroup ${key} of priority ${priority} takes its room.` };
}

function reclaimed({ key, queue }: Job): Refusal {
  return {
    code: 'Reclaimed',
    message: `queue ${queue?.name ?? ''} takes back what it deserves, for PodGroup ${key}.`,
  };
}

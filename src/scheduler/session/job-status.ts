import { PODS_REFUSED_ANNOTATION } from '../../api/keys.ts';
import { isBuiltInOwner } from '../../api/records/owner-record.ts';
import type { PodGroupPhase } from '../../api/records/pod-group-record.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { Refusal } from '../model/refusal.ts';
import { lackingPods } from '../framework/lacking-pods.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { StatusDecision } from './decision.ts';

/**
 * Gives the job the phase that it has at the end of a cycle: Volcano's rules (reference: phases at session close), but a group is Completed
 * only when nothing of it is left to run. True when it stands elsewhere now: none yet is as good as Pending. A second call changes nothing more.
 */
export function settlePhase(job: Job, isRefused: boolean): boolean {
  const before = job.phase;
  job.phase = nextPhase(job, isUnschedulable(job, isRefused));
  return job.phase !== before && (before !== '' || job.phase !== 'Pending');
}

function isUnschedulable(job: Job, isRefused: boolean): boolean {
  return isRefused && job.missing() > 0;
}

/** What the PodGroup's status should say at the end of a cycle, once the job has its phase. */
export function jobStatus(job: Job, refusal: Refusal | undefined): StatusDecision {
  const { phase } = job;
  return {
    kind: 'status',
    group: job.key,
    phase,
    running: job.count(TaskStatus.Running),
    succeeded: job.count(TaskStatus.Succeeded),
    failed: job.count(TaskStatus.Failed),
    // One that has no minimum may still not be let in.
    condition: condition(
      job,
      isUnschedulable(job, refusal !== undefined) || phase === 'Pending' ? refusal : undefined,
      phase,
    ),
  };
}

function nextPhase(job: Job, lacksSome: boolean): PodGroupPhase {
  const running = job.count(TaskStatus.Running);
  if (running > 0 && lacksSome && job.isActive) return 'Unknown';
  const live = running + job.count(TaskStatus.Bound) + job.count(TaskStatus.Binding) + job.count(TaskStatus.Releasing);
  const finished = job.count(TaskStatus.Succeeded) + job.count(TaskStatus.Failed);
  if (live > 0 && live + finished >= job.minMember) return 'Running';
  if (live === 0 && isOver(job, finished)) return 'Completed';
  if (!job.isActive) return 'Pending';
  if (running > 0 && hasTooFew(job)) return 'Unknown';
  return keepsItsPlace(job, live, finished) ? 'Inqueue' : 'Pending';
}

/**
 * Its minimum was raised, or it lost pods, and none waits that could be refused anything. One of a Job of Volcano gets others at once, and
 * an unknown group wakes the policies of that: it is one only once they cannot be placed.
 */
function hasTooFew(job: Job): boolean {
  return !job.comesFirst && !opensStage(job) && isShortOfPods(job, 'Unknown');
}

/** A root that is known is about to make the first pods of a role, as a Spark driver does once it runs. */
function opensStage({ groups, record }: Job): boolean {
  return record.owner !== undefined && groups.some((group) => group.min > 0 && group.valid() === 0);
}

/** Nothing runs, and nothing is to come: the root has ended, or there is none that could make further pods. */
function isOver(job: Job, finished: number): boolean {
  if (hasEnded(job) || wantsNoPods(job, finished) || wasCleanedUp(job)) return true;
  return finished > 0 && finished >= job.minMember && job.pending() === 0 && !makesPods(job);
}

/** Most roots are active, and records are read for the others alone: here and below each group of a crowd passes by. */
function hasEnded(job: Job): boolean {
  return !job.isActive && job.record.rootState === 'Ended';
}

/**
 * It ran, and has no pod any more that runs or waits, and its controller makes none: a ReplicaSet of 0 replicas, as each Deployment
 * keeps some, or an object of somebody else's kind, which mostly cleans up when it has come to its end and cannot be asked about that.
 * Should it make some again, the group asks again.
 */
function wantsNoPods(job: Job, finished: number): boolean {
  const hasRun = job.phase === 'Running' || job.phase === 'Unknown' || job.phase === 'Completed';
  if (!hasRun || job.pending() > 0) return false;
  const { owner } = job.record;
  if (owner === undefined || makesPods(job)) return false;
  return (finished === 0 && job.minMember <= 1) || !isBuiltInOwner(owner);
}

/** It came to its end, pods of it have been taken away since, and nobody is known who would make others: those ask by themselves. */
function wasCleanedUp(job: Job): boolean {
  return job.phase === 'Completed' && job.pending() === 0 && job.record.owner === undefined;
}

/** A batch Job makes its pods one after the other when it runs fewer at a time than it has to complete. */
function makesPods(job: Job): boolean {
  const owner = job.record.owner;
  return owner?.kind === 'Job' && owner.apiVersion.startsWith('batch/');
}

/**
 * A group that was let in stays in while its members come and go, and while a root that is known makes those of its next
 * stage: asked again, it might find its room given to others. One that lost all of them asks again.
 */
function keepsItsPlace(job: Job, live: number, finished: number): boolean {
  if (job.phase === 'Inqueue') return true;
  if (job.phase !== 'Running' && job.phase !== 'Unknown') return false;
  return (finished > 0 && finished >= job.minMember) || (live > 0 && job.record.owner !== undefined);
}

function condition(job: Job, refusal: Refusal | undefined, phase: PodGroupPhase): StatusDecision['condition'] {
  if (!job.isActive && job.record.rootState === 'Suspended') return SUSPENDED;
  if (phase === 'Completed' && saysThatItWaits(job)) return ENDED;
  const problem = refusal ?? (isShortOfPods(job, phase) ? lackingPods(job) : undefined);
  if (problem !== undefined) {
    return { type: 'Unschedulable', status: 'True', reason: conditionReason(problem), message: problem.message };
  }
  if (job.missing() > 0 || job.ready() === 0) return undefined;
  return SCHEDULED;
}

/** What it waited for last still stands there, and it waits for nothing any more. */
function saysThatItWaits({ record }: Job): boolean {
  return record.conditions.some(({ type, status }) => type === 'Unschedulable' && status === 'True');
}

/**
 * A gang that lost members, or has none yet, and of which no pod waits, so that nobody refuses it anything; also one whose pods the
 * API server refuses. While pods are being deleted their root may be going, too: a word then would be one write for each gang that ends.
 */
export function isShortOfPods(job: Job, phase: PodGroupPhase): boolean {
  if (job.count(TaskStatus.Releasing) > 0 || job.valid() >= job.minMember) return false;
  if (!job.isActive || phase === 'Completed') return false;
  const isRefused = job.record.hints.has(PODS_REFUSED_ANNOTATION);
  if (job.comesFirst && job.tasks.size === 0 && !isRefused) return false;
  return job.minMember > 1 || (isRefused && job.minMember === 1);
}

/** Volcano's reasons for what passes with time; what does not is told apart by its own code. */
export function conditionReason({ code }: Pick<Refusal, 'code'>): string {
  if (code === 'NotEnoughPods' || code === 'NotEnoughSubGroups') return 'NotEnoughTasks';
  return TOLD_APART.has(code) ? code : 'NotEnoughResources';
}

const TOLD_APART: ReadonlySet<ReasonCode> = new Set([
  'NotEnoughPodsOfTask',
  'NeverFits',
  'NeedsNotSupported',
  'LacksCompany',
  'VolumeNotReady',
  'VolumeInUse',
]);

/** Shared by all groups: most decisions of a busy cycle carry it. */
const SCHEDULED = Object.freeze({
  type: 'Scheduled',
  status: 'True',
  reason: 'tasks in gang are ready to be scheduled',
  message: '',
});

const SUSPENDED = Object.freeze({
  type: 'Unschedulable',
  status: 'True',
  reason: 'Suspended',
  message: 'The object that the group was made for is suspended: it asks for nothing until it is resumed.',
});

const ENDED = Object.freeze({
  type: 'Unschedulable',
  status: 'False',
  reason: 'Ended',
  message: 'The group has come to its end: it waits for nothing any more.',
});

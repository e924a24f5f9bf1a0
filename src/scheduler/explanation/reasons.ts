import type { ReasonCode } from '../../api/reasons.ts';
import { lackingPods } from '../framework/lacking-pods.ts';
import type { Refusal } from '../model/refusal.ts';
import { unsupportedNeed } from '../framework/unsupported-need.ts';
import type { Job } from '../model/job.ts';
import { notOpen } from '../model/queue.ts';
import type { Decisions } from '../session/decisions.ts';
import { isShortOfPods } from '../session/job-status.ts';
import type { Session } from '../session/session.ts';
import { quantity } from './amounts.ts';
import type { Reason, ReasonNumbers } from './explanation.ts';
import type { PendingKind } from './pending-kinds.ts';

/** What time alone does not mend. */
const NEVER: ReadonlySet<ReasonCode> = new Set([
  'NeverFits',
  'NeedsNotSupported',
  'QueueNotFound',
  'QueueNotOpen',
  'QueueTreeBroken',
  'NoSuchTier',
  'GangTooLarge',
]);

/**
 * Why the job waits: first what the latest cycle told it, then all else that is said against it now, each thing once. What it
 * was told stays first although other groups took room after its turn; its numbers are then those of now.
 */
export function reasonsOf(
  session: Session,
  job: Job,
  kinds: readonly PendingKind[],
  decisions: Decisions,
): readonly Reason[] {
  const told = toldTo(job, decisions);
  const now = job.isActive ? saidNow(session, job, kinds) : [];
  const all = told === undefined ? now : [withNumbers(told, now), ...now];
  const reasons = new Map<string, Reason>();
  for (const refusal of all) {
    // A resource that is short is a thing of its own.
    const key = `${refusal.code} ${refusal.numbers?.resource ?? ''}`;
    if (!reasons.has(key)) reasons.set(key, reasonOf(refusal));
  }
  return [...reasons.values()];
}

/** The refusal of the latest cycle, or what its condition says while none of its pods waits. */
function toldTo(job: Job, decisions: Decisions): Refusal | undefined {
  const told = decisions.refusalOf(job.key);
  if (told !== undefined) return told;
  return isShortOfPods(job, job.phase) ? lackingPods(job) : undefined;
}

function withNumbers({ code, message }: Refusal, now: readonly Refusal[]): Refusal {
  const same = now.find((refusal) => refusal.code === code && refusal.numbers !== undefined);
  return same?.numbers === undefined ? { code, message } : { code, message, numbers: same.numbers };
}

function saidNow(session: Session, job: Job, kinds: readonly PendingKind[]): readonly Refusal[] {
  const { framework } = session;
  const { queue } = job;
  const said: (Refusal | undefined)[] = [session.rest(job)];
  if (job.valid() < job.minMember) said.push(lackingPods(job));
  if (queue === undefined) return said.filter((refusal) => refusal !== undefined);
  if (!queue.isOpen && kinds.length > 0) said.push(notOpen(queue));
  const tasks = kinds.map(({ task }) => task);
  said.push(...framework.refusals(job, queue, tasks));
  for (const { task } of kinds) {
    if (task.class.shape.needs.length > 0) said.push(unsupportedNeed(task.class));
    else if (framework.picker(task).best() < 0) said.push(framework.explain(task));
  }
  return said.filter((refusal) => refusal !== undefined);
}

function reasonOf({ code, message, numbers }: Refusal): Reason {
  const verdict = NEVER.has(code) ? 'never' : 'wait';
  return numbers === undefined ? { code, verdict, message } : { code, verdict, message, numbers: inWords(numbers) };
}

function inWords({ resource, asked, held, limit, queue }: NonNullable<Refusal['numbers']>): ReasonNumbers {
  const [want, has, most] = [asked, held, limit].map((units) => quantity(resource, units));
  const numbers = { resource, asked: want ?? '', held: has ?? '', limit: most ?? '' };
  return queue === undefined ? numbers : { ...numbers, queue };
}

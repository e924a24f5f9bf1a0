import type { ActionName } from '../../config/policy.ts';
import type { Job } from '../model/job.ts';
import type { Decisions } from '../session/decisions.ts';
import type { Session } from '../session/session.ts';
import { withAllOpen } from './all-open.ts';
import { askedResources } from './amounts.ts';
import { EvictionChances } from './eviction-chances.ts';
import { promisedRooms, reservedRoom } from './expected-room.ts';
import type { Explanation, GroupState, Members } from './explanation.ts';
import { nearFits } from './near-fit.ts';
import { pendingKinds } from './pending-kinds.ts';
import { placeInLine } from './place-in-line.ts';
import { podFit } from './pod-fit.ts';
import { queueAccounts } from './queue-accounts.ts';
import { reasonsOf } from './reasons.ts';
import { roomAccount } from './room-account.ts';

/** What the latest cycle did. */
export interface LatestCycle {
  readonly decisions: Decisions;
  readonly actions: readonly ActionName[];
}

/**
 * Why the job waits, from the ledgers and plugins as the latest cycle left them: nothing is changed by it. The session is one
 * of its own, opened over them. O(waiting groups + groups and pods that hold room + nodes x classes of the job).
 */
export function explain(session: Session, job: Job, { decisions, actions }: LatestCycle): Explanation {
  const { framework, snapshot } = session;
  const kinds = pendingKinds(job, framework);
  const near = nearFits(framework, job, kinds);
  const [reasons, pods] = withAllOpen(framework, job, kinds, () => [
    reasonsOf(session, job, kinds, decisions),
    kinds.map((kind) => podFit(session, job, kind)),
  ]);
  const chances = new EvictionChances(session, job, kinds[0]?.task, actions);
  return {
    group: job.key,
    queue: job.record.queue,
    phase: job.phase,
    verifiedSubmitter: job.record.submitter,
    state: stateOf(job),
    members: membersOf(job),
    reasons,
    pods,
    near,
    queues: queueAccounts(job, framework, snapshot.resources, askedResources(job, snapshot)),
    room: roomAccount(session, job, { reasons, pods, chances }),
    line: placeInLine(session, job),
    reservation: job.pending() > 0 ? reservedRoom(session, job) : undefined,
    promised: promisedRooms(session, job, decisions),
  };
}

function stateOf(job: Job): GroupState {
  if (job.record.rootState === 'Suspended') return 'suspended';
  if (job.phase === 'Completed' || job.record.rootState === 'Ended') return 'ended';
  return job.missing() > 0 || job.ready() === 0 ? 'waits' : 'runs';
}

function membersOf(job: Job): Members {
  return {
    minimum: job.minMember,
    pods: job.valid(),
    placed: job.ready(),
    pending: job.pending(),
    missing: job.missing(),
    roles: job.groups.map((group) => ({
      name: group.name,
      minimum: group.min,
      pods: group.valid(),
      placed: group.ready(),
    })),
  };
}

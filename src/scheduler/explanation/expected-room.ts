import { RoomKeeper } from '../actions/room-keeper.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Decisions } from '../session/decisions.ts';
import type { Session } from '../session/session.ts';
import type { PromisedRoom, ReservedRoom } from './explanation.ts';

/** Room that is kept for one group that has waited for too long; undefined when none is. */
export function reservedRoom(session: Session, job: Job): ReservedRoom | undefined {
  const { reservation } = session.snapshot;
  const holder = reservation.job;
  if (holder === undefined || reservation.places.size === 0) return undefined;
  const untilMs = reservation.untilMs(new RoomKeeper(session).forMs);
  return {
    isOwn: holder === job,
    group: holder.key,
    nodes: [...new Set(reservation.places.values())].toSorted(),
    since: new Date(reservation.sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
  };
}

/** Rooms that the latest cycle promised to pods of the job, by node, and which pods are still there. */
export function promisedRooms({ snapshot }: Session, job: Job, decisions: Decisions): readonly PromisedRoom[] {
  const pods = new Map<string, number>();
  for (const { node } of decisions.promisesTo(job)) pods.set(node, (pods.get(node) ?? 0) + 1);
  return [...pods].map(([node, count]) => ({ node, pods: count, leaving: leavingPods(snapshot, node) }));
}

function leavingPods({ nodes, nodeTasks }: Session['snapshot'], node: string): readonly string[] {
  const index = nodes.indexOf(node);
  const out: string[] = [];
  for (let task = index < 0 ? undefined : nodeTasks.first(index); task !== undefined; task = task.nextOnNode) {
    if (task.status === TaskStatus.Releasing) out.push(task.record.key);
  }
  return out.toSorted();
}

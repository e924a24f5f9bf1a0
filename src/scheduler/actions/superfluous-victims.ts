import { NOTHING_FREED } from '../framework/plugin.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { futureNode } from './future-node.ts';
import type { VictimRule } from './victim-rule.ts';

/**
 * Takes back evictions after the mark that turned out to be for nothing: what went for the last member of a gang may have
 * made room for the first one as well, which then moves there. A gang that was broken stays or goes as a whole.
 * O(victims x (resources + tasks promised + nodes with pods on their way out)).
 */
export function spareSuperfluous(session: Session, mark: number, rule: VictimRule, job: Job): void {
  const { statement } = session;
  const done = statement.open().slice(mark);
  const promised = done.filter(({ status }) => status === TaskStatus.Pipelined);
  const victims = done.filter(({ status }) => status === TaskStatus.Releasing);
  // The most important of them come last.
  for (const unit of units(victims).toReversed()) {
    for (const victim of unit) statement.spare(victim);
    const moves = makeWay(session, unit, promised);
    if (moves !== undefined && isWithinRights(session, rule, job, promised)) continue;
    moves?.toReversed().forEach(([task, node]) => moveTo(session, task, node));
    for (const victim of unit) statement.evict(victim, rule.why(job));
  }
}

/** Who stays or goes together: the members of a gang that keeps less than its minimum, all others alone. */
function units(victims: readonly Task[]): Task[][] {
  const gangs = new Map<Job, Task[]>();
  const out: Task[][] = [];
  for (const victim of victims) {
    const { job } = victim;
    if (job === undefined || job.minMember <= 1 || job.missing() === 0) {
      out.push([victim]);
      continue;
    }
    const members = gangs.get(job);
    if (members !== undefined) members.push(victim);
    else {
      const unit = [victim];
      gangs.set(job, unit);
      out.push(unit);
    }
  }
  return out;
}

/** A task with the node that it was promised before. */
type Move = readonly [Task, number];

/** Moves promised tasks off the nodes of those that stay, as far as need be; undefined, and nothing moved, when they cannot. */
function makeWay(session: Session, stay: readonly Task[], promised: readonly Task[]): Move[] | undefined {
  const moves: Move[] = [];
  for (const node of new Set(stay.map(({ nodeIx }) => nodeIx))) {
    for (const task of promised) {
      if (task.nodeIx !== node || !isShort(session, node, task)) continue;
      const other = otherNode(session, task);
      if (other < 0) break;
      moves.push([task, node]);
      moveTo(session, task, other);
    }
    if (stay.every((task) => task.nodeIx !== node || !isShort(session, node, task))) continue;
    moves.toReversed().forEach(([task, from]) => moveTo(session, task, from));
    return undefined;
  }
  return moves;
}

/** More is promised of what the task asks for than there will be. */
function isShort({ snapshot }: Session, node: number, { class: { resources } }: Task): boolean {
  return resources.some((r) => snapshot.nodes.future(node, r) < 0);
}

function otherNode({ framework, snapshot }: Session, task: Task): number {
  const picker = framework.picker(task);
  const free = picker.best();
  return free >= 0 ? free : futureNode(snapshot, task.class, picker);
}

function moveTo({ snapshot: { placements } }: Session, task: Task, node: number): void {
  placements.unplace(task);
  placements.place(task, node, TaskStatus.Pipelined);
}

/** What the queue may have is asked about the task that came last: all others were within it before. */
function isWithinRights(
  { framework, snapshot }: Session,
  rule: VictimRule,
  job: Job,
  promised: readonly Task[],
): boolean {
  const [last, { queue }] = [promised.at(-1), job];
  if (last === undefined || queue === undefined) return false;
  const { nodeIx } = last;
  snapshot.placements.unplace(last);
  const isWithin =
    framework.allocatable(queue, last.class, job, NOTHING_FREED) === undefined &&
    (!rule.isAcrossQueues || framework.victims.isPreemptive(queue, last, NOTHING_FREED));
  snapshot.placements.place(last, nodeIx, TaskStatus.Pipelined);
  return isWithin;
}

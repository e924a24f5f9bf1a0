import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { EndedBy } from './ended.ts';
import type { Releases } from './releases.ts';

/** Where and when a group can start. */
export interface Start {
  /** Number of the time in the releases. */
  readonly time: number;
  /** Index of the node for each of the tasks. */
  readonly nodes: readonly number[];
}

/** Who is to start, with which of its tasks. */
export interface Starter {
  readonly job: Job;
  readonly queue: Queue;
  readonly tasks: readonly Task[];
}

/** Room by resource and node. */
type Rooms = ReadonlyMap<number, Float64Array>;

/**
 * The earliest time, of those at which tasks end, at which all the tasks find room, and their queue may have it. Undefined when
 * there is none until `latestMs`, or where a task may stand cannot be told from room alone: it asks for a host port, or
 * looks at which pods stand where.
 * O((releases x depth of queues + tasks + classes x nodes) x log times).
 */
export function earliestStart(
  session: Session,
  starter: Starter,
  releases: Releases,
  latestMs: number,
): Start | undefined {
  const { framework } = session;
  const { tasks } = starter;
  const isPlain = (task: Task): boolean => task.class.shape.hostPorts.length === 0 && !framework.isShifting(task);
  if (!tasks.every(isPlain)) return undefined;
  const resources = new Set(tasks.map((task) => task.class).flatMap(({ resources: of }) => [...of]));
  const nodesAt = (time: number): readonly number[] | undefined => {
    const rooms = new Map([...resources].map((r) => [r, releases.room(time, r)]));
    const nodes = asBefore(session, tasks, rooms) ?? firstFit(session, tasks, rooms);
    return nodes !== undefined && isAllowedAt(session, starter, releases, time) ? nodes : undefined;
  };
  let [low, high] = [0, releases.timesUntil(latestMs) - 1];
  let nodes = high < 0 ? undefined : nodesAt(high);
  if (nodes === undefined) return undefined;
  // Room only grows: whatever fits at a time fits later.
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = nodesAt(middle);
    if (found === undefined) low = middle + 1;
    else [high, nodes] = [middle, found];
  }
  return { time: high, nodes };
}

/** The queue may have the tasks once those have ended that end until then. O(releases x depth of queues + tasks). */
function isAllowedAt(
  { framework }: Session,
  { job, queue, tasks }: Starter,
  releases: Releases,
  time: number,
): boolean {
  const ended = new EndedBy(releases, time);
  return tasks.every((task) => {
    if (framework.allocatable(queue, task, job, ended) !== undefined) return false;
    ended.keep(task.class);
    return true;
  });
}

/** The places of the plan before, if they still do: a plan does not start later since other tasks are tried first. */
function asBefore({ framework, snapshot }: Session, tasks: readonly Task[], rooms: Rooms): number[] | undefined {
  const nodes = tasks.map((task) => snapshot.startPlans.placeOf(task));
  const left = copyOf(rooms);
  const isStill = tasks.every((task, i) => {
    const node = nodes[i] ?? -1;
    return node >= 0 && framework.picker(task).allows(node) && take(left, task.class, node);
  });
  return isStill ? nodes : undefined;
}

/** Fills one node after the other, class by class. */
function firstFit({ framework, snapshot }: Session, tasks: readonly Task[], rooms: Rooms): number[] | undefined {
  const next = new Map<TaskClass, number>();
  const nodes: number[] = [];
  const left = copyOf(rooms);
  for (const task of tasks) {
    const picker = framework.picker(task);
    let node = next.get(task.class) ?? 0;
    while (node < snapshot.nodes.count && !(picker.allows(node) && take(left, task.class, node))) node += 1;
    if (node === snapshot.nodes.count) return undefined;
    next.set(task.class, node);
    nodes.push(node);
  }
  return nodes;
}

function copyOf(rooms: Rooms): Rooms {
  return new Map([...rooms].map(([r, room]) => [r, room.slice()]));
}

/** Takes what the class asks for, if the node has it. */
function take(rooms: Rooms, { resources, amounts }: TaskClass, node: number): boolean {
  for (let i = 0; i < resources.length; i += 1) {
    if ((rooms.get(resources[i] ?? 0)?.[node] ?? 0) < (amounts[i] ?? 0)) return false;
  }
  for (let i = 0; i < resources.length; i += 1) {
    const room = rooms.get(resources[i] ?? 0);
    if (room !== undefined) room[node] = (room[node] ?? 0) - (amounts[i] ?? 0);
  }
  return true;
}

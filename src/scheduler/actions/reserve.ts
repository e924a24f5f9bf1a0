import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Session } from '../session/session.ts';
import { AllEnded } from './ended.ts';
import { MOST_TRIES } from './job-turn.ts';
import { startingTasks } from './needed-first.ts';

/**
 * Keeps what is free, and will be, on the nodes on which the job could stand once the pods there have ended: nobody who
 * comes after it in this cycle gets it. The nodes stay the same from cycle to cycle, so that they become free.
 * False, and nothing is kept, when no nodes would do, or its queue may not have so much whoever ends: who waits for its
 * share and not for room would keep all others from room for ever.
 * O(tasks), and once O(nodes x log nodes) a class. Pods that share a claim are tried around its devices on one node after the other.
 */
export function reserve(session: Session, job: Job, queue: Queue): boolean {
  const { framework, snapshot } = session;
  const { reservation } = snapshot;
  let isKept = keepAll(session, job, queue);
  for (let tries = 1; !isKept && tries < MOST_TRIES && framework.avoid(reservation.tasks); tries += 1) {
    reservation.uncharge();
    isKept = keepAll(session, job, queue);
  }
  framework.avoidNone();
  if (!isKept) reservation.uncharge();
  return isKept;
}

function keepAll(session: Session, job: Job, queue: Queue): boolean {
  const { framework, snapshot } = session;
  const nodes = new Map<NodePicker, NearlyFree>();
  const ended = new AllEnded(snapshot.claims.holdings.holders());
  for (const task of startingTasks(job, framework)) {
    const isAllowed = framework.allocatable(queue, task, job, ended) === undefined;
    const node = isAllowed ? placeOf(session, task, nodes) : -1;
    if (node < 0) return false;
    snapshot.reservation.keep(task, node);
    ended.keep(task);
  }
  return true;
}

/** Where the task was to stand before, if it still can, else on the node that lacks least. */
function placeOf(session: Session, task: Task, known: Map<NodePicker, NearlyFree>): number {
  const { framework, snapshot } = session;
  const before = snapshot.reservation.placeOf(task);
  if (before >= 0 && mayStand(session, task, before)) return before;
  const picker = framework.picker(task);
  let nodes = known.get(picker);
  if (nodes === undefined) known.set(picker, (nodes = new NearlyFree(session, task)));
  return nodes.next(task);
}

/** The task fits once all pods of groups there have ended: those of others may be there for good. */
function mayStand({ framework, snapshot }: Session, task: Task, node: number): boolean {
  const { class: taskClass } = task;
  const picker = framework.picker(task);
  const isOpen = picker.mindsWhoGoes
    ? picker.allowsWithout(node, snapshot.nodeTasks.ofGroups(node))
    : picker.allows(node);
  if (!isOpen) return false;
  if (!snapshot.index.portsFree(node, taskClass.shape.hostPorts)) return false;
  return framework.victimSums.wouldFit(node, taskClass, () => true);
}

/** What lacks where devices are not free. */
const ALL = 1;

/** Nodes for tasks of one class, those first that lack least. */
class NearlyFree {
  readonly #session: Session;
  readonly #nodes: readonly number[];
  #next = 0;

  constructor(session: Session, task: Task) {
    this.#session = session;
    const lacks = new Map<number, number>();
    const picker = session.framework.picker(task);
    const isOpen = (node: number): boolean => !picker.mindsWhoGoes || picker.allows(node);
    for (let node = 0; node < session.snapshot.nodes.count; node += 1) {
      if (mayStand(session, task, node)) lacks.set(node, isOpen(node) ? lack(session, task.class, node) : ALL);
    }
    this.#nodes = [...lacks.keys()].sort((a, b) => (lacks.get(a) ?? 0) - (lacks.get(b) ?? 0) || a - b);
  }

  /** Fills one node after the other; -1 when none is left. */
  next(task: Task): number {
    for (; this.#next < this.#nodes.length; this.#next += 1) {
      const node = this.#nodes[this.#next] ?? -1;
      if (mayStand(this.#session, task, node)) return node;
    }
    return -1;
  }
}

/** The part of what the class asks for that is not free on the node, of the resource of which most lacks; 0 when it fits. */
function lack({ snapshot: { nodes } }: Session, { resources, amounts }: TaskClass, node: number): number {
  let most = 0;
  for (let i = 0; i < resources.length; i += 1) {
    const asked = amounts[i] ?? 0;
    most = Math.max(most, (asked - nodes.future(node, resources[i] ?? 0)) / asked);
  }
  return most;
}

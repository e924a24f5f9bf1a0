import { NOTHING_FREED } from '../framework/plugin.ts';
import type { Together } from '../model/bundles.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Session } from '../session/session.ts';
import { futureNode, willFit } from './future-node.ts';
import type { VictimRule } from './victim-rule.ts';
import { worstFirst } from './victims.ts';

/** What a pass over evictions works with. */
interface Pass {
  readonly session: Session;
  readonly rule: VictimRule;
  /** Tasks that were promised room. */
  readonly promised: readonly Task[];
  /** They may be promised it elsewhere. */
  readonly mayMove: boolean;
}

/**
 * Takes back evictions after the mark that turned out to be for nothing: what went for the last member of a gang may have
 * made room for the first one as well, which then moves there if it may. The most important stay before others. A gang that was
 * broken stays or goes as a whole, and a part that was.
 * O(victims x resources), and if tasks may move O(victims x (tasks promised + nodes with pods on their way out)).
 */
export function spareSuperfluous(session: Session, mark: number, rule: VictimRule, mayMove: boolean): void {
  const { statement, snapshot } = session;
  const { nodes } = snapshot;
  const promised = statement.promised(mark);
  const victims = statement.evicted(mark);
  const pass: Pass = { session, rule, promised, mayMove };
  const elsewhere = new RoomElsewhere(session, promised);
  const isRoomElsewhere = (): boolean => mayMove && elsewhere.isAny();
  // Nearly always: no unit could stay of which nobody could.
  if (!victims.some((victim) => nodes.fitsFuture(victim.nodeIx, victim.class)) && !isRoomElsewhere()) return;
  const mayStay = (unit: readonly Task[]): boolean => fitBeside(session, unit) || isRoomElsewhere();
  const worst = worstFirst(session.framework);
  // Nearly none of them, and none that are not among them now: who stays takes room, and nobody moves where nobody can.
  const open = units(victims).filter(mayStay);
  for (const unit of open.sort(([a], [b]) => (a === undefined || b === undefined ? 0 : worst(b, a)))) {
    if (!mayStay(unit)) continue;
    const told = unit.map((victim) => statement.spare(victim));
    const { moves, isFree } = makeWay(pass, unit);
    if (isFree && arePlacesOpen(pass) && isWithinRights(pass)) continue;
    for (const { task, why } of told) statement.evict(task, why);
    // Only now: what they were promised is that of the pods that go.
    moves.toReversed().forEach(([task, node]) => moveTo(session, task, node));
  }
}

/** Who stays or goes together: the members of a gang that keeps less than its minimum, of a part less than its size, all others alone. */
function units(victims: readonly Task[]): Task[][] {
  const broken = new Map<Together, Task[]>();
  const out: Task[][] = [];
  for (const victim of victims) {
    const together = brokenBy(victim);
    const members = together && broken.get(together);
    if (members !== undefined) members.push(victim);
    else {
      const unit = [victim];
      if (together !== undefined) broken.set(together, unit);
      out.push(unit);
    }
  }
  return out;
}

function brokenBy({ job, subGroup }: Task): Together | undefined {
  if (job?.isGang === true && !job.hasMinimum()) return job;
  return subGroup?.isWhole() === false ? subGroup : undefined;
}

/** There is room for those that stay beside what is promised. O(unit x resources) but for large units. */
function fitBeside({ snapshot: { nodes, claims, devices, numa } }: Session, stay: readonly Task[]): boolean {
  if (claims.isUsed && !claims.mayStay(stay)) return false;
  if (devices.isUsed && !devices.mayStay(stay)) return false;
  if (numa.isUsed && !numa.mayStay(stay)) return false;
  const [only, second] = stay;
  if (only !== undefined && second === undefined) return nodes.fitsFuture(only.nodeIx, only.class);
  const wanted = new Map<number, number[]>();
  for (const {
    nodeIx,
    class: { resources, amounts },
  } of stay) {
    let sums = wanted.get(nodeIx);
    if (sums === undefined) wanted.set(nodeIx, (sums = []));
    addToLedger(sums, resources, amounts, 1);
  }
  return [...wanted].every(([node, sums]) => sums.every((sum, r) => sum === 0 || nodes.future(node, r) >= sum));
}

/** Whether some promised task would have room on another node; looked at anew when a node changed. */
class RoomElsewhere {
  readonly #session: Session;
  readonly #kinds: readonly Task[];
  #readAt = -1;
  #isAny = false;

  constructor(session: Session, promised: readonly Task[]) {
    this.#session = session;
    this.#kinds = [...new Map(promised.map((task) => [session.framework.picker(task), task])).values()];
  }

  isAny(): boolean {
    const { now } = this.#session.snapshot.recency;
    if (this.#readAt !== now) this.#isAny = this.#kinds.some((task) => this.#mayMove(task));
    this.#readAt = now;
    return this.#isAny;
  }

  /** Whether devices are free elsewhere is seen once it has given back those that it is promised. */
  #mayMove(task: Task): boolean {
    return hasDevices(this.#session, task) || otherNode(this.#session, task) >= 0;
  }
}

/** A task with the node that it was promised before. */
type Move = readonly [Task, number];

/** Moves promised tasks off the nodes of those that stay, as far as need be; not free when that was not enough. */
function makeWay({ session, promised, mayMove }: Pass, stay: readonly Task[]): { moves: Move[]; isFree: boolean } {
  const moves: Move[] = [];
  for (const node of new Set(stay.map(({ nodeIx }) => nodeIx))) {
    for (const task of mayMove ? promised : []) {
      if (task.nodeIx !== node || !isShort(session, node, task)) continue;
      if (!moveAway(session, task, node, moves)) return { moves, isFree: false };
    }
    if (stay.every((task) => task.nodeIx !== node || !isShort(session, node, task))) continue;
    return { moves, isFree: false };
  }
  return { moves, isFree: true };
}

/** More is promised of what the task asks for, or has, than there will be. */
function isShort({ snapshot: { nodes, claims, devices, numa } }: Session, node: number, task: Task): boolean {
  if (task.class.resources.some((r) => nodes.future(node, r) < 0)) return true;
  if ((claims.isUsed && claims.isShort(task)) || (devices.isUsed && devices.isShort(task))) return true;
  return numa.isUsed && numa.isShort(task);
}

/** Devices, and NUMA nodes, that it is promised would keep it where it is: it looks for others without them. Noted is what has to be undone. */
function moveAway(session: Session, task: Task, node: number, moves: Move[]): boolean {
  const { placements } = session.snapshot;
  const isHolding = hasDevices(session, task);
  if (isHolding) placements.unplace(task);
  const other = otherNode(session, task);
  const isMoved = other >= 0;
  if (isMoved || isHolding) moves.push([task, node]);
  if (isHolding) placements.place(task, isMoved ? other : node, TaskStatus.Pipelined);
  else if (isMoved) moveTo(session, task, other);
  return isMoved;
}

function hasDevices({ snapshot: { claims, numa } }: Session, { record }: Task): boolean {
  if (numa.isUsed && record.numa !== undefined && record.numa.policy !== 'none') return true;
  return record.cards?.wish !== undefined || claims.claimsOf(record).length > 0;
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

/** No rule between pods and no host port closes a promised place once those that are on their way out have gone. */
function arePlacesOpen({ session, promised }: Pass): boolean {
  const { framework, snapshot } = session;
  return promised.every((task) => {
    const { nodeIx } = task;
    const picker = framework.picker(task);
    if (!picker.mindsWhoGoes && task.class.shape.hostPorts.length === 0) return true;
    return withoutPlace(session, task, () => willFit(snapshot, task.class, picker, nodeIx));
  });
}

/**
 * What a queue may have is asked about the task of each class that came last, beside those that came before it: all others were within it then.
 * A claim that several share counts with the first of them, so of these each is asked about.
 */
function isWithinRights(pass: Pass): boolean {
  if (!areLastWithin(pass)) return false;
  const { session, rule, promised } = pass;
  const { placements, claims } = session.snapshot;
  const sharing = claims.holdings.isUsed ? promised.filter(sharesClaims) : [];
  const places = sharing.map(({ nodeIx }) => nodeIx);
  for (const task of sharing.toReversed()) placements.unplace(task);
  const answers = sharing.map((task, at) => {
    const answer = mayHave(session, rule, task);
    placements.place(task, places[at] as number, TaskStatus.Pipelined);
    return answer;
  });
  return answers.every((answer) => answer);
}

/** O(tasks from the first of those that are asked about on). */
function areLastWithin({ session, rule, promised }: Pass): boolean {
  const { placements } = session.snapshot;
  const last = lastOfClasses(promised);
  const away: Move[] = [];
  let isWithin = true;
  for (let at = promised.length - 1; isWithin && last.size > 0; at -= 1) {
    const task = promised[at] as Task;
    away.push([task, task.nodeIx]);
    placements.unplace(task);
    if (last.delete(task)) isWithin = mayHave(session, rule, task);
  }
  for (const [task, node] of away.toReversed()) placements.place(task, node, TaskStatus.Pipelined);
  return isWithin;
}

/** Of each class in each queue. */
function lastOfClasses(promised: readonly Task[]): Set<Task> {
  const last = new Map<TaskClass, Map<Queue | undefined, Task>>();
  for (const task of promised) {
    const ofClass = last.get(task.class) ?? new Map<Queue | undefined, Task>();
    last.set(task.class, ofClass.set(task.job?.queue, task));
  }
  return new Set([...last.values()].flatMap((ofClass) => [...ofClass.values()]));
}

function sharesClaims({ record }: Task): boolean {
  return record.deviceClaims.some(({ podUid }) => podUid === '');
}

function withoutPlace(session: Session, task: Task, ask: () => boolean): boolean {
  const { placements } = session.snapshot;
  const { nodeIx } = task;
  placements.unplace(task);
  const answer = ask();
  placements.place(task, nodeIx, TaskStatus.Pipelined);
  return answer;
}

function mayHave({ framework }: Session, rule: VictimRule, task: Task): boolean {
  const { job } = task;
  if (job?.queue === undefined) return true;
  if (framework.allocatable(job.queue, task, job, NOTHING_FREED) !== undefined) return false;
  return !rule.isAcrossQueues || framework.victims.isPreemptive(job.queue, task);
}

import { NOTHING_FREED } from '../framework/plugin.ts';
import { incompleteParts, subGroupCounts } from '../framework/lacking-sub-groups.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Session } from '../session/session.ts';
import { futureNode, willFit } from './future-node.ts';
import { MemberRuns } from './member-runs.ts';
import { isOwnRoom } from './own-room.ts';
import { pendingTasks } from './pending-tasks.ts';
import { SubGroupTurn } from './sub-group-turn.ts';
import type { Placer } from './sub-group-turn.ts';

/** Which of a job's pending tasks a pass looks at. */
type Pass = (task: Task) => boolean;

/** Members that a role cannot do without. First, or the others might take the room of the one that all wait for. */
const NEEDED: Pass = (task) => task.group !== undefined && task.group.placed() < task.group.min;
const ORDINARY: Pass = (task) => !task.class.isBestEffort;
/** They need no room but a pod slot, so they come last. */
const BEST_EFFORT: Pass = (task) => task.class.isBestEffort;

/** Most a job, or a part of one, is tried in one turn when its members could choose otherwise. */
export const MOST_TRIES = 64;

/** A gang that starts tries all it has; one that is whole takes one more, and leaves best-effort pods to backfill. */
const STARTING: readonly Pass[] = [ORDINARY, BEST_EFFORT];
const STARTING_WITH_ROLES: readonly Pass[] = [NEEDED, ORDINARY, BEST_EFFORT];
const WHOLE: readonly Pass[] = [ORDINARY];

/** The turns of `allocate`: a job's tasks find places until it is ready, which commits them. */
export class JobTurns {
  readonly #session: Session;
  readonly #runs: MemberRuns;
  #refusal: Refusal | undefined;
  /** Pickers that found no place in this turn: they find none for others of their class either. */
  readonly #refused: NodePicker[] = [];
  /** Some of them see the nodes in their own way, and may find a place once others of their job stand. */
  #mayFollow = false;

  constructor(session: Session) {
    this.#session = session;
    this.#runs = new MemberRuns(session);
  }

  /** Commits what stands after the mark as soon as the job is ready; else tells the first refusal, if there was one. */
  place(job: Job, queue: Queue, mark: number): Refusal | undefined {
    const { framework } = this.#session;
    const only = onlyTask(job);
    if (only !== undefined) return this.#placeOnly(only, job, queue, mark);
    this.#refusal = undefined;
    this.#refused.length = 0;
    const tasks = pendingTasks(job, framework);
    if (job.subGroups !== undefined) return this.#placeParts(job, queue, job.subGroups, mark);
    const passes = framework.jobReady(job) ? WHOLE : job.groups.length > 0 ? STARTING_WITH_ROLES : STARTING;
    for (const pass of passes) {
      if (pass === BEST_EFFORT && job.pendingBestEffort === 0) continue;
      if (this.#placeSome(job, queue, tasks, pass)) {
        this.#session.commit(job, mark);
        advanceHead(job, tasks);
        return undefined;
      }
      // Without one of its roles nothing starts, however many others find room.
      if (pass === NEEDED && job.groups.some((group) => group.placed() < group.min)) break;
    }
    return this.#refusal;
  }

  /** Parts are placed as wholes. */
  #placeParts(job: Job, queue: Queue, subGroups: SubGroups, mark: number): Refusal | undefined {
    const { framework } = this.#session;
    const tasks = pendingTasks(job, framework);
    const turn = new SubGroupTurn(job, subGroups, tasks, framework, this.#placer(job, queue));
    const isPlaced = framework.jobReady(job) ? turn.placeOneMore() : turn.start();
    if (isPlaced && framework.jobReady(job)) this.#session.commit(job, mark);
    if (!isPlaced) return this.#refusal ?? incompleteParts(job);
    advanceHead(job, tasks);
    return undefined;
  }

  #placer(job: Job, queue: Queue): Placer {
    const { framework, snapshot } = this.#session;
    return {
      place: (task) => {
        if (this.#isRefused(task) && !snapshot.nominations.has(task)) return false;
        const refusal = placeTask(this.#session, task, job, queue);
        if (refusal === undefined) return true;
        this.#refusal ??= refusal;
        // In another domain of the network it may find one.
        if (!job.isNear && !framework.isShifting(task)) this.#refused.push(framework.picker(task));
        return false;
      },
      attempt: (act) => this.#attempt(act),
      isDone: () => framework.jobReady(job),
    };
  }

  /** All or nothing; members that chose a domain for the others of their part choose another one when it was too small. */
  #attempt(act: () => boolean): boolean {
    const { framework, statement } = this.#session;
    const [mark, refused] = [statement.checkpoint(), this.#refused.length];
    let isDone = act();
    for (let tries = 1; !isDone && tries < MOST_TRIES; tries += 1) {
      const mayChoose = statement.checkpoint() > mark && framework.avoid(statement.open(mark));
      statement.rollback(mark);
      // Whoever was refused beside them may find a place now.
      this.#refused.length = refused;
      if (!mayChoose) break;
      isDone = act();
    }
    framework.avoidNone();
    if (!isDone) statement.rollback(mark);
    return isDone;
  }

  #placeOnly(task: Task, job: Job, queue: Queue, mark: number): Refusal | undefined {
    const refusal = placeTask(this.#session, task, job, queue);
    if (refusal === undefined && this.#session.framework.jobReady(job)) this.#session.commit(job, mark);
    return refusal;
  }

  #isRefused(task: Task): boolean {
    return this.#refused.length > 0 && this.#refused.includes(this.#session.framework.picker(task));
  }

  /**
   * True once the job is ready. Members that wait for other members (affinity between pods) are tried again as long as some
   * found a place meanwhile.
   */
  #placeSome(job: Job, queue: Queue, tasks: readonly Task[], wanted: Pass): boolean {
    const { statement } = this.#session;
    for (;;) {
      const mark = statement.checkpoint();
      this.#mayFollow = false;
      if (this.#placeOnce(job, queue, tasks, wanted)) return true;
      if (!this.#mayFollow || statement.checkpoint() === mark) return false;
      this.#refused.length = 0;
    }
  }

  #placeOnce(job: Job, queue: Queue, tasks: readonly Task[], wanted: Pass): boolean {
    const { framework } = this.#session;
    for (let at = job.pendingHead; at < tasks.length; at += 1) {
      const task = tasks[at];
      if (task?.status !== TaskStatus.Pending || !wanted(task)) continue;
      if (this.#isRefused(task) && !this.#session.snapshot.nominations.has(task)) continue;
      const inARow = wanted === ORDINARY ? this.#runs.place(job, queue, tasks, at) : 0;
      if (inARow > 0) {
        if (framework.jobReady(job)) return true;
        at += inARow - 1;
        continue;
      }
      const refusal = placeTask(this.#session, task, job, queue);
      if (refusal === undefined) {
        if (framework.jobReady(job)) return true;
        continue;
      }
      this.#refusal ??= refusal;
      this.#refused.push(framework.picker(task));
      if (framework.isShifting(task)) this.#mayFollow = true;
      // No member can be missing: the others need not be tried.
      else if (job.valid() <= job.minMember) return false;
    }
    return false;
  }
}

/** The task of a group of one that waits for its place: most groups of most clusters, and neither ordered nor looked for. */
function onlyTask({ tasks, groups, subGroups }: Job): Task | undefined {
  const { first } = tasks;
  if (first === undefined || first.nextInJob !== undefined || groups.length > 0) return undefined;
  if (subGroups !== undefined) return undefined;
  return first.status === TaskStatus.Pending && !first.class.isBestEffort ? first : undefined;
}

/** Placed tasks at the front are not looked at again in this cycle. */
function advanceHead(job: Job, tasks: readonly Task[]): void {
  while (job.pendingHead < tasks.length && tasks[job.pendingHead]?.status !== TaskStatus.Pending) job.pendingHead += 1;
}

function placeTask(session: Session, task: Task, job: Job, queue: Queue): Refusal | undefined {
  const { framework, snapshot, statement } = session;
  const { nominations } = snapshot;
  const isGranted = nominations.size > 0 && nominations.has(task);
  const limited = framework.allocatable(queue, task, job, undefined, isGranted);
  if (limited !== undefined) return isGranted && keepsRoom(session, task, job, queue) ? undefined : limited;
  // From here on its own room, if some is kept for it, is free to it.
  const kept = nominations.size === 0 ? -1 : nominations.lift(task);
  const picker = framework.picker(task);
  const node = bestNode(snapshot, task, picker);
  if (node >= 0) {
    statement.allocate(task, node);
    return undefined;
  }
  if (takesKept(session, task, picker, kept, true)) return undefined;
  nominations.drop(task);
  const future = futureNode(snapshot, task.class, picker);
  if (future < 0) return framework.explain(task);
  statement.pipeline(task, future);
  return undefined;
}

/** It takes the room that is kept for it, free by now or to be. */
function takesKept(
  { snapshot, statement }: Session,
  task: Task,
  picker: NodePicker,
  node: number,
  mayStart: boolean,
): boolean {
  if (node < 0) return false;
  const take = (): boolean => {
    if (mayStart && picker.fits(node)) statement.allocate(task, node);
    else if (willFit(snapshot, task.class, picker, node)) statement.pipeline(task, node);
    else return false;
    return true;
  };
  return isOwnRoom(snapshot, node, take);
}

/** A node that a scheduler has nominated it for comes first, as long as it will do. */
export function bestNode({ nodes }: Snapshot, { record: { nominatedNode } }: Task, picker: NodePicker): number {
  const nominated = nominatedNode === '' ? -1 : nodes.indexOf(nominatedNode);
  return nominated >= 0 && picker.fits(nominated) ? nominated : picker.best();
}

/** The queue has nothing for it yet, but will have once the pods are gone that went for it: its room stays its own. */
function keepsRoom(session: Session, task: Task, job: Job, queue: Queue): boolean {
  const { framework, snapshot } = session;
  if (framework.allocatable(queue, task, job, NOTHING_FREED, true) !== undefined) return false;
  const node = snapshot.nominations.lift(task);
  const isKept = takesKept(session, task, framework.picker(task), node, false);
  if (!isKept) snapshot.nominations.drop(task);
  return isKept;
}

/** The refusal with what it means for the gang. */
export function forGang(job: Job, refusal: Refusal, placed: number): Refusal {
  if (!job.isGang) return refusal;
  const missing = job.missing();
  const parts = job.subGroups === undefined ? '' : subGroupCounts(job.subGroups);
  const all = `PodGroup ${job.key} must place ${missing} more pods together${parts === '' ? '' : ` (${parts})`}`;
  const message =
    placed === 0
      ? `${refusal.message} ${all}.`
      : `${all} and has room for ${placed}; for the next one ${refusal.message}`;
  return { code: refusal.code, message };
}

/** The refusal of a gang whose places stay its own, although they are too few. */
export function forKept(job: Job, refusal: Refusal, placed: number): Refusal {
  const missing = Math.max(1, job.missing() - job.count(TaskStatus.Pipelined));
  const message = `PodGroup ${job.key} keeps room for ${placed} of its pods, and ${missing} more must find room; for the next one ${refusal.message}`;
  return { code: refusal.code, message };
}

import { joined } from '../../lib/joined.ts';
import { NOTHING_FREED, numberArgument } from '../framework/plugin.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Queue } from '../model/queue.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { EvictionPlanner } from './eviction-planner.ts';
import type { Preemptor } from './eviction-planner.ts';
import { willFit } from './future-node.ts';
import { firstOf, inEmptied } from './near-turn.ts';
import { neededFirst } from './needed-first.ts';
import { pendingTasks } from './pending-tasks.ts';
import { PreemptorKinds } from './preemptor-kinds.ts';
import type { PreemptorKind } from './preemptor-kinds.ts';
import { SubGroupTurn } from './sub-group-turn.ts';
import { spareSuperfluous } from './superfluous-victims.ts';
import type { VictimRule } from './victim-rule.ts';

/** Of the actions that let gangs go as a whole; each costs a plan of its own. */
const MOST_DOMAINS = 8;

/** The turns of an action that evicts: a job's tasks are promised room, free or taken from others, until it could start. */
export class EvictingTurns {
  readonly #session: Session;
  readonly #rule: VictimRule;
  readonly #planner: EvictionPlanner;
  readonly #kinds: PreemptorKinds;
  /** Parts of the network that are tried for a job whose pods have to be near each other. */
  readonly #mostDomains: number;
  /** State of the nodes in which somebody was refused last: in another one nobody was yet. */
  #refusedAt = -1;
  /** Budgets that were in the way of the job whose turn it is. */
  readonly #blocking = new Set<string>();

  constructor(session: Session, rule: VictimRule) {
    this.#session = session;
    this.#rule = rule;
    const options = session.framework.actionArguments(rule.action);
    this.#mostDomains = numberArgument(options, 'maxDomains', rule.isByGangs ? MOST_DOMAINS : Infinity);
    const planner = new EvictionPlanner(session, rule);
    this.#planner = planner;
    this.#kinds = new PreemptorKinds({ session, rule, planner });
  }

  /**
   * Promises the job so many more tasks that it could start, or one when it could already. True when pods go for that;
   * nobody does when it cannot be.
   */
  take(job: Job, queue: Queue): boolean {
    this.#blocking.clear();
    const isTaken =
      !this.#isRefused(job, queue) && inEmptied(this.#session, job, () => this.#promise(job, queue), this.#mostDomains);
    if (job.isNear) this.#kinds.forgetAll();
    if (!isTaken) tellBlocking(this.#session, job, this.#blocking);
    return isTaken;
  }

  /**
   * Nobody goes for any of these jobs, and there is nothing to tell them: they are alike, and one like them was refused just now. Pods
   * of a group of one go for no others of it.
   */
  getNothing(block: JobBlock, queue: Queue): boolean {
    const { snapshot, framework } = this.#session;
    const { resources, recency } = snapshot;
    const [job] = block.jobs;
    const task = job?.tasks.first;
    const mayBe = this.#rule.isWithinJob || this.#refusedAt === recency.now;
    if (!mayBe || job === undefined || task === undefined || block.kind(resources) === undefined) return false;
    if (this.#rule.isWithinJob) return true;
    const kind = framework.perspectiveOfAll(block) && this.#kinds.ofAlike(this.#asking(task, job, queue));
    return kind?.refusedAt === recency.now && kind.blocking.size === 0;
  }

  #promise(job: Job, queue: Queue): boolean {
    const { framework, statement } = this.#session;
    if (job.isNear) this.#kinds.forgetAll();
    const mark = statement.checkpoint();
    const wasWhole = framework.jobWhole(job);
    const evicted = this.#place(job, queue, wasWhole);
    if (evicted > 0 && framework.jobWhole(job)) {
      if (statement.checkpoint() - mark > 1 + evicted) spareSuperfluous(this.#session, mark, this.#rule, true);
      if (!wasWhole) this.#session.keepRooms(job);
      this.#session.promised(job);
      return true;
    }
    statement.rollback(mark);
    if (evicted > 0) this.#kinds.forgetPlans();
    return false;
  }

  /** All turns have been taken: who was told to go, goes. */
  commit(mark: number): void {
    spareSuperfluous(this.#session, mark, this.#rule, false);
    this.#session.commitEvictions(mark);
  }

  /** Of groups of one that are alike one was asked for already, and nothing has changed. */
  #isRefused(job: Job, queue: Queue): boolean {
    const { first } = job.tasks;
    const { resources, recency } = this.#session.snapshot;
    if (this.#refusedAt !== recency.now || first === undefined || job.alike(resources) === undefined) return false;
    const kind = this.#kinds.of(this.#asking(first, job, queue));
    if (kind.refusedAt !== recency.now) return false;
    this.#heed(kind);
    return true;
  }

  #asking(task: Task, job: Job, queue: Queue): Preemptor {
    return { task, job, queue, picker: this.#session.framework.picker(task) };
  }

  /** Number of pods that are evicted. */
  #place(job: Job, queue: Queue, wasWhole: boolean): number {
    const { framework } = this.#session;
    if (job.subGroups !== undefined) return this.#placeParts(job, queue, job.subGroups, wasWhole);
    let evicted = 0;
    for (const task of neededFirst(job, pendingTasks(job, framework))) {
      if (task.status !== TaskStatus.Pending || task.class.isBestEffort) continue;
      const victims = this.#placeTask(task, job, queue, evicted > 0);
      if (victims >= 0) evicted += victims;
      // Without it nothing starts, and it is not asked for more than one at a time once it has.
      else if (wasWhole || job.valid() <= job.minMember) break;
      if (victims >= 0 && framework.jobWhole(job)) break;
    }
    return evicted;
  }

  /** The same part by part: pods go for all that a part lacks, or for none of it. */
  #placeParts(job: Job, queue: Queue, subGroups: SubGroups, wasWhole: boolean): number {
    const { framework, statement } = this.#session;
    let evicted = 0;
    const turn = new SubGroupTurn(job, subGroups, pendingTasks(job, framework), framework, {
      place: (task) => {
        const victims = this.#placeTask(task, job, queue, evicted > 0);
        evicted += Math.max(0, victims);
        return victims >= 0;
      },
      attempt: (act) => {
        const [mark, before] = [statement.checkpoint(), evicted];
        if (job.isNear) this.#kinds.forgetAll();
        if (act()) return true;
        statement.rollback(mark);
        if (evicted > before) this.#kinds.forgetPlans();
        evicted = before;
        return false;
      },
      isDone: () => framework.jobWhole(job),
      domains: (search) => firstOf(search.emptied(), this.#mostDomains),
    });
    if (wasWhole) turn.placeOneMore();
    else turn.start();
    return evicted;
  }

  /** As `#placeOne`; what is kept for the task is free to it. */
  #placeTask(task: Task, job: Job, queue: Queue, isFreedByOthers: boolean): number {
    const { nominations } = this.#session.snapshot;
    const own = nominations.size === 0 ? -1 : nominations.lift(task);
    const victims = this.#placeOne(this.#asking(task, job, queue), own, isFreedByOthers);
    if (victims < 0) nominations.restore(task);
    return victims;
  }

  /**
   * Number of pods that go for it, none where there is room without; -1 when it finds no place. What others had to go for
   * is nobody's to take beyond what its queue deserves: gangs of two queues would break each other for ever.
   */
  #placeOne(preemptor: Preemptor, own: number, isFreedByOthers: boolean): number {
    const { task, job } = preemptor;
    const { recency } = this.#session.snapshot;
    const kind = this.#kinds.of(preemptor);
    if (kind.refusedAt === recency.now) return this.#heed(kind);
    if ((!isFreedByOthers || this.#hasClaim(preemptor)) && this.#takesFree(preemptor, own, kind)) return 0;
    const plan = this.#mayEvict(preemptor) ? kind.plans.best(preemptor) : undefined;
    for (const key of this.#planner.takeBlocking()) kind.blocking.add(key);
    if (plan === undefined) {
      kind.refusedAt = recency.now;
      this.#refusedAt = recency.now;
      return this.#heed(kind);
    }
    const why = this.#rule.why(job);
    for (const victim of plan.victims) this.#session.statement.evict(victim, why);
    this.#session.statement.pipeline(task, plan.node);
    return plan.victims.length;
  }

  /** No place: what was in the way is told to the job. */
  #heed({ blocking }: PreemptorKind): -1 {
    for (const key of blocking) this.#blocking.add(key);
    return -1;
  }

  /** Nobody goes for a pod slot alone, nor for a queue without a claim: no node need be looked at, unless to tell which budgets keep pods. */
  #mayEvict(preemptor: Preemptor): boolean {
    const { isPatient, class: taskClass } = preemptor.task;
    if (isPatient || taskClass.isBestEffort) return false;
    return this.#hasClaim(preemptor) || !this.#session.snapshot.budgets.areNone;
  }

  #hasClaim({ task, queue }: Preemptor): boolean {
    return !this.#rule.isAcrossQueues || this.#session.framework.victims.isPreemptive(queue, task);
  }

  /** Promises it room that is free, or will be; that on the node `own` was kept for it. */
  #takesFree({ task, job, queue, picker }: Preemptor, own: number, { rooms }: PreemptorKind): boolean {
    const { framework, statement, snapshot } = this.#session;
    const now = picker.best();
    const node = now >= 0 ? now : willFit(snapshot, task.class, picker, own) ? own : rooms.first(picker);
    if (node < 0 || framework.allocatable(queue, task, job, NOTHING_FREED) !== undefined) return false;
    statement.pipeline(task, node);
    return true;
  }
}

/** Adds to why the job waits that pods could go for it, were it not for budgets. */
function tellBlocking(session: Session, job: Job, keys: ReadonlySet<string>): void {
  const { refusal } = job;
  if (keys.size === 0 || refusal === undefined) return;
  const word = `Pods that could go for it are kept by PodDisruptionBudget ${joined([...keys].toSorted())}.`;
  if (refusal.message.includes(word)) return;
  session.refuse(job, { code: refusal.code, message: `${refusal.message} ${word}` });
}

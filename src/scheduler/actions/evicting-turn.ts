import { VictimSums } from '../ledger/victim-sums.ts';
import { NOTHING_FREED } from '../framework/plugin.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { EvictionPlanner } from './eviction-planner.ts';
import type { Preemptor } from './eviction-planner.ts';
import { pendingTasks } from './pending-tasks.ts';
import { PreemptorKinds } from './preemptor-kinds.ts';
import type { PreemptorKind } from './preemptor-kinds.ts';
import { spareSuperfluous } from './superfluous-victims.ts';
import type { VictimRule } from './victim-rule.ts';

/** The turns of an action that evicts: a job's tasks are promised room, free or taken from others, until it could start. */
export class EvictingTurns {
  readonly #session: Session;
  readonly #rule: VictimRule;
  readonly #kinds: PreemptorKinds;

  constructor(session: Session, rule: VictimRule) {
    this.#session = session;
    this.#rule = rule;
    const planner = new EvictionPlanner(session, rule);
    this.#kinds = new PreemptorKinds({ session, rule, planner, sums: new VictimSums(session.snapshot) });
  }

  /**
   * Promises the job so many more tasks that it could start, or one when it could already. Evicts nobody when that cannot
   * be, and true when it did.
   */
  take(job: Job, queue: Queue): boolean {
    if (this.#isRefused(job, queue)) return false;
    const { framework, statement } = this.#session;
    const mark = statement.checkpoint();
    const evicted = this.#place(job, queue);
    if (evicted > 0 && framework.jobPipelined(job)) {
      spareSuperfluous(this.#session, mark, this.#rule, job);
      this.#session.commitEvictions(mark);
      this.#session.promised(job);
      return true;
    }
    statement.rollback(mark);
    if (evicted > 0) this.#kinds.forgetPlans();
    return false;
  }

  /** Of groups of one that are alike one was asked for already, and nothing has changed. */
  #isRefused(job: Job, queue: Queue): boolean {
    const { first } = job.tasks;
    const { resources, recency } = this.#session.snapshot;
    if (first === undefined || job.alike(resources) === undefined) return false;
    return this.#kinds.of({ task: first, job, queue }).refusedAt === recency.now;
  }

  /** Number of pods that are evicted. */
  #place(job: Job, queue: Queue): number {
    const { framework } = this.#session;
    const wasWhole = framework.jobPipelined(job);
    let evicted = 0;
    for (const task of inOrder(job, pendingTasks(job, framework))) {
      if (task.status !== TaskStatus.Pending || task.class.isBestEffort) continue;
      const victims = this.#placeOne({ task, job, queue }, evicted > 0);
      if (victims >= 0) evicted += victims;
      // Without it nothing starts, and it is not asked for more than one at a time once it has.
      else if (wasWhole || job.valid() <= job.minMember) break;
      if (victims >= 0 && framework.jobPipelined(job)) break;
    }
    return evicted;
  }

  /**
   * Number of pods that go for it, none where there is room without; -1 when it finds no place. What others had to go for
   * is nobody's to take beyond what its queue deserves: gangs of two queues would break each other for ever.
   */
  #placeOne(preemptor: Preemptor, isFreedByOthers: boolean): number {
    const { task, job } = preemptor;
    const { recency } = this.#session.snapshot;
    const kind = this.#kinds.of(preemptor);
    if (kind.refusedAt === recency.now) return -1;
    if ((!isFreedByOthers || this.#hasClaim(preemptor)) && this.#takesFree(preemptor, kind)) return 0;
    const plan = task.record.isPatient ? undefined : kind.plans.best(preemptor);
    if (plan === undefined) {
      kind.refusedAt = recency.now;
      return -1;
    }
    const why = this.#rule.why(job);
    for (const victim of plan.victims) this.#session.statement.evict(victim, why);
    this.#session.statement.pipeline(task, plan.node);
    return plan.victims.length;
  }

  #hasClaim({ task, queue }: Preemptor): boolean {
    return !this.#rule.isAcrossQueues || this.#session.framework.victims.isPreemptive(queue, task, NOTHING_FREED);
  }

  /** Promises it room that is free, or will be. */
  #takesFree({ task, job, queue }: Preemptor, { rooms }: PreemptorKind): boolean {
    const { framework, statement } = this.#session;
    if (framework.allocatable(queue, task.class, job, NOTHING_FREED) !== undefined) return false;
    const picker = framework.picker(task);
    const now = picker.best();
    const node = now >= 0 ? now : rooms.first(picker);
    if (node < 0) return false;
    statement.pipeline(task, node);
    return true;
  }
}

/** What roles cannot do without comes first. */
function inOrder(job: Job, tasks: readonly Task[]): readonly Task[] {
  if (job.groups.length === 0) return tasks;
  const left = new Map(job.groups.map((group) => [group, group.min - group.placed()]));
  const isNeeded = ({ group }: Task): boolean => {
    const lacks = group === undefined ? 0 : (left.get(group) ?? 0);
    if (group !== undefined) left.set(group, lacks - 1);
    return lacks > 0;
  };
  const { needed = [], other = [] } = Object.groupBy(
    tasks.filter(({ status }) => status === TaskStatus.Pending),
    (task) => (isNeeded(task) ? 'needed' : 'other'),
  );
  return [...needed, ...other];
}

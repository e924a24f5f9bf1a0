import type { Framework } from '../framework/framework.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Queue } from '../model/queue.ts';
import type { Task } from '../model/task.ts';
import { FutureRooms } from './future-node.ts';
import { EvictionPlans } from './eviction-plans.ts';
import type { PlanMaker } from './eviction-plans.ts';
import type { Preemptor } from './eviction-planner.ts';

/** What is known for tasks of which one finds what the other would. */
export interface PreemptorKind {
  plans: EvictionPlans;
  readonly rooms: FutureRooms;
  /** State of the nodes in which one of them found nothing; -1 for none. */
  refusedAt: number;
  /** Keys of disruption budgets that kept pods from going for them. */
  readonly blocking: Set<string>;
}

/** What tells kinds apart whose tasks see the nodes in one way. */
interface Terms {
  readonly priority: number;
  readonly queue: Queue;
  readonly isPatient: boolean;
  /** Of whom they are alone; empty for those of all jobs. */
  readonly owner: string;
}

function areSame(a: Terms, b: Terms): boolean {
  return a.priority === b.priority && a.queue === b.queue && a.isPatient === b.isPatient && a.owner === b.owner;
}

/** The kinds of tasks that ask in one action: by class, queue and priority, and by job where somebody looks at it. */
export class PreemptorKinds {
  readonly #maker: PlanMaker;
  readonly #framework: Framework;
  /** By what stands for a class and how it sees the nodes. */
  readonly #byPicker = new Map<NodePicker, Map<string, PreemptorKind>>();
  /** The latest answer of each queue: groups that are alike come in runs, and queues in turn. */
  readonly #latest = new Map<
    Queue,
    { readonly picker: NodePicker; readonly terms: Terms; readonly kind: PreemptorKind }
  >();

  constructor(maker: PlanMaker) {
    this.#maker = maker;
    this.#framework = maker.session.framework;
  }

  of(preemptor: Preemptor): PreemptorKind {
    return this.#of(preemptor, this.#isItsOwn(preemptor) ? preemptor.job.key : '');
  }

  /** That of all jobs that differ from this one in nothing; undefined where each has its own. */
  ofAlike(preemptor: Preemptor): PreemptorKind | undefined {
    return this.#isItsOwn(preemptor) ? undefined : this.#of(preemptor, '');
  }

  #isItsOwn({ task, job }: Preemptor): boolean {
    const { isWithinJob, action } = this.#maker.rule;
    return isWithinJob || this.#framework.victims.areByJob(action, job) || this.#framework.isShifting(task);
  }

  #of({ task, job, queue, picker }: Preemptor, owner: string): PreemptorKind {
    const priority = this.#maker.rule.isWithinJob ? task.record.priority : job.priority;
    const terms = { priority, queue, isPatient: task.isPatient, owner };
    const latest = this.#latest.get(queue);
    if (latest?.picker === picker && areSame(latest.terms, terms)) return latest.kind;
    const kind = this.#find(picker, terms, task);
    this.#latest.set(queue, { picker, terms, kind });
    return kind;
  }

  #find(picker: NodePicker, { priority, queue, isPatient, owner }: Terms, task: Task): PreemptorKind {
    let kinds = this.#byPicker.get(picker);
    if (kinds === undefined) this.#byPicker.set(picker, (kinds = new Map<string, PreemptorKind>()));
    const key = `${priority} ${queue.name} ${isPatient} ${owner}`;
    let kind = kinds.get(key);
    if (kind === undefined) {
      const rooms = new FutureRooms(this.#maker.session.snapshot, task.class);
      kinds.set(key, (kind = { plans: new EvictionPlans(this.#maker), rooms, refusedAt: -1, blocking: new Set() }));
    }
    return kind;
  }

  /** Tasks see other nodes than before: another domain of the network is open. */
  forgetAll(): void {
    this.#byPicker.clear();
    this.#latest.clear();
  }

  /** Evictions were taken back: who may go is open again, on nodes that have not changed as well. */
  forgetPlans(): void {
    for (const kinds of this.#byPicker.values()) {
      for (const kind of kinds.values()) kind.plans = new EvictionPlans(this.#maker);
    }
  }
}

import type { SchedulerPolicy } from '../../config/policy.ts';
import { InvariantError } from '../../lib/exhaustive.ts';
import type { Job } from '../model/job.ts';
import { Capacity } from '../placement/capacity.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { FeatureView } from '../placement/feature-views.ts';
import { PickerTable } from '../placement/picker-table.ts';
import type { EmptyCluster, PluginHooks, Refusal } from './plugin.ts';
import { PLUGINS } from '../plugins/registry.ts';
import type { Queue } from '../model/queue.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';

/** The configured plugins over one snapshot, and how their votes are counted (Volcano's tier rules). */
export class Framework implements EmptyCluster {
  readonly #pickers: PickerTable;
  readonly #capacity: Capacity;
  readonly #tiers: readonly (readonly PluginHooks[])[];
  readonly #all: readonly PluginHooks[];
  readonly #jobOrders: readonly ((a: Job, b: Job) => number)[];
  readonly #queueOrders: readonly ((a: Queue, b: Queue) => number)[];
  readonly #taskOrders: readonly ((a: Task, b: Task) => number)[];

  constructor(snapshot: Snapshot, policy: SchedulerPolicy) {
    this.#tiers = policy.tiers.map((tier) =>
      tier.map((option) => {
        const plugin = PLUGINS.get(option.name);
        if (plugin === undefined) throw new InvariantError(`Cannot make plugin ${option.name}: not in the registry`);
        return plugin.make(snapshot, option.arguments);
      }),
    );
    this.#all = this.#tiers.flat();
    this.#pickers = new PickerTable(snapshot, this.#all);
    this.#capacity = new Capacity(snapshot, this.#pickers.views);
    this.#jobOrders = this.#all.flatMap((hooks) => hooks.jobOrderFn ?? []);
    this.#queueOrders = this.#all.flatMap((hooks) => hooks.queueOrderFn ?? []);
    this.#taskOrders = this.#all.flatMap((hooks) => hooks.taskOrderFn ?? []);
  }

  open(nowMs: number): void {
    this.#pickers.sweep();
    for (const hooks of this.#all) hooks.onSessionOpen?.(nowMs, this);
  }

  /** First non-zero answer in tier order, then the older, then the UID. */
  readonly compareJobs = (a: Job, b: Job): number => {
    for (const order of this.#jobOrders) {
      const answer = order(a, b);
      if (answer !== 0) return answer;
    }
    return a.record.createdMs - b.record.createdMs || compareText(a.record.uid, b.record.uid);
  };

  readonly compareQueues = (a: Queue, b: Queue): number => {
    for (const order of this.#queueOrders) {
      const answer = order(a, b);
      if (answer !== 0) return answer;
    }
    return compareText(a.name, b.name);
  };

  readonly compareTasks = (a: Task, b: Task): number => {
    for (const order of this.#taskOrders) {
      const answer = order(a, b);
      if (answer !== 0) return answer;
    }
    return a.record.createdMs - b.record.createdMs || compareText(a.record.name, b.record.name);
  };

  /** The first refusal of a job that cannot be scheduled whatever is free. */
  jobValid(job: Job): Refusal | undefined {
    for (const hooks of this.#all) {
      const refusal = hooks.jobValidFn?.(job);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  jobReady(job: Job): boolean {
    for (const hooks of this.#all) if (hooks.jobReadyFn?.(job) === false) return false;
    return true;
  }

  jobPipelined(job: Job): boolean {
    return this.#all.every((hooks) => hooks.jobPipelinedFn?.(job) ?? true);
  }

  /** In a tier one reject loses, else one permit wins, else the next tier is asked; nobody votes: let in. */
  jobEnqueueable(job: Job): Refusal | undefined {
    for (const tier of this.#tiers) {
      let isPermitted = false;
      for (const hooks of tier) {
        const vote = hooks.jobEnqueueableFn?.(job) ?? 'abstain';
        if (typeof vote === 'object') return vote;
        isPermitted ||= vote === 'permit';
      }
      if (isPermitted) return undefined;
    }
    return undefined;
  }

  jobEnqueued(job: Job): void {
    for (const hooks of this.#all) hooks.jobEnqueuedFn?.(job);
  }

  overused(queue: Queue, job: Job): Refusal | undefined {
    for (const hooks of this.#all) {
      const refusal = hooks.overusedFn?.(queue, job);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  allocatable(queue: Queue, taskClass: TaskClass, job: Job): Refusal | undefined {
    for (const hooks of this.#all) {
      const refusal = hooks.allocatableFn?.(queue, taskClass, job);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** The class's picker, kept between cycles. */
  picker(taskClass: TaskClass): NodePicker {
    return this.#pickers.of(taskClass);
  }

  /** Number of pickers that are kept. */
  get pickers(): number {
    return this.#pickers.size;
  }

  /** What nodes are to the class. */
  featuresOf(taskClass: TaskClass): FeatureView {
    return this.#pickers.views.of(taskClass);
  }

  /** How many tasks of the class the cluster could hold if it were empty, but no more than `most`. */
  capacity(taskClass: TaskClass, most: number): number {
    return this.#capacity.of(taskClass, most);
  }

  /** Nodes that refuse the class, counted by reason. O(nodes). */
  explain(taskClass: TaskClass): Map<string, number> {
    const reasons = new Map<string, number>();
    for (const hooks of this.#all) hooks.explain?.(taskClass, reasons);
    return reasons;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

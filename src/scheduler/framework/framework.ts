import type { ActionName, PluginArguments, SchedulerPolicy } from '../../config/policy.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { Capacity } from '../placement/capacity.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { FeatureView } from '../placement/feature-view.ts';
import { Contexts } from '../placement/contexts.ts';
import { EntryVotes } from './entry-votes.ts';
import { switchedHooks, tiersOf } from './hook-table.ts';
import { unmindedNetwork } from './unminded-network.ts';
import type { Hook } from './hook-table.ts';
import type { DomainSearch, EmptyCluster, Freed, PluginHooks, PluginSet, QueueStanding } from './plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { ShuffleVotes } from './shuffle-votes.ts';
import { VictimVotes } from './victim-votes.ts';
import { siblings } from '../model/queue-paths.ts';
import type { Queue } from '../model/queue.ts';
import type { SubGroup } from '../model/sub-group.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { NO_WAYS } from '../devices/device-ledger.ts';
import { VictimSums } from '../ledger/victim-sums.ts';
import { classRefusal, neverWithinClasses } from '../shares/class-room.ts';
import { PLAINLY, roomRequest } from '../shares/queue-room.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';

/** The configured plugins over one snapshot, and how their votes are counted (Volcano's tier rules). */
export class Framework implements EmptyCluster {
  /** Queues are ranked within their parents. */
  readonly hasHierarchy: boolean;
  /** Pods go for others of their queue. */
  readonly mayPreempt: boolean;
  /** The ranks of jobs of one tenant move together. */
  readonly hasTenants: boolean;
  /** The lines of waiting jobs are kept in the order of `compareJobs`. */
  readonly keepsLines: boolean;
  /** Who is let in. */
  readonly entry: EntryVotes;
  readonly victims: VictimVotes;
  readonly shuffles: ShuffleVotes;
  /** Kept from cycle to cycle. */
  readonly victimSums: VictimSums;
  readonly #snapshot: Snapshot;
  readonly #actionArguments: SchedulerPolicy['actionArguments'];
  readonly #contexts: Contexts;
  readonly #capacity: Capacity;
  readonly #all: readonly PluginHooks[];
  readonly #jobOrders: readonly Hook<'jobOrderFn'>[];
  readonly #queueOrders: readonly Hook<'queueOrderFn'>[];
  readonly #victimQueueOrders: readonly Hook<'victimQueueOrderFn'>[];
  readonly #taskOrders: readonly Hook<'taskOrderFn'>[];
  readonly #jobValid: readonly Hook<'jobValidFn'>[];
  readonly #jobReady: readonly Hook<'jobReadyFn'>[];
  readonly #jobPipelined: readonly (readonly Hook<'jobPipelinedFn'>[])[];
  readonly #overused: readonly Hook<'overusedFn'>[];
  readonly #allocatable: readonly Hook<'allocatableFn'>[];
  readonly #lacking: readonly Hook<'lackingFn'>[];
  /** Of all plugins that may refuse a queue something; undefined where one of them has none. */
  readonly #grants: readonly Hook<'grantsFn'>[] | undefined;
  /** The same. */
  readonly #keepsGranted: readonly Hook<'keepsGrantedFn'>[] | undefined;
  readonly #avoids: readonly Hook<'avoidFn'>[];
  readonly #avoidNones: readonly Hook<'avoidNoneFn'>[];
  readonly #domains: readonly Hook<'domainsFn'>[];

  constructor(snapshot: Snapshot, policy: SchedulerPolicy, plugins: PluginSet) {
    const around = {
      actions: policy.actions,
      plugins: policy.tiers.flat().map(({ name }) => name),
      measuredEveryMs: policy.metrics?.intervalMs,
    };
    // Unless a plugin of this policy says otherwise.
    snapshot.devices.ways = NO_WAYS;
    snapshot.devices.prefer = undefined;
    snapshot.claims.isOn = false;
    snapshot.numa.isMinded = false;
    const tiers = policy.tiers.map((tier) =>
      tier.map(({ name, arguments: options, off, isHierarchical }) =>
        switchedHooks(plugins[name].make(snapshot, options, { ...around, isHierarchical }), off),
      ),
    );
    this.#snapshot = snapshot;
    this.#all = tiers.flat();
    this.#actionArguments = policy.actionArguments;
    this.mayPreempt = policy.actions.includes('preempt') || policy.actions.includes('gangpreempt');
    this.hasHierarchy = this.#all.some(({ isHierarchical }) => isHierarchical === true);
    this.hasTenants = this.#all.some(({ ranksTenants }) => ranksTenants === true);
    this.entry = new EntryVotes(tiers);
    this.victims = new VictimVotes(tiers, policy);
    this.shuffles = new ShuffleVotes(tiers);
    this.victimSums = new VictimSums(snapshot);
    this.#contexts = new Contexts(snapshot, this.#all);
    this.#capacity = new Capacity(snapshot, this.#contexts.plain.pickers.views);
    this.#jobOrders = tiersOf(tiers, 'jobOrderFn').flat();
    this.#queueOrders = tiersOf(tiers, 'queueOrderFn').flat();
    this.#victimQueueOrders = tiersOf(tiers, 'victimQueueOrderFn').flat();
    this.#taskOrders = tiersOf(tiers, 'taskOrderFn').flat();
    this.#jobValid = tiersOf(tiers, 'jobValidFn').flat();
    this.#jobReady = tiersOf(tiers, 'jobReadyFn').flat();
    this.#jobPipelined = tiersOf(tiers, 'jobPipelinedFn');
    this.#overused = tiersOf(tiers, 'overusedFn').flat();
    this.#allocatable = tiersOf(tiers, 'allocatableFn').flat();
    this.#lacking = tiersOf(tiers, 'lackingFn').flat();
    const refusing = this.#all.filter(({ overusedFn, allocatableFn }) => overusedFn ?? allocatableFn);
    const grants = refusing.flatMap(({ grantsFn }) => grantsFn ?? []);
    this.#grants = grants.length === refusing.length ? grants : undefined;
    const keeping = refusing.flatMap(({ keepsGrantedFn }) => keepsGrantedFn ?? []);
    this.#keepsGranted = keeping.length === refusing.length ? keeping : undefined;
    this.#avoids = tiersOf(tiers, 'avoidFn').flat();
    this.#avoidNones = tiersOf(tiers, 'avoidNoneFn').flat();
    this.#domains = tiersOf(tiers, 'domainsFn').flat();
    this.keepsLines = this.#all.every(({ jobOrderFn, isSteadyOrder }) => jobOrderFn === undefined || isSteadyOrder);
    snapshot.waiting.lines.rankBy(this.keepsLines ? this.compareJobs : undefined);
  }

  open(nowMs: number): void {
    this.#contexts.open();
    for (const hooks of this.#all) hooks.onSessionOpen?.(nowMs, this);
  }

  close(): void {
    for (const hooks of this.#all) hooks.onSessionClose?.();
  }

  /** What the configuration gives the action. */
  actionArguments(action: ActionName): PluginArguments {
    return this.#actionArguments.get(action) ?? NO_ARGUMENTS;
  }

  /** The earliest time at which a plugin wants a cycle although nothing changes. */
  nextWakeMs(): number | undefined {
    const times = this.#all.flatMap(({ nextWakeFn }) => nextWakeFn?.() ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** First non-zero answer in tier order, then the older, then the UID. */
  readonly compareJobs = (a: Job, b: Job): number => {
    const orders = this.#jobOrders;
    for (let i = 0; i < orders.length; i += 1) {
      const answer = orders[i]?.(a, b) ?? 0;
      if (answer !== 0) return answer;
    }
    return a.createdMs - b.createdMs || compareText(a.record.uid, b.record.uid);
  };

  /** Where queues are ranked within their parents, queues far from each other rank as those above them that are siblings. */
  readonly compareQueues = (first: Queue, second: Queue): number => {
    const [a, b] = this.hasHierarchy ? siblings(first, second) : [first, second];
    for (const order of this.#queueOrders) {
      const answer = order(a, b);
      if (answer !== 0) return answer;
    }
    return compareText(a.name, b.name);
  };

  /** Whose pods go first for a job of the queue `asking`. */
  compareVictimQueues(a: Queue, b: Queue, asking: Queue): number {
    for (const order of this.#victimQueueOrders) {
      const answer = order(a, b, asking);
      if (answer !== 0) return answer;
    }
    return this.compareQueues(b, a);
  }

  readonly compareTasks = (a: Task, b: Task): number => {
    const orders = this.#taskOrders;
    for (let i = 0; i < orders.length; i += 1) {
      const answer = orders[i]?.(a, b) ?? 0;
      if (answer !== 0) return answer;
    }
    return a.record.createdMs - b.record.createdMs || compareText(a.record.name, b.record.name);
  };

  /** The first refusal of a job that cannot be scheduled whatever is free. */
  jobValid(job: Job): Refusal | undefined {
    const hooks = this.#jobValid;
    for (let i = 0; i < hooks.length; i += 1) {
      const refusal = hooks[i]?.(job);
      if (refusal !== undefined) return refusal;
    }
    if (job.isNear && this.#domains.length === 0) return unmindedNetwork(job);
    return neverWithinClasses(this.#snapshot, job);
  }

  jobReady(job: Job): boolean {
    const votes = this.#jobReady;
    for (let i = 0; i < votes.length; i += 1) if (votes[i]?.(job) === false) return false;
    return true;
  }

  /** At least so many more tasks have to be placed before the job is ready; 0 where that is not known, or it is. */
  lacking(job: Job): number {
    let most = 0;
    for (const lackingOf of this.#lacking) most = Math.max(most, lackingOf(job));
    return most;
  }

  /** What the job got stays its own to the end of the cycle: in a tier one no loses, else one yes wins, else the next is asked. */
  jobPipelined(job: Job): boolean {
    for (const tier of this.#jobPipelined) {
      let isWon = false;
      for (let i = 0; i < tier.length; i += 1) {
        const vote = tier[i]?.(job);
        if (vote === false) return false;
        if (vote === true) isWon = true;
      }
      if (isWon) return true;
    }
    return true;
  }

  /** With what it holds and is promised the job could start: nobody of any tier says no. */
  jobWhole(job: Job): boolean {
    return this.#jobPipelined.every((tier) => tier.every((isPipelined) => isPipelined(job) !== false));
  }

  overused(queue: Queue, job: Job): Refusal | undefined {
    const hooks = this.#overused;
    for (let i = 0; i < hooks.length; i += 1) {
      const refusal = hooks[i]?.(queue, job);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** Of room that is free now, with `freed` of room that is only promised; see the hook. */
  allocatable(queue: Queue, task: Task, job: Job, freed?: Freed, isGranted = false): Refusal | undefined {
    const hooks = this.#allocatable;
    for (let i = 0; i < hooks.length; i += 1) {
      const refusal = hooks[i]?.(queue, task, job, freed, isGranted);
      if (refusal !== undefined) return refusal;
    }
    if (!this.#snapshot.claims.holdings.isUsed) return undefined;
    return classRefusal(this.#snapshot, queue, task, roomRequest(freed, isGranted));
  }

  /** The queue may take so many tasks of the class for the job one after the other: nobody would refuse it any of them. */
  grants(queue: Queue, taskClass: TaskClass, job: Job, tasks: number): boolean {
    if (this.#grants === undefined) return false;
    for (const grant of this.#grants) if (!grant(queue, taskClass, job, tasks)) return false;
    return true;
  }

  /** The room that is kept for tasks of the queue is theirs, whatever comes first: nobody would refuse any of them. */
  keepsGranted(queue: Queue): boolean {
    if (this.#keepsGranted === undefined) return false;
    for (const keeps of this.#keepsGranted) if (!keeps(queue)) return false;
    return true;
  }

  /** The picker of the task's class and context, kept between cycles. */
  picker(task: Task): NodePicker {
    return this.#contexts.of(task).pickers.of(task.class);
  }

  /** That of the tasks that no plugin claims. */
  get plainPerspective(): object {
    return this.#contexts.plain;
  }

  /** That of tasks of the class that no plugin claims. */
  plainPicker(taskClass: TaskClass): NodePicker {
    return this.#contexts.plain.pickers.of(taskClass);
  }

  /** Number of pickers that are kept. */
  get pickers(): number {
    return this.#contexts.pickers;
  }

  /** See `Contexts`. */
  perspectiveOfAll(block: JobBlock): object | undefined {
    return this.#contexts.ofAll(block);
  }

  /** The task sees the nodes in a way of its own, since some plugin claims it. */
  isClaimed(task: Task): boolean {
    return this.#contexts.isClaimed(task);
  }

  /** One and the same object for tasks that see the nodes in the same way, but for their class. */
  perspective(task: Task): object {
    return this.#contexts.of(task);
  }

  /** What the task sees of the nodes hangs on which pods stand where: it may find a place once others of its job stand. */
  isShifting(task: Task): boolean {
    return this.#contexts.isShifting(task);
  }

  /** From which nodes the task is kept hangs on that: it may not be told what others like it were refused. */
  mayClose(task: Task): boolean {
    return this.#contexts.mayClose(task);
  }

  /**
   * These are all tasks of their job that have places, in the order in which they got them, and they are too few. True when
   * some plugin would choose otherwise if they gave them back; `avoidNone` ends that.
   */
  avoid(placed: readonly Task[]): boolean {
    return placed.some((task) => this.#avoids.some((avoid) => avoid(task, placed)));
  }

  avoidNone(): void {
    for (const avoidNone of this.#avoidNones) avoidNone();
  }

  /** Where the job, or the part of it, may go as a whole; undefined when it need not stay together. */
  domains(job: Job, part?: SubGroup): DomainSearch | undefined {
    for (const domains of this.#domains) {
      const search = domains(job, part);
      if (search !== undefined) return search;
    }
    return undefined;
  }

  /** What nodes are to the class. */
  featuresOf(taskClass: TaskClass): FeatureView {
    return this.#contexts.plain.pickers.views.of(taskClass);
  }

  /** How many tasks of the class the cluster could hold if it were empty, but no more than `most`. */
  capacity(taskClass: TaskClass, most: number): number {
    return this.#capacity.of(taskClass, most);
  }

  nodesFor(taskClass: TaskClass): Bitset {
    return this.featuresOf(taskClass).mask;
  }

  lastingNodesFor(taskClass: TaskClass): Bitset {
    return this.#capacity.nodesFor(taskClass);
  }

  /** Why no node takes the task now. */
  explain(task: Task): Refusal {
    return this.#contexts.of(task).explanations.of(task.class);
  }

  /** Nodes that refuse the class now, by reason, whatever other pods say; counted anew. O(nodes). */
  featureReasons(taskClass: TaskClass): ReadonlyMap<string, number> {
    return this.#contexts.plain.explanations.reasons(taskClass);
  }

  /** Nodes that refuse the task now, by reason; counted anew. O(nodes). */
  nodeReasons(task: Task): ReadonlyMap<string, number> {
    return this.#contexts.of(task).explanations.reasons(task.class);
  }

  /** Asked for people: all that is said against the job and its pods of these classes now, and not only what is said first. */
  refusals(job: Job, queue: Queue, tasks: readonly Task[]): readonly Refusal[] {
    const isAsking = this.#snapshot.waiting.asking.has(job);
    const against = tasks.length === 0 ? [] : this.#overused.map((refuse) => refuse(queue, job));
    return [
      ...this.#jobValid.map((refuse) => refuse(job)),
      ...(isAsking ? this.entry.answers(job) : []),
      ...against,
      ...this.#allocatable.flatMap((refuse) => tasks.map((task) => refuse(queue, task, job))),
      neverWithinClasses(this.#snapshot, job),
      ...tasks.map((task) => classRefusal(this.#snapshot, queue, task, PLAINLY)),
    ].filter((answer) => typeof answer === 'object');
  }

  /** What those who share out reckon with for the queue; undefined when nobody does. */
  queueStanding(queue: Queue): QueueStanding | undefined {
    for (const { queueStandingFn } of this.#all) {
      const standing = queueStandingFn?.(queue);
      if (standing !== undefined) return standing;
    }
    return undefined;
  }
}

const NO_ARGUMENTS: PluginArguments = new Map();

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { Refusal } from '../model/refusal.ts';
import type { ActionName, PluginArguments, PluginName } from '../../config/policy.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { Row } from '../model/row.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { SubGroup } from '../model/sub-group.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Domain } from '../topology/domain.ts';

/** What a plugin that shares out reckons with for a queue; by resource, Infinity or below zero where it says nothing. */
export interface QueueStanding {
  readonly deserved: ArrayLike<number>;
  readonly guarantee: ArrayLike<number>;
  /** Most that its own jobs may ever hold. */
  readonly limit: ArrayLike<number>;
  /** What groups that were let in may still take of their minimum. */
  readonly promised: ArrayLike<number>;
}

/** Volcano's votes: in a tier one reject loses, else one permit wins, else the next tier decides. */
export type Vote = 'permit' | 'abstain' | Refusal;

/** Says which of the candidates may go; undefined abstains. */
export type VictimVote = (preemptor: Task, candidates: readonly Task[]) => readonly Task[] | undefined;

/** What evictions that are only thought of would free, beside what is on its way out already. */
export interface Freed {
  /** By the queue's own pods. */
  of(queue: Queue, resource: number): number;
  /** By those of the queue and of all below it. */
  ofBranch(queue: Queue, resource: number): number;
  /** Those that would go, where queues are charged for claims. */
  readonly tasks?: ReadonlySet<Task> | undefined;
  /** Those of the same job that would come before. */
  readonly coming?: readonly Task[];
}

/** Nothing beside what is on its way out. */
export const NOTHING_FREED: Freed = { of: () => 0, ofBranch: () => 0 };

/** What the cluster could hold if it were empty. */
export interface EmptyCluster {
  /** How many tasks of the class, but no more than `most`; `most` while there is no node, for nothing is known then. */
  capacity(taskClass: TaskClass, most: number): number;
  /** Which nodes the class may use by what they are, now. */
  nodesFor(taskClass: TaskClass): Bitset;
  /** The same if what passes by itself, such as a cordon, were over. */
  lastingNodesFor(taskClass: TaskClass): Bitset;
}

/** How the domains of one tier stand to what has to find room within one of them. */
export interface TierAccount {
  readonly tier: string;
  readonly domains: number;
  /** So many of them have room for all that must start together: now, and if nothing ran there. By amounts and by what nodes are. */
  readonly fitting: number;
  readonly fittingEmpty: number;
  /** The one that could take most of its pods now; empty for the whole cluster. */
  readonly best: string;
  /** Of the pods that wait, by that one. */
  readonly fitNow: number;
  readonly fitEmpty: number;
  readonly nodes: number;
  /** Nodes of that one with room for one of the pods at least. */
  readonly takingNodes: number;
}

/** Where a job, or a part of one, may go that has to stay together. While nothing is open to it, it goes nowhere. */
export interface DomainSearch {
  /** Those that could have room, the best first; they are worked out as they are asked for. */
  domains(): Iterable<Domain>;
  /** Those that would have room if pods went for it, the one that lacks least first. */
  emptied(): Iterable<Domain>;
  /** Opens the domain, and no other; undefined closes it. */
  open(domain: Domain | undefined): void;
  /** The innermost one that holds all that stand already, by its name; empty for none, and for the whole cluster. */
  taken(): string;
  /** All that it may ever see. */
  readonly whole: Domain;
  /** Where it goes in the end, whatever it gets there; undefined for one that waits for a domain. */
  readonly last: Domain | undefined;
  /** For people: of each tier that is low enough, from the lowest on. */
  account(): readonly TierAccount[];
  /** So many pods have to find room together. */
  readonly need: number;
  /** Why no domain will do; `tried` is what was said in the first of those that could have room. */
  refusal(tried: Refusal | undefined): Refusal;
}

/**
 * Scores that hang on where others stand, scaled over all nodes that could take the task at the moment. A node is of a part,
 * which does not change, and of a level, which changes only with what the node holds: all nodes of both have one score.
 */
export interface Wishes {
  /** By node; from 0 on, without gaps. */
  readonly partOf: Int32Array;
  /** From 0 on. */
  levelOf(node: number): number;
  /**
   * The scores of the nodes of some parts and levels, told pair by pair; between them they are all that could take the task.
   * What it answers with may be written over by the next answer.
   */
  scores(parts: readonly number[], levels: readonly number[]): ArrayLike<number>;
}

/**
 * How some tasks see the nodes: the hooks are asked beside those of all plugins, and by the same rules. They answer for the
 * key: where the answers change, the key is another one.
 */
export interface PlacementContext {
  readonly key: string;
  readonly hooks: Pick<PluginHooks, 'feasible' | 'feasibleNode' | 'score' | 'scoreNode' | 'explain'>;
  /** All nodes, each once, in an order whose ranges mean something; read anew when nodes came or went. Ties go by it. */
  readonly order?: (() => Int32Array) | undefined;
  /** The places in the order that are open now, as first and end, first and end; asked for each placement. Absent: all. */
  readonly ranges?: (() => readonly number[]) | undefined;
  /**
   * The ranges are opened by the action, for one job at a time, and hang on nothing else: this grows whenever others are open.
   * Such a context says with `allows` which nodes are.
   */
  readonly turns?: (() => number) | undefined;
  /**
   * The hooks about single nodes answer by more than what a node holds, and node by node. This grows whenever they may
   * answer otherwise about nodes that did not change.
   */
  readonly version?: (() => number) | undefined;
  /** `version` is there for scores: which nodes are open hangs on no pod. */
  readonly areOnlyScoresShifting?: true;
  /** It never says otherwise about nodes that did not change: it has a version only because nodes that hold equal amounts differ. */
  readonly followsNodes?: true;
  /** What is added to the scores of nodes for each placement; `version` grows when the levels of nodes are others that did not change. */
  readonly wishes?: Wishes | undefined;
  /** Whether the node is open now, whatever is free there: the ranges and the hooks together. Absent: it is. */
  readonly allows?: ((node: number) => boolean) | undefined;
  /**
   * Whether the node would be open, whatever else is free there, once these had gone from nodes, and all that are on their way out;
   * without `gone` whoever goes. Absent: who goes makes no difference to `allows`.
   */
  readonly allowsWithout?: ((node: number, gone?: ReadonlySet<Task>) => boolean) | undefined;
  /** Why no node will do, whatever is free there; it says so in place of what is said of the nodes. */
  readonly refusal?: (() => Refusal | undefined) | undefined;
}

/**
 * What a plugin answers; absent hooks abstain. Order hooks: the first non-zero answer in tier order wins.
 * `feasible` and `score` answer for one class over all nodes at once from what nodes *are* (labels, taints);
 * `feasibleNode` and `scoreNode` answer for one node from what it *holds*: its amounts and its ports, nothing else, so that nodes
 * with equal amounts share an answer. They are asked again whenever those change.
 * Groups of one that are alike (`Job.alike`: one class, one queue) have to be given the same answers by `jobValidFn`,
 * `overusedFn` and `allocatableFn`, for only one of them is asked; those of one priority also by the votes on victims.
 */
export interface PluginHooks {
  /** Placing a job may change its own rank, and no other's, but with `ranksTenants` those of all jobs of its tenant. */
  readonly jobOrderFn?: (a: Job, b: Job) => number;
  /**
   * `jobOrderFn` ranks two jobs as before as long as neither of them changed, nor their priority: it looks at nothing else. Lines of jobs are
   * kept from cycle to cycle only where all plugins that rank jobs say so.
   */
  readonly isSteadyOrder?: true;
  /** The plugin has given each job its tenant by the time a cycle opens, and ranks jobs by what these hold. */
  readonly ranksTenants?: true;
  readonly queueOrderFn?: (a: Queue, b: Queue) => number;
  /** Whose pods rather go for a job of the queue `asking`; after that those of the queue that comes last. */
  readonly victimQueueOrderFn?: (a: Queue, b: Queue, asking: Queue) => number;
  /**
   * The plugin ranks queues within their parents: siblings compete, and what the best child of the best parent wants comes
   * first. All plugins are then asked to order siblings, and a parent beside its child, where it stands for its own jobs.
   * What a queue holds may change the rank of that queue and of those above it, of no other.
   */
  readonly isHierarchical?: true;
  readonly taskOrderFn?: (a: Task, b: Task) => number;
  /** First refusal wins: the job cannot be scheduled whatever is free. */
  readonly jobValidFn?: (job: Job) => Refusal | undefined;
  /** All must agree before a statement commits. */
  readonly jobReadyFn?: (job: Job) => boolean;
  /** At least so many more of the job's tasks have to be placed before `jobReadyFn` says yes; absent: nothing is known. */
  readonly lackingFn?: (job: Job) => number;
  /**
   * What the job got in this cycle stays its own to the end of the cycle, although it cannot start yet. Counted as votes to
   * let in are: in a tier one false loses, else one true wins, else the next tier decides. Undefined abstains. Pods go for
   * jobs only of which nobody says false.
   */
  readonly jobPipelinedFn?: (job: Job) => boolean | undefined;
  readonly jobEnqueueableFn?: (job: Job) => Vote;
  /**
   * A number of the snapshot's (`nextStamp`) for a queue: as long as it is the same, `jobEnqueueableFn` answers a job of the
   * queue that did not change as it did before. Where a plugin votes and has none, all are asked about each job in each cycle.
   */
  readonly enqueueStampFn?: (queue: Queue) => number;
  /**
   * How many of the row, each after those before it was let in, `jobEnqueueableFn` permits for sure: the next one is asked for itself. Where a plugin votes and has none, each is.
   * What it answers with `WaitingInQueue` it answers all that are alike, but for their names.
   */
  readonly rowEnqueueableFn?: (row: Row) => number;
  /** Told once a job was let in, so that what it asks for is reserved. */
  readonly jobEnqueuedFn?: (job: Job) => void;
  /** Told in its place once such a row of them was, one at least; absent: it is told of each. */
  readonly rowEnqueuedFn?: (row: Row) => void;
  /** Any refusal: the queue gets nothing more for now, not even for this job. */
  readonly overusedFn?: (queue: Queue, job: Job) => Refusal | undefined;
  /**
   * First refusal wins: the queue may not take the task of the job; what it asks for and claims is looked at, and nothing else of it. With `freed` it is asked about room
   * that is only promised: what leaves the queue, and what is named beside, does not count any more. With `isGranted` pods
   * went for the task already, within the queue's share as it was then: only what the queue may ever have counts.
   */
  readonly allocatableFn?: (
    queue: Queue,
    task: Task,
    job: Job,
    freed?: Freed,
    isGranted?: boolean,
  ) => Refusal | undefined;
  /**
   * True: neither `overusedFn` nor `allocatableFn` would refuse any of the next so many tasks of the class, if the queue took one after the
   * other for the job. Where a plugin has one of those and not this, or says false, they are asked for each task.
   */
  readonly grantsFn?: (queue: Queue, taskClass: TaskClass, job: Job, tasks: number) => boolean;
  /**
   * True: `allocatableFn` would refuse none of the tasks for which the queue was granted room, in whatever order queues take their turns, and
   * answers other queues as it would before they had theirs. Where a plugin has one of those and not this, or says false, each is asked about.
   */
  readonly keepsGrantedFn?: (queue: Queue) => boolean;
  /** All must agree: the queue may have pods of other queues evicted for the task. */
  readonly preemptiveFn?: (queue: Queue, task: Task) => boolean;
  /** In the first tier that has any, all must agree: the job is so short of pods that others may go for it. */
  readonly jobStarvingFn?: (job: Job) => boolean;
  /** Which of the candidates, of the preemptor's queue, may be evicted for it; undefined abstains. */
  readonly preemptableFn?: VictimVote;
  /**
   * Which of the candidates, of other queues, may be evicted for it; undefined abstains. Told worst first: unless it votes by job, those after a
   * candidate make no difference to the answer about it.
   */
  readonly reclaimableFn?: VictimVote;
  /** The same for the actions that evict gangs as a whole: of which kind they are is told. */
  readonly unifiedEvictableFn?: (
    preemptor: Task,
    candidates: readonly Task[],
    isAcrossQueues: boolean,
  ) => readonly Task[] | undefined;
  /** The task is evicted for nobody, whatever others vote. */
  readonly shelterFn?: (task: Task) => boolean;
  /**
   * Which of the running tasks that may be evicted, told worst first, are to go for nobody in particular; undefined for none.
   * The first tier in which somebody is named decides. A gang that could not spare them keeps them, unless all of it is named.
   */
  readonly victimTasksFn?: (running: readonly Task[]) => readonly Task[] | undefined;
  /** What a task that `victimTasksFn` named is told. */
  readonly victimReasonFn?: (task: Task) => string;
  /** False: `victimTasksFn` would name nobody in this cycle, so that running tasks need not be gathered. Absent: ask. */
  readonly isShuffleDueFn?: () => boolean;
  /** What it says of victims hangs on the job itself, not only on its queue and priority: answers are kept for no other job. */
  readonly votesByJobFn?: (job: Job) => boolean;
  /** Takes nodes out of the set. */
  readonly feasible?: (taskClass: TaskClass, out: Bitset) => void;
  readonly feasibleNode?: (taskClass: TaskClass, node: number) => boolean;
  /** Adds to the column; `usable` are the nodes that no plugin takes out. */
  readonly score?: (taskClass: TaskClass, out: Float64Array, usable: Bitset) => void;
  readonly scoreNode?: (taskClass: TaskClass, node: number) => number;
  /** Adds, for each reason, the number of nodes that refuse the class; a node may give several. */
  readonly explain?: (taskClass: TaskClass, reasons: Map<string, number>) => void;
  /** Asked for people, never by a cycle: what it reckons with for the queue as the latest cycle left it. */
  readonly queueStandingFn?: (queue: Queue) => QueueStanding | undefined;
  /** Claims a task that sees the nodes in its own way; most tasks of most plugins do not. */
  readonly contextFn?: (task: Task) => PlacementContext | undefined;
  /** The same, for the volumes that the task brings along: a plugin may claim a task by both. */
  readonly volumeFn?: (task: Task) => PlacementContext | undefined;
  /** The same, for the claims for devices that the task brings along. */
  readonly deviceClaimFn?: (task: Task) => PlacementContext | undefined;
  /** The same, but only for how well the nodes suit it: it is kept from none. Where scores are switched off, so is this. */
  readonly wishFn?: (task: Task) => PlacementContext | undefined;
  /**
   * Tasks of one class and queue that it answers the same in all of these ways, be it with one context or with none, go on to be answered the
   * same as long as neither this nor one of them nor of their jobs changes: what changes for all of them alike need not make it grow.
   * Where a plugin claims tasks and has none, each waiting job is asked in each cycle.
   */
  readonly claimStampFn?: () => number;
  /**
   * The task has a place, as have all the others of its job that are named, but they are too few. True when the plugin would
   * place it elsewhere once all are taken back, until `avoidNoneFn`; in the end it says false.
   */
  readonly avoidFn?: (task: Task, placed: readonly Task[]) => boolean;
  readonly avoidNoneFn?: () => void;
  /** Where the job, or the part of it, may go as a whole; undefined where it need not stay together. */
  readonly domainsFn?: (job: Job, part?: SubGroup) => DomainSearch | undefined;
  /** Called before the actions of each cycle: what a plugin keeps about one cycle starts anew. */
  readonly onSessionOpen?: (nowMs: number, cluster: EmptyCluster) => void;
  /** Called at the end of each cycle, when everybody holds what was decided, and before it is told. */
  readonly onSessionClose?: () => void;
  /** Asked after a cycle: when the plugin wants the next one although nothing changes, in milliseconds since 1970. */
  readonly nextWakeFn?: () => number | undefined;
}

/** What a plugin may have to know of the rest of the configuration. */
export interface PluginSurroundings {
  readonly actions: readonly ActionName[];
  /** Names of all plugins of the policy. */
  readonly plugins?: readonly PluginName[];
  /** How often is measured how busy nodes are; absent where nobody measures. */
  readonly measuredEveryMs?: number | undefined;
  /** The configuration asks it to look at the tree of queues; it does so for plugins that can. */
  readonly isHierarchical?: true | undefined;
}

/** Makes a plugin's hooks for one snapshot, once. */
export interface Plugin {
  readonly name: string;
  make(snapshot: Snapshot, options: PluginArguments, around: PluginSurroundings): PluginHooks;
}

/** Every plugin that a policy may name. */
export type PluginSet = Readonly<Record<PluginName, Plugin>>;

/** A switch among the arguments, or its default; text is read as a switch as well. */
export function switchArgument(options: PluginArguments, key: string, fallback: boolean): boolean {
  const value = String(options.get(key) ?? fallback).toLowerCase();
  return value === 'true' || (value !== 'false' && fallback);
}

/** A list of names that is written as one text. */
export function listArgument(options: PluginArguments, key: string): readonly string[] {
  const names = String(options.get(key) ?? '').split(',');
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** A number among the arguments, or its default; text is read as a number since YAML files often quote it. */
export function numberArgument(options: PluginArguments, key: string, fallback: number): number {
  const value = Number(options.get(key) ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}

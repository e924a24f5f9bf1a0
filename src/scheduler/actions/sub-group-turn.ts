import type { Framework } from '../framework/framework.ts';
import type { DomainSearch } from '../framework/plugin.ts';
import type { Job } from '../model/job.ts';
import type { SubGroup } from '../model/sub-group.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskGroup } from '../model/task-group.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Domain } from '../topology/domain.ts';

/** How an action gives places to the tasks of a job. */
export interface Placer {
  /** Gives the task a place, or says that it has none. */
  readonly place: (task: Task) => boolean;
  /** Does something and takes it back if that says no. */
  readonly attempt: (act: () => boolean) => boolean;
  /** Nothing more is to be placed in this turn. */
  readonly isDone: () => boolean;
  /** Which domains a part is tried in; absent: those that have room. */
  readonly domains?: (search: DomainSearch) => Iterable<Domain>;
}

/** When pods of a role that stand for themselves have their turn: before its parts, after each of them, or after all. */
type Alone = 'first' | 'between' | 'last';

/**
 * One turn of a job with parts: each part is placed as a whole or not at all, whatever else finds room. A gang that starts
 * takes what its policies ask for first, then what its roles lack, then what is missing of its minimum, parts before pods that
 * stand for themselves; one that is whole takes one pod or part more, parts that lost pods first.
 * O(tasks), and O(parts x tasks of a part) places are tried.
 */
export class SubGroupTurn {
  readonly #job: Job;
  readonly #subGroups: SubGroups;
  readonly #framework: Framework;
  readonly #placer: Placer;
  readonly #tasks: readonly Task[];
  /**
   * Pending tasks of each part that lacks some. Parts with pods to spare come first, since these fill what is left for no whole part; else
   * they stand in the order of their first ones.
   */
  #parts = new Map<SubGroup, Task[]>();
  /** Pending tasks that stand for themselves, or are more than their part needs. */
  readonly #alone: Task[] = [];
  /** So many tasks of one kind were too many: parts that need as many of them need not be tried. */
  readonly #tooMany = new Map<NodePicker, number>();

  /** The job has parts; its pending tasks in task order. */
  constructor(job: Job, subGroups: SubGroups, tasks: readonly Task[], framework: Framework, placer: Placer) {
    this.#job = job;
    this.#subGroups = subGroups;
    this.#framework = framework;
    this.#placer = placer;
    this.#tasks = tasks;
    this.#read();
  }

  #read(): void {
    this.#parts.clear();
    this.#alone.length = 0;
    this.#tooMany.clear();
    for (const task of this.#tasks) {
      const { status, subGroup } = task;
      if (status !== TaskStatus.Pending) continue;
      if (subGroup === undefined || subGroup.placed() >= subGroup.size) this.#alone.push(task);
      else this.#membersOf(subGroup).push(task);
    }
    const spare = ([part, members]: readonly [SubGroup, readonly Task[]]): number =>
      Math.max(0, part.placed() + members.length - part.size);
    const parts = [...this.#parts];
    if (parts.some((each) => spare(each) > 0)) this.#parts = new Map(parts.sort((a, b) => spare(b) - spare(a)));
  }

  /** True once nothing more is to be placed. */
  start(): boolean {
    if (this.#job.groups.length === 0) return this.#start('first');
    // Whether pods of a role stand for themselves or come with a part may decide what is left for the others.
    for (const alone of ['first', 'between'] as const) {
      if (this.#placer.attempt(() => this.#start(alone) || this.#framework.jobWhole(this.#job)))
        return this.#placer.isDone();
    }
    return this.#start('last');
  }

  #start(alone: Alone): boolean {
    this.#read();
    return (this.#placeMinima() && this.#placeRoles(alone) && this.#placeRest()) || this.#placer.isDone();
  }

  /** One pod or one part. True when it has a place. */
  placeOneMore(): boolean {
    const parts = [...this.#parts.keys()];
    if (parts.some((part) => part.isTorn() && this.#placePart(part))) return true;
    const first = (part: SubGroup): Task | undefined => this.#parts.get(part)?.[0];
    const units = [...this.#alone, ...parts.flatMap((part) => first(part) ?? [])].sort(this.#framework.compareTasks);
    for (const task of units) {
      const { subGroup } = task;
      const isAlone = subGroup === undefined || !this.#parts.has(subGroup);
      if (isAlone ? !task.class.isBestEffort && this.#placer.place(task) : this.#placePart(subGroup)) return true;
    }
    return false;
  }

  /** Best-effort pods that stand for themselves, and parts of such pods. */
  placeBestEffort(): void {
    for (const [part, members] of this.#parts) {
      if (members.every((task) => task.class.isBestEffort)) this.#placePart(part);
    }
    for (const task of this.#alone) if (task.class.isBestEffort) this.#placer.place(task);
  }

  /** Parts enough for each policy; false, and nothing starts, when there are not. */
  #placeMinima(): boolean {
    for (const kind of this.#subGroups.kinds) {
      const parts = [...this.#parts.keys()].filter((part) => part.kind === kind);
      // What needs the fewest pods first, then what has most of those that roles cannot do without.
      const rank = new Map(parts.map((part) => [part, this.#neededIn(part)]));
      parts.sort((a, b) => b.placed() - a.placed() || (rank.get(b) ?? 0) - (rank.get(a) ?? 0));
      for (const part of parts) {
        if (kind.placed >= kind.policy.minSubGroups) break;
        this.#placePart(part);
      }
      if (kind.placed < kind.policy.minSubGroups) return false;
    }
    return true;
  }

  /** Pods of the part that roles cannot do without. */
  #neededIn(part: SubGroup): number {
    if (this.#job.groups.length === 0) return 0;
    const members = this.#parts.get(part) ?? [];
    return members.filter(({ group }) => group !== undefined && group.placed() < group.min).length;
  }

  /** What roles cannot do without. */
  #placeRoles(alone: Alone): boolean {
    for (const group of this.#job.groups) {
      const ofRole = (part: SubGroup): number =>
        (this.#parts.get(part) ?? []).filter((task) => task.group === group).length;
      const parts = [...this.#parts.keys()].filter((part) => ofRole(part) > 0).sort((a, b) => ofRole(b) - ofRole(a));
      if (alone === 'first') this.#placeAloneOf(group);
      for (const part of parts) {
        if (group.placed() >= group.min) break;
        // What it has beyond its size stands for itself then.
        if (this.#placePart(part) && alone !== 'last') this.#placeAloneOf(group);
      }
      if (alone !== 'first') this.#placeAloneOf(group);
      if (group.placed() < group.min) return false;
    }
    return true;
  }

  #placeAloneOf(group: TaskGroup): void {
    for (const task of this.#alone) {
      if (group.placed() >= group.min) return;
      if (task.group === group && task.status === TaskStatus.Pending) this.#placer.place(task);
    }
  }

  /** Parts before pods that stand for themselves: those fill what is left, and never the other way round. */
  #placeRest(): boolean {
    for (const part of this.#parts.keys()) {
      if (this.#placer.isDone()) return true;
      this.#placePart(part);
    }
    for (const isBestEffort of [false, true]) {
      for (const task of this.#alone) {
        if (this.#placer.isDone()) return true;
        if (task.class.isBestEffort === isBestEffort && task.status === TaskStatus.Pending) this.#placer.place(task);
      }
    }
    return this.#placer.isDone();
  }

  #membersOf(part: SubGroup): Task[] {
    let members = this.#parts.get(part);
    if (members === undefined) this.#parts.set(part, (members = []));
    return members;
  }

  /** Gives places to so many of the part's pods that it is whole, or to none. */
  #placePart(part: SubGroup): boolean {
    const members = this.#parts.get(part) ?? [];
    const lacking = part.size - part.placed();
    if (members.length < lacking) return false;
    const isNear = part.kind.policy.network !== undefined;
    const kind = isNear ? undefined : this.#onlyKind(members);
    if (kind !== undefined && lacking >= (this.#tooMany.get(kind) ?? Infinity)) return false;
    if (this.#attempt(part, () => this.#placeMembers(part, inOrder(this.#job, members)))) {
      this.#parts.delete(part);
      this.#alone.push(...members.filter(({ status }) => status === TaskStatus.Pending));
      return true;
    }
    if (kind !== undefined) this.#tooMany.set(kind, lacking);
    return false;
  }

  /** A part whose pods have to be near each other is tried in one domain after the other. */
  #attempt(part: SubGroup, act: () => boolean): boolean {
    const search = part.kind.policy.network && this.#framework.domains(this.#job, part);
    if (search === undefined) return this.#placer.attempt(act);
    const isPlaced = this.#attemptInOne(search, act);
    search.open(undefined);
    return isPlaced;
  }

  #attemptInOne(search: DomainSearch, act: () => boolean): boolean {
    for (const domain of this.#placer.domains?.(search) ?? search.domains()) {
      search.open(domain);
      if (this.#placer.attempt(act)) return true;
    }
    search.open(search.last);
    return search.last !== undefined && this.#placer.attempt(act);
  }

  /** Members that stand beside others of the part are tried again once some have places. */
  #placeMembers(part: SubGroup, members: readonly Task[]): boolean {
    for (let before = -1; before < part.placed();) {
      before = part.placed();
      let mayFollow = false;
      for (const task of members) {
        if (task.status !== TaskStatus.Pending) continue;
        if (!this.#placer.place(task)) mayFollow ||= this.#framework.isShifting(task);
        else if (part.placed() >= part.size) return true;
      }
      if (!mayFollow) return false;
    }
    return false;
  }

  /** How all of them see the nodes, if in one and the same way that does not hang on where others stand. */
  #onlyKind(members: readonly Task[]): NodePicker | undefined {
    const [first] = members;
    if (first === undefined || this.#framework.isShifting(first)) return undefined;
    const picker = this.#framework.picker(first);
    return members.every((task) => this.#framework.picker(task) === picker) ? picker : undefined;
  }
}

/** Members whose role lacks pods, then ordinary ones, then those that ask for nothing; else as they come. */
function inOrder({ groups }: Job, members: readonly Task[]): readonly Task[] {
  const lacks = (group: TaskGroup | undefined): boolean => group !== undefined && group.placed() < group.min;
  const rank = ({ group, class: { isBestEffort } }: Task): number => (lacks(group) ? 0 : isBestEffort ? 2 : 1);
  return groups.length === 0 && members.every((task) => rank(task) === 1)
    ? members
    : members.toSorted((a, b) => rank(a) - rank(b));
}

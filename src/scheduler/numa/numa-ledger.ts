import type { NumatopologyRecord, PodNuma, ZoneShare } from '../../api/records/numa-records.ts';
import type { NodeTasks } from '../ledger/node-tasks.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { admission } from './admission.ts';
import type { Admission } from './admission.ts';
import { Departures } from './departures.ts';
import { sumsLater } from './later-room.ts';
import type { Occupant, Occupants } from './later-room.ts';
import { LaterPromises } from './later-promises.ts';
import { age, onPaper } from './on-paper.ts';
import { expected, wholeOf } from './zone-holdings.ts';
import type { Holding } from './zone-holdings.ts';
import type { ZoneRoom } from './zone-hints.ts';
import { ZoneSums } from './zone-sums.ts';

/** What a task is expected to get of its node's zones. */
interface Promised {
  readonly node: string;
  readonly shares: readonly ZoneShare[];
  /** The later ones are larger: each was made beside those before it. */
  readonly order: number;
}

/** A task that was taken off its node, as it was then. */
interface Leaver {
  readonly task: Task;
  readonly node: string;
  readonly status: TaskStatus;
  readonly order: number;
  readonly occupant: Occupant | undefined;
}

interface Ledgers {
  readonly nodes: NodeTable;
  readonly tasks: NodeTasks;
  /** Another answer is due about the node, although it holds what it held. */
  readonly touch: (node: number) => void;
}

const NOBODY: ReadonlySet<Task> = new Set();

/**
 * What is free on each zone of each node: what was published, less what pods hold on paper, which the publication does not
 * know yet. It is worked out when somebody asks, and kept until the node's tasks or its Numatopology are others.
 */
export class NumaLedger {
  /** Some node tells its zones; none: policies mean nothing, and all of this costs one comparison. */
  isUsed = false;
  /** Policies are minded: pods that have one are promised shares. */
  isMinded = false;
  /** Of nodes that do not tell theirs. */
  scope: 'container' | 'pod' = 'container';
  /** Grows with every publication, and when the first is promised zones that come free, or nobody is any more. */
  version = 0;
  readonly #ledgers: Ledgers;
  readonly #published = new Map<string, NumatopologyRecord>();
  readonly #rooms = new Map<number, ZoneRoom>();
  readonly #promised = new Map<Task, Promised>();
  #promises = 0;
  /** Placed by an open statement: they enter the lists of nodes when it commits. */
  readonly #placed = new Map<number, Set<Task>>();
  readonly #later = new LaterPromises();
  readonly #departures = new Departures();
  /** Their kubelets may have taken them when others had gone, and then elsewhere than expected. */
  readonly #uncertain = new WeakSet<Task>();
  /** Taken off its node a moment ago: it has left, unless it comes back at once with another status. */
  #leaver: Leaver | undefined;

  constructor(ledgers: Ledgers) {
    this.#ledgers = ledgers;
  }

  publish(record: NumatopologyRecord): void {
    this.isUsed = true;
    this.#depart();
    this.#published.set(record.name, record);
    this.#departures.published(record);
    this.#changed(record.name);
  }

  withdraw(name: string): void {
    this.#departures.forget(name);
    this.#later.forget(name);
    if (this.#published.delete(name)) this.#changed(name);
    this.isUsed = this.#published.size > 0;
  }

  /** What the node tells. */
  topologyOf(node: number): NumatopologyRecord | undefined {
    return this.#published.get(this.#nameOf(node));
  }

  /** Somebody was promised zones that are being freed. */
  get hasPromises(): boolean {
    return !this.#later.isEmpty;
  }

  /** What the kubelet would say if nobody had anything of the node; undefined where the node tells nothing. */
  admissionWhenEmpty(pod: PodNuma, node: number): Admission | undefined {
    const topology = this.topologyOf(node);
    return topology && admission(pod, topology, new ZoneSums(topology, 'assignable').room(), this.scope);
  }

  /** What the pod would get on the node now; undefined where the node tells nothing. Refused, too, is who would get what others were promised. */
  admission(pod: PodNuma, node: number): Admission | undefined {
    const topology = this.topologyOf(node);
    if (topology === undefined) return undefined;
    const answer = admission(pod, topology, this.#roomOf(node, topology), this.scope);
    if (answer.kind === 'refused' || this.#later.of(topology.name) === undefined) return answer;
    const isKept = !this.#sumsLater(node, topology, NOBODY).covers(expected(answer.shares, topology));
    return isKept ? { kind: 'refused', shortage: undefined } : answer;
  }

  /** Whether the kubelet would take the pod once these have gone, and all that are on their way out. */
  admitsWithout(pod: PodNuma, node: number, gone: ReadonlySet<Task>): boolean {
    return this.#admissionLater(pod, node, gone)?.kind === 'admitted';
  }

  /** A statement gives the task a place, with what it is expected to get there, or takes it back. */
  place(task: Task, node: number, sign: 1 | -1, status: TaskStatus): void {
    if (task.record.numa === undefined) return;
    if (status === TaskStatus.Pipelined) {
      if (sign === 1) this.#promiseLater(task, node);
      else this.#dropLater(task);
      return;
    }
    if (sign === -1) {
      this.#waver(node, this.#orderOf(task));
      this.drop(task);
      this.#placed.get(node)?.delete(task);
    } else {
      this.choose(task, node);
      let placed = this.#placed.get(node);
      if (placed === undefined) this.#placed.set(node, (placed = new Set()));
      placed.add(task);
    }
    this.#rooms.delete(node);
  }

  /** Keeps zones for the task that it can have once these have gone. */
  reserve(task: Task, node: number, gone: ReadonlySet<Task>): void {
    if (task.record.numa !== undefined) this.#promiseLater(task, node, gone);
  }

  /** Promises the task what its kubelet would give it now. Nobody is kept from a node here: the kubelet has the last word. */
  choose(task: Task, node: number): void {
    const numa = this.#minded(task);
    const chosen = numa && this.admission(numa, node);
    if (chosen?.kind !== 'admitted') return;
    this.#promises += 1;
    this.#promised.set(task, { node: this.#nameOf(node), shares: chosen.shares, order: this.#promises });
  }

  /** The place was given back, or the pod is gone. */
  drop(task: Task): void {
    if (this.#promised.delete(task)) this.#uncertain.delete(task);
    this.#dropLater(task);
  }

  /** A task comes to a node, or leaves it. */
  charge(task: Task, node: number, sign: 1 | -1): void {
    const { numa } = task.record;
    if (numa === undefined) return;
    this.#rooms.delete(node);
    this.#placed.get(node)?.delete(task);
    const name = this.#nameOf(node);
    const isBack = sign === 1 && this.#leaver?.task === task && this.#leaver.node === name;
    if (!isBack) this.#depart();
    if (sign === 1) this.#leaver = undefined;
    else {
      const [order, occupant] = [this.#orderOf(task), this.#occupant(task, name)];
      this.#leaver = { task, node: name, status: task.status, order, occupant };
    }
  }

  /** For a decision; undefined when nothing is expected. */
  choiceOf(task: Task): readonly ZoneShare[] | undefined {
    return this.isUsed ? this.#promised.get(task)?.shares : undefined;
  }

  /** Less of the zones that the task was promised comes free than it needs; of a task that stays: than others were promised. */
  isShort(task: Task): boolean {
    const node = task.nodeIx;
    const topology = this.topologyOf(node);
    const promised = this.#later.of(this.#nameOf(node));
    if (topology === undefined || promised === undefined) return false;
    const own = promised.get(task);
    const sums = this.#sumsLater(node, topology, NOBODY);
    const asked = own === undefined ? [...promised.values()] : [own];
    return asked.some((shares) => !sums.isLevel(expected(shares, topology)));
  }

  /** Whether these, which are told to go, could stay beside what was promised of their nodes' zones. */
  mayStay(tasks: readonly Task[]): boolean {
    if (this.#later.isEmpty) return true;
    const staying = new Set(tasks);
    return [...new Set(tasks.map(({ nodeIx }) => nodeIx))].every((node) => {
      const topology = this.topologyOf(node);
      const promised = this.#later.of(this.#nameOf(node));
      if (topology === undefined || promised === undefined) return true;
      const sums = this.#sumsLater(node, topology, NOBODY, staying);
      return [...promised.values()].every((shares) => sums.isLevel(expected(shares, topology)));
    });
  }

  /** Names of the nodes that tasks have left which the publication counts still. */
  nodesLeft(): Iterable<string> {
    this.#depart();
    return this.#departures.nodes();
  }

  /** The nodes are others: tasks are charged anew. What was promised of zones that come free stays. */
  reset(): void {
    this.version += 1;
    this.#rooms.clear();
    this.#placed.clear();
  }

  #nameOf(node: number): string {
    return this.#ledgers.nodes.records[node]?.name ?? '';
  }

  #minded({ record: { numa } }: Task): PodNuma | undefined {
    return this.isMinded && numa?.policy !== 'none' ? numa : undefined;
  }

  #changed(name: string): void {
    this.version += 1;
    const node = this.#ledgers.nodes.indexOf(name);
    if (node < 0) return;
    this.#rooms.delete(node);
    this.#ledgers.touch(node);
  }

  /** What it had is free, although no publication says so yet. */
  #depart(): void {
    const leaver = this.#leaver;
    this.#leaver = undefined;
    const topology = this.#published.get(leaver?.node ?? '');
    if (leaver?.occupant === undefined || topology === undefined) return;
    const node = this.#ledgers.nodes.indexOf(leaver.node);
    if (leaver.status === TaskStatus.Binding) {
      this.#waver(node, leaver.order);
      return;
    }
    for (const other of this.#standing(node)) if (age(other.status) > 0) this.#uncertain.add(other);
    this.#departures.add(topology, leaver.occupant);
  }

  /** Expectations that were made beside one that does not come true. */
  #waver(node: number, order: number): void {
    for (const other of [...this.#standing(node), ...(this.#placed.get(node) ?? [])]) {
      if (this.#orderOf(other) > order) this.#uncertain.add(other);
    }
  }

  #orderOf(task: Task): number {
    return this.#promised.get(task)?.order ?? Infinity;
  }

  #roomOf(node: number, topology: NumatopologyRecord): ZoneRoom {
    this.#depart();
    const known = this.#rooms.get(node);
    if (known !== undefined) return known;
    const sums = new ZoneSums(topology, 'free');
    for (const task of this.#onPaper(node, topology)) {
      const { numa } = task.record;
      // A pod of which nobody knows on which zones it is may be on any.
      if (numa !== undefined) sums.move(this.#expectedOf(task, topology), wholeOf(numa), -1);
    }
    const room = sums.room();
    this.#rooms.set(node, room);
    return room;
  }

  #expectedOf(task: Task, topology: NumatopologyRecord): Holding {
    const shares = this.#occupant(task, topology.name)?.shares;
    return shares === undefined ? NOWHERE : expected(shares, topology);
  }

  #occupant(task: Task, node: string): Occupant | undefined {
    const { uid, record } = task;
    if (record.numa === undefined) return undefined;
    const promised = this.#promised.get(task);
    const isKnown = promised?.node === node && !this.#uncertain.has(task);
    return { uid, key: record.key, numa: record.numa, shares: isKnown ? promised.shares : undefined };
  }

  #promiseLater(task: Task, node: number, gone: ReadonlySet<Task> = NOBODY): void {
    const numa = this.#minded(task);
    const later = numa && this.#admissionLater(numa, node, gone);
    if (later?.kind !== 'admitted') return;
    if (this.#later.isEmpty) this.version += 1;
    this.#later.add(this.#nameOf(node), task, later.shares);
  }

  #dropLater(task: Task): void {
    if (this.#later.isEmpty) return;
    this.#later.drop(task);
    if (this.#later.isEmpty) this.version += 1;
  }

  #admissionLater(pod: PodNuma, node: number, gone: ReadonlySet<Task>): Admission | undefined {
    const topology = this.topologyOf(node);
    return topology && admission(pod, topology, this.#sumsLater(node, topology, gone).room(), this.scope);
  }

  /** What will be free on the node's zones, less what was promised of it. */
  #sumsLater(
    node: number,
    topology: NumatopologyRecord,
    gone: ReadonlySet<Task>,
    staying: ReadonlySet<Task> = NOBODY,
  ): ZoneSums {
    this.#depart();
    const isLeaving = (task: Task): boolean =>
      gone.has(task) || (task.status === TaskStatus.Releasing && !staying.has(task));
    const promised = [...(this.#later.of(topology.name)?.values() ?? [])].map((shares) => expected(shares, topology));
    return sumsLater(this.#occupants(node, topology), isLeaving, promised);
  }

  #occupants(node: number, topology: NumatopologyRecord): Occupants {
    const onPaper = this.#onPaper(node, topology);
    const counted = this.#standing(node).filter((task) => !onPaper.includes(task));
    const departed = this.#departures.countedOn(topology.name);
    return { topology, onPaper, counted, departed, occupantOf: (task) => this.#occupant(task, topology.name) };
  }

  #onPaper(node: number, topology: NumatopologyRecord): readonly Task[] {
    const placed = [...(this.#placed.get(node) ?? [])].filter(({ status }) => status === TaskStatus.Allocated);
    return [...placed, ...onPaper(topology, this.#standing(node), this.#departures.cpus(topology.name))];
  }

  /** Those that a kubelet gives something for themselves, in about the order in which it took them. */
  #standing(node: number): readonly Task[] {
    const standing: Task[] = [];
    if (node < 0) return standing;
    for (let task = this.#ledgers.tasks.first(node); task !== undefined; task = task.nextOnNode) {
      if (task.record.numa !== undefined) standing.push(task);
    }
    return standing.toReversed().toSorted((a, b) => age(a.status) - age(b.status));
  }
}

const NOWHERE: Holding = new Map();

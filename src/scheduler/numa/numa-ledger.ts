import type { NumatopologyRecord, PodNuma, ZoneShare } from '../../api/records/numa-records.ts';
import type { NodeTasks } from '../ledger/node-tasks.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { admission } from './admission.ts';
import type { Admission } from './admission.ts';
import type { ZoneRoom } from './zone-hints.ts';

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
}

interface Ledgers {
  readonly nodes: NodeTable;
  readonly tasks: NodeTasks;
  /** Another answer is due about the node, although it holds what it held. */
  readonly touch: (node: number) => void;
}

/**
 * What is free on each zone of each node: what was published, less what pods hold on paper, which the publication does not
 * know yet. It is worked out when somebody asks, and kept until the node's tasks or its Numatopology are others.
 */
export class NumaLedger {
  /** Some node tells its zones; none: policies mean nothing, and all of this costs one comparison. */
  isUsed = false;
  /** Policies are minded: pods that have one are promised shares. */
  isMinded = false;
  /** Grows with every publication. */
  version = 0;
  readonly #ledgers: Ledgers;
  readonly #published = new Map<string, NumatopologyRecord>();
  readonly #rooms = new Map<number, ZoneRoom>();
  readonly #promised = new Map<Task, Promised>();
  #promises = 0;
  /** Placed by an open statement: they enter the lists of nodes when it commits. */
  readonly #placed = new Map<number, Set<Task>>();
  /** CPUs of tasks that left the node since its publication, which may count them still. */
  readonly #departed = new Map<string, number>();
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
    this.#changed(record.name);
  }

  withdraw(name: string): void {
    if (this.#published.delete(name)) this.#changed(name);
    this.isUsed = this.#published.size > 0;
  }

  /** What the node tells. */
  topologyOf(node: number): NumatopologyRecord | undefined {
    return this.#published.get(this.#ledgers.nodes.records[node]?.name ?? '');
  }

  /** What the pod would get on the node now; undefined where the node tells nothing. */
  admission(pod: PodNuma, node: number): Admission | undefined {
    const topology = this.topologyOf(node);
    return topology && admission(pod, topology, this.#roomOf(node, topology));
  }

  /** A statement gives the task a place, with what it is expected to get there, or takes it back. */
  place(task: Task, node: number, sign: 1 | -1): void {
    if (task.record.numa === undefined) return;
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

  /** Promises the task what its kubelet would give it now. Nobody is kept from a node here: the kubelet has the last word. */
  choose(task: Task, node: number): void {
    const { numa } = task.record;
    if (!this.isMinded || numa === undefined || numa.policy === 'none') return;
    const chosen = this.admission(numa, node);
    const name = this.#ledgers.nodes.records[node]?.name;
    if (chosen?.kind !== 'admitted' || name === undefined) return;
    this.#promises += 1;
    this.#promised.set(task, { node: name, shares: chosen.shares, order: this.#promises });
  }

  /** The place was given back, or the pod is gone. */
  drop(task: Task): void {
    if (this.#promised.delete(task)) this.#uncertain.delete(task);
  }

  /** A task comes to a node, or leaves it. */
  charge(task: Task, node: number, sign: 1 | -1): void {
    const { numa } = task.record;
    if (numa === undefined) return;
    this.#rooms.delete(node);
    const name = this.#ledgers.nodes.records[node]?.name ?? '';
    const isBack = sign === 1 && this.#leaver?.task === task && this.#leaver.node === name;
    if (!isBack) this.#depart();
    this.#leaver = sign === -1 ? { task, node: name, status: task.status, order: this.#orderOf(task) } : undefined;
  }

  /** For a decision; undefined when nothing is expected. */
  choiceOf(task: Task): readonly ZoneShare[] | undefined {
    return this.isUsed ? this.#promised.get(task)?.shares : undefined;
  }

  /** The nodes are others: tasks are charged anew. */
  reset(): void {
    this.version += 1;
    this.#rooms.clear();
    this.#placed.clear();
  }

  #changed(name: string): void {
    this.version += 1;
    this.#departed.delete(name);
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
    const numa = leaver?.task.record.numa;
    if (leaver === undefined || numa === undefined || topology === undefined) return;
    const node = this.#ledgers.nodes.indexOf(leaver.node);
    if (leaver.status === TaskStatus.Binding) {
      this.#waver(node, leaver.order);
      return;
    }
    for (const other of this.#standing(node)) if (age(other.status) > 0) this.#uncertain.add(other);
    this.#departed.set(leaver.node, (this.#departed.get(leaver.node) ?? 0) + (wholeOf(numa).get('cpu') ?? 0));
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
    const room = new Map([...topology.amounts].map(([resource, { free }]) => [resource, [...free]]));
    for (const task of this.#onPaper(node, topology)) this.#charge(room, task, topology);
    for (const free of room.values()) free.forEach((amount, place) => (free[place] = Math.max(0, amount)));
    this.#rooms.set(node, room);
    return room;
  }

  /** A pod of which nobody knows on which zones it is may be on any. */
  #charge(room: ReadonlyMap<string, number[]>, task: Task, { name, zones }: NumatopologyRecord): void {
    const { numa } = task.record;
    if (numa === undefined) return;
    const promised = this.#promised.get(task);
    const isKnown = promised?.node === name && !this.#uncertain.has(task);
    const known = new Map(promised?.shares.map(({ zone, amounts }) => [zone, amounts]));
    const whole = wholeOf(numa);
    for (const [resource, free] of room) {
      zones.forEach((zone, place) => {
        const held = isKnown ? known.get(zone) : whole;
        free[place] = (free[place] ?? 0) - (held?.get(resource) ?? 0);
      });
    }
  }

  /**
   * Tasks that the publication does not count. Where it names who has CPUs, those that it does not name. Else as many of the
   * latest as it has too few CPUs in use for, those of pods that left since it was written taken off.
   */
  #onPaper(node: number, topology: NumatopologyRecord): readonly Task[] {
    const standing = this.#standing(node);
    const placed = [...(this.#placed.get(node) ?? [])].filter(({ status }) => isPlaced(status));
    const { holders } = topology;
    if (holders !== undefined) {
      return [...placed, ...standing.filter(({ uid, record }) => !holders.has(uid) && !holders.has(record.key))];
    }
    let told = usedCpus(topology) - (this.#departed.get(topology.name) ?? 0);
    return [
      ...placed,
      ...standing.filter(({ record: { numa }, status }) => {
        const cpus = numa === undefined ? 0 : (wholeOf(numa).get('cpu') ?? 0);
        if (cpus === 0) return status !== TaskStatus.Running;
        told -= cpus;
        return told < 0;
      }),
    ];
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

/** The later ones are larger. */
function age(status: TaskStatus): number {
  if (status === TaskStatus.Binding) return 2;
  return status === TaskStatus.Bound ? 1 : 0;
}

function isPlaced(status: TaskStatus): boolean {
  return status === TaskStatus.Allocated || status === TaskStatus.Pipelined;
}

/** CPUs that somebody has for himself, in milli. */
function usedCpus({ amounts }: NumatopologyRecord): number {
  const cpus = amounts.get('cpu');
  return cpus === undefined ? 0 : sumOf(cpus.assignable) - sumOf(cpus.free);
}

/** What the pod has in all: what a start-up step had is there for the containers after it. */
function wholeOf({ containers }: PodNuma): ReadonlyMap<string, number> {
  const running = new Map<string, number>();
  for (const { isStep, amounts } of containers) {
    if (!isStep) for (const [resource, amount] of amounts) running.set(resource, (running.get(resource) ?? 0) + amount);
  }
  for (const { isStep, amounts } of containers) {
    if (isStep)
      for (const [resource, amount] of amounts) running.set(resource, Math.max(running.get(resource) ?? 0, amount));
  }
  return running;
}

function sumOf(amounts: Iterable<number>): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}

import type { NodeRecord } from '../../api/records/node-record.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { MindedRules } from './minded-rules.ts';

/**
 * One column a resource over all nodes. Amounts are whole numbers: milli-CPU, KiB, counts. A resource of which no node
 * offers anything has none: no node can hold it, and anybody may write a name of his own.
 */
type Column = Float64Array | undefined;

const NO_NODES = new Float64Array(0);
const UNKNOWN = 0;
const TWIN = 1;
const OTHER = 2;

/**
 * The nodes as struct of arrays, sorted by name: index order is name order, so a tie is broken by the lower index.
 * `idle` goes negative when others overcommit a node; nothing fits there then.
 */
export class NodeTable {
  records: NodeRecord[] = [];
  readonly minded: MindedRules;
  readonly allocatable: Column[] = [];
  readonly idle: Column[] = [];
  /** Held by pods that are being deleted. */
  readonly releasing: Column[] = [];
  /** Promised to pipelined tasks, out of `releasing` first. */
  readonly pipelined: Column[] = [];
  /** What may be given away now: `idle` less what is promised beyond `releasing`. */
  readonly available: Column[] = [];
  /** Sum of the allocatable column of each resource. */
  readonly totals: number[] = [];
  /** Whether a node's amounts equal those of the node before it, as far as somebody asked since they changed. */
  #twins = new Uint8Array(0);
  readonly #largest: (number | undefined)[] = [];
  /** Resources that have columns. */
  #offered: number[] = [];
  /** How many nodes offer some of each resource. */
  readonly #offering: number[] = [];
  readonly #indices = new Map<string, number>();
  readonly #resources: ResourceTable;

  constructor(resources: ResourceTable, minded = new MindedRules()) {
    this.#resources = resources;
    this.minded = minded;
  }

  get count(): number {
    return this.records.length;
  }

  /** Indices of the resources of which some node offers some. */
  get offered(): readonly number[] {
    return this.#offered;
  }

  /** Some node offers some of the resource. */
  offers(resource: number): boolean {
    return this.allocatable[resource] !== undefined;
  }

  /** Nothing that the record offers is new: else all tasks are to be charged anew, and `reset` has to be called. */
  knowsAllOf({ allocatable }: NodeRecord): boolean {
    for (const [name, amount] of allocatable) {
      if (amount > 0 && !this.offers(this.#resources.find(name) ?? -1)) return false;
    }
    return true;
  }

  indexOf(name: string): number {
    return this.#indices.get(name) ?? -1;
  }

  /** Replaces all nodes; every node is idle afterwards, the caller charges the tasks anew. O(nodes x resources). */
  reset(records: Iterable<NodeRecord>): void {
    this.records = [...records].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#indices.clear();
    this.records.forEach((record, index) => this.#indices.set(record.name, index));
    for (const columns of this.#columns()) columns.length = 0;
    for (const perResource of [this.totals, this.#offered, this.#offering]) perResource.length = 0;
    this.#twins = new Uint8Array(this.records.length + 1);
    for (const { allocatable } of this.records) {
      for (const [name, amount] of allocatable) if (amount > 0) this.#ensureColumns(this.#resources.intern(name));
    }
    this.records.forEach((record, index) => this.#setAllocatable(index, record));
  }

  /** Takes a newer record of a node that is known already; it offers no resource that no node offered before. */
  update(index: number, record: NodeRecord): void {
    this.records[index] = record;
    this.#setAllocatable(index, record);
    if (this.#offered.some((r) => this.#offering[r] === 0)) this.#dropColumns();
  }

  /** Takes room for so many tasks of the class on a node, or below zero gives it back. O(requested resources). */
  charge(index: number, taskClass: TaskClass, tasks: number): void {
    add(this.idle, index, taskClass, -tasks);
    this.#refresh(index, taskClass.resources);
  }

  chargeReleasing(index: number, taskClass: TaskClass, sign: 1 | -1): void {
    add(this.releasing, index, taskClass, sign);
    this.#refresh(index, taskClass.resources);
  }

  chargePipelined(index: number, amounts: Pick<TaskClass, 'resources' | 'amounts'>, sign: 1 | -1): void {
    add(this.pipelined, index, amounts, sign);
    this.#refresh(index, amounts.resources);
  }

  /** Index after the last of the nodes from this one on that hold and offer the same of everything. O(1) a node, for those that changed since O(resources). */
  endOfTwins(from: number): number {
    const twins = this.#twins;
    let at = from + 1;
    while (at < this.count && (twins[at] === TWIN || (twins[at] === UNKNOWN && this.#readTwin(at)))) at += 1;
    return at;
  }

  #readTwin(index: number): boolean {
    const isTwin = this.#equalsNodeBefore(index);
    this.#twins[index] = isTwin ? TWIN : OTHER;
    return isTwin;
  }

  #equalsNodeBefore(index: number): boolean {
    for (const r of this.#offered) {
      const [offered, idle, available] = [this.allocatable[r], this.idle[r], this.available[r]];
      if (offered?.[index] !== offered?.[index - 1] || idle?.[index] !== idle?.[index - 1]) return false;
      if (available?.[index] !== available?.[index - 1]) return false;
    }
    return true;
  }

  /** The class's requests are free on the node now, and promised to nobody. */
  fits(index: number, taskClass: TaskClass): boolean {
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      const column = this.available[resources[i] ?? 0];
      if (column === undefined || (column[index] ?? 0) < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  /** The class's requests will be free once pods that are being deleted are gone (Volcano's FutureIdle). */
  fitsFuture(index: number, taskClass: TaskClass): boolean {
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      if (this.future(index, resources[i] ?? 0) < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  /** `fits`, if one task's worth of what is promised on the node were not; the class's requests are among it. */
  fitsBesideOne(index: number, taskClass: TaskClass): boolean {
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const asked = amounts[i] ?? 0;
      const idle = this.idle[r]?.[index];
      if (idle === undefined) return false;
      const beyond = (this.pipelined[r]?.[index] ?? 0) - asked - (this.releasing[r]?.[index] ?? 0);
      if (idle - Math.max(0, beyond) < asked) return false;
    }
    return true;
  }

  /** `fitsFuture` in the same case. */
  fitsFutureBesideOne(index: number, taskClass: TaskClass): boolean {
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      if (this.future(index, r) < (this.offers(r) ? 0 : (amounts[i] ?? 0))) return false;
    }
    return true;
  }

  /** What of a resource will be free, and promised to nobody, once pods that are being deleted are gone. */
  future(index: number, resource: number): number {
    const idle = this.idle[resource]?.[index] ?? 0;
    return idle + (this.releasing[resource]?.[index] ?? 0) - (this.pipelined[resource]?.[index] ?? 0);
  }

  /** How many tasks of the class the node could hold if nothing else were there. O(requested resources). */
  holdsWhenEmpty(index: number, taskClass: TaskClass): number {
    const { resources, amounts, shape } = taskClass;
    let tasks = this.minded.mostOnOneNode(shape);
    for (let i = 0; i < resources.length; i += 1) {
      const room = this.allocatable[resources[i] ?? 0]?.[index] ?? 0;
      tasks = Math.min(tasks, Math.floor(room / (amounts[i] ?? 1)));
    }
    return tasks;
  }

  /** The most that one node offers of the resource. O(nodes) after a change of what nodes offer, else O(1). */
  largest(resource: number): number {
    const column = this.allocatable[resource];
    if (column === undefined) return 0;
    let most = this.#largest[resource];
    if (most === undefined) {
      most = 0;
      for (const amount of column) if (amount > most) most = amount;
      this.#largest[resource] = most;
    }
    return most;
  }

  /** What pods hold of the resource beyond what their nodes offer: devices broke under them. O(nodes). */
  heldBeyond(resource: number): number {
    let sum = 0;
    for (const idle of this.idle[resource] ?? NO_NODES) if (idle < 0) sum -= idle;
    return sum;
  }

  #setAllocatable(index: number, record: NodeRecord): void {
    this.#largest.length = 0;
    for (const r of this.#offered) {
      const next = this.#resources.counted(r, record.allocatable.get(this.#resources.name(r)) ?? 0);
      const allocatable = this.allocatable[r];
      const idle = this.idle[r];
      if (allocatable === undefined || idle === undefined) continue;
      const before = allocatable[index] ?? 0;
      const change = next - before;
      this.#offering[r] = (this.#offering[r] ?? 0) + Number(next > 0) - Number(before > 0);
      idle[index] = (idle[index] ?? 0) + change;
      this.totals[r] = (this.totals[r] ?? 0) + change;
      allocatable[index] = next;
      this.#twins[index] = UNKNOWN;
      this.#twins[index + 1] = UNKNOWN;
      this.#refreshOne(index, r);
    }
  }

  #refresh(index: number, resources: Int32Array): void {
    this.#twins[index] = UNKNOWN;
    this.#twins[index + 1] = UNKNOWN;
    for (let i = 0; i < resources.length; i += 1) this.#refreshOne(index, resources[i] ?? 0);
  }

  #refreshOne(index: number, resource: number): void {
    const available = this.available[resource];
    if (available === undefined) return;
    const beyond = (this.pipelined[resource]?.[index] ?? 0) - (this.releasing[resource]?.[index] ?? 0);
    available[index] = (this.idle[resource]?.[index] ?? 0) - (beyond > 0 ? beyond : 0);
  }

  #columns(): readonly Column[][] {
    return [this.allocatable, this.idle, this.releasing, this.pipelined, this.available];
  }

  #ensureColumns(resource: number): void {
    if (this.offers(resource)) return;
    // Without gaps: an array with large ones is kept as a dictionary, which is slow to read.
    for (const columns of this.#columns()) while (columns.length <= resource) columns.push(undefined);
    for (const sums of [this.totals, this.#offering]) while (sums.length <= resource) sums.push(0);
    for (const columns of this.#columns()) columns[resource] = new Float64Array(this.records.length);
    this.#offered.push(resource);
  }

  /** What tasks hold of a resource that no node offers any more is charged anew when one offers it again. */
  #dropColumns(): void {
    for (const r of this.#offered) {
      if (this.#offering[r] === 0) for (const columns of this.#columns()) columns[r] = undefined;
    }
    this.#offered = this.#offered.filter((r) => this.offers(r));
  }
}

function add(
  columns: readonly Column[],
  index: number,
  { resources, amounts }: Pick<TaskClass, 'resources' | 'amounts'>,
  times: number,
): void {
  for (let i = 0; i < resources.length; i += 1) {
    const column = columns[resources[i] ?? 0];
    if (column !== undefined) column[index] = (column[index] ?? 0) + times * (amounts[i] ?? 0);
  }
}

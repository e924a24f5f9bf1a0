import type { NodeRecord } from '../../api/records/node-record.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { ResourceTable } from '../model/resource-table.ts';

/** One column a resource over all nodes. Amounts are whole numbers: milli-CPU, KiB, counts. */
type Column = Float64Array;

const UNKNOWN = 0;
const TWIN = 1;
const OTHER = 2;

/**
 * The nodes as struct of arrays, sorted by name: index order is name order, so a tie is broken by the lower index.
 * `idle` goes negative when others overcommit a node; nothing fits there then.
 */
export class NodeTable {
  records: NodeRecord[] = [];
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
  readonly #indices = new Map<string, number>();
  readonly #resources: ResourceTable;

  constructor(resources: ResourceTable) {
    this.#resources = resources;
  }

  get count(): number {
    return this.records.length;
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
    this.totals.length = 0;
    this.#twins = new Uint8Array(this.records.length + 1);
    for (const record of this.records) for (const name of record.allocatable.keys()) this.#resources.intern(name);
    this.#ensureColumns();
    this.records.forEach((record, index) => this.#setAllocatable(index, record));
  }

  /** Takes a newer record of a node that is known already. */
  update(index: number, record: NodeRecord): void {
    for (const name of record.allocatable.keys()) this.#resources.intern(name);
    this.#ensureColumns();
    this.records[index] = record;
    this.#setAllocatable(index, record);
  }

  /** Adds (sign 1) or returns (sign -1) the class's requests on a node. O(requested resources). */
  charge(index: number, taskClass: TaskClass, sign: 1 | -1): void {
    this.#ensureColumns();
    add(this.idle, index, taskClass, -sign);
    this.#refresh(index, taskClass.resources);
  }

  chargeReleasing(index: number, taskClass: TaskClass, sign: 1 | -1): void {
    this.#ensureColumns();
    add(this.releasing, index, taskClass, sign);
    this.#refresh(index, taskClass.resources);
  }

  chargePipelined(index: number, taskClass: TaskClass, sign: 1 | -1): void {
    this.#ensureColumns();
    add(this.pipelined, index, taskClass, sign);
    this.#refresh(index, taskClass.resources);
  }

  /** True when the node before it holds and offers the same of everything. O(resources), O(1) when asked again. */
  isTwin(index: number): boolean {
    const known = this.#twins[index];
    if (known !== UNKNOWN) return known === TWIN;
    const isTwin = index > 0 && this.#equalsNodeBefore(index);
    this.#twins[index] = isTwin ? TWIN : OTHER;
    return isTwin;
  }

  #equalsNodeBefore(index: number): boolean {
    for (let r = 0; r < this.idle.length; r += 1) {
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

  /** What of a resource will be free, and promised to nobody, once pods that are being deleted are gone. */
  future(index: number, resource: number): number {
    const idle = this.idle[resource]?.[index] ?? 0;
    return idle + (this.releasing[resource]?.[index] ?? 0) - (this.pipelined[resource]?.[index] ?? 0);
  }

  /** How many tasks of the class the node could hold if nothing else were there. O(requested resources). */
  holdsWhenEmpty(index: number, taskClass: TaskClass): number {
    const { resources, amounts } = taskClass;
    let tasks = Infinity;
    for (let i = 0; i < resources.length; i += 1) {
      const room = this.allocatable[resources[i] ?? 0]?.[index] ?? 0;
      tasks = Math.min(tasks, Math.floor(room / (amounts[i] ?? 1)));
    }
    return tasks;
  }

  /** The most that one node offers of the resource. O(nodes) after a change of what nodes offer, else O(1). */
  largest(resource: number): number {
    let most = this.#largest[resource];
    if (most === undefined) {
      most = 0;
      for (const amount of this.allocatable[resource] ?? []) if (amount > most) most = amount;
      this.#largest[resource] = most;
    }
    return most;
  }

  #setAllocatable(index: number, record: NodeRecord): void {
    this.#largest.length = 0;
    for (let r = 0; r < this.allocatable.length; r += 1) {
      const next = this.#resources.counted(r, record.allocatable.get(this.#resources.name(r)) ?? 0);
      const allocatable = this.allocatable[r];
      const idle = this.idle[r];
      if (allocatable === undefined || idle === undefined) continue;
      const change = next - (allocatable[index] ?? 0);
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

  #ensureColumns(): void {
    for (let r = this.idle.length; r < this.#resources.size; r += 1) {
      for (const columns of this.#columns()) {
        columns.push(new Float64Array(this.records.length));
      }
      this.totals.push(0);
    }
  }
}

function add(columns: readonly Column[], index: number, taskClass: TaskClass, sign: number): void {
  const { resources, amounts } = taskClass;
  for (let i = 0; i < resources.length; i += 1) {
    const column = columns[resources[i] ?? 0];
    if (column !== undefined) column[index] = (column[index] ?? 0) + sign * (amounts[i] ?? 0);
  }
}

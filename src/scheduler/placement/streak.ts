import type { TaskClass } from '../model/task-class.ts';
import type { NodeTable } from './node-table.ts';

/** Most that is thought ahead. */
const MOST_TASKS = 256;

/**
 * How many tasks of one class a node takes in a row without a worse score for the next one: as long as it was the best node for the first
 * of them, it is the best for them all. That follows from what the node holds alone, so it is thought through once for nodes that
 * hold equal amounts, or will once they hold some of these tasks more.
 */
export class Streak {
  readonly #class: TaskClass;
  readonly #nodes: NodeTable;
  /** Of the node as it was before the first task: what it offers, what is idle and what is available, resource by resource. */
  readonly #start: number[] = [];
  #base = NaN;
  #length = 0;

  constructor(taskClass: TaskClass, nodes: NodeTable) {
    this.#class = taskClass;
    this.#nodes = nodes;
  }

  /**
   * So many, or more; 1 at least for a node that takes one. `base` is the part of its score that stands whatever it holds, and `scoreOf` the
   * whole, -Infinity where it takes none. O(resources), for other amounts than before O(tasks x plugins).
   */
  from(node: number, base: number, scoreOf: (node: number) => number): number {
    const taken = base === this.#base ? this.#taken(node) : -1;
    if (taken >= 0 && taken < this.#length) return this.#length - taken;
    this.#think(node, base, scoreOf);
    return this.#length;
  }

  /** So many of the tasks the node holds already; -1 when it holds something else. */
  #taken(node: number): number {
    const { offered, idle } = this.#nodes;
    const [first = -1] = this.#class.resources;
    const at = offered.indexOf(first);
    if (at < 0 || this.#start.length !== 3 * offered.length) return -1;
    const taken = ((this.#start[3 * at + 1] ?? 0) - (idle[first]?.[node] ?? 0)) / (this.#class.amounts[0] ?? 0);
    if (taken < 0 || !Number.isInteger(taken)) return -1;
    for (let i = 0; i < offered.length; i += 1) if (!this.#holds(node, i, taken)) return -1;
    return taken;
  }

  /** Of the resource at that place of those that are offered it holds what it held then, and so many tasks more. */
  #holds(node: number, i: number, tasks: number): boolean {
    const { offered, allocatable, idle, available } = this.#nodes;
    const r = offered[i] ?? 0;
    const held = tasks * this.#class.amountOf(r);
    if (allocatable[r]?.[node] !== this.#start[3 * i]) return false;
    if ((idle[r]?.[node] ?? 0) + held !== this.#start[3 * i + 1]) return false;
    return (available[r]?.[node] ?? 0) + held === this.#start[3 * i + 2];
  }

  /** Amounts are whole numbers: what is charged and given back leaves nothing behind. */
  #think(node: number, base: number, scoreOf: (node: number) => number): void {
    this.#remember(node, base);
    let length = 0;
    let score = scoreOf(node);
    for (let next = score; next >= score && next > -Infinity && length < MOST_TASKS; next = scoreOf(node)) {
      score = next;
      length += 1;
      this.#nodes.charge(node, this.#class, 1);
    }
    this.#nodes.charge(node, this.#class, -length);
    this.#length = length;
  }

  #remember(node: number, base: number): void {
    const { offered, allocatable, idle, available } = this.#nodes;
    this.#base = base;
    this.#start.length = 0;
    for (const r of offered) {
      this.#start.push(allocatable[r]?.[node] ?? 0, idle[r]?.[node] ?? 0, available[r]?.[node] ?? 0);
    }
  }
}

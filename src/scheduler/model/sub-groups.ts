import { subGroupKey, subGroupOf } from '../../api/records/sub-group-policy.ts';
import type { SubGroupPolicyRecord } from '../../api/records/sub-group-policy.ts';
import { SubGroup, SubGroupKind } from './sub-group.ts';
import type { Task } from './task.ts';

/** The parts of a group that has policies for them; most groups have none. */
export class SubGroups {
  readonly kinds: readonly SubGroupKind[];
  readonly #policies: readonly SubGroupPolicyRecord[];
  readonly #parts = new Map<string, SubGroup>();
  readonly #partOf = new Map<Task, SubGroup>();

  constructor(policies: readonly SubGroupPolicyRecord[]) {
    this.#policies = policies;
    this.kinds = policies.map((policy) => new SubGroupKind(policy));
  }

  /** Undefined when there are no policies. */
  static of(policies: readonly SubGroupPolicyRecord[]): SubGroups | undefined {
    return policies.length === 0 ? undefined : new SubGroups(policies);
  }

  partOf(task: Task): SubGroup | undefined {
    return this.#partOf.get(task);
  }

  all(): Iterable<SubGroup> {
    return this.#parts.values();
  }

  /** The task is of the part that its labels say; it counts nowhere yet. */
  enter(task: Task): void {
    const name = subGroupOf(this.#policies, task.record.labels);
    const kind = name && this.kinds[name.policy];
    if (name === undefined || kind === undefined) return;
    const key = subGroupKey(name);
    let part = this.#parts.get(key);
    if (part === undefined) this.#parts.set(key, (part = new SubGroup(kind)));
    part.tasks.add(task);
    this.#partOf.set(task, part);
  }

  /** The task counts nowhere any more, but its labels are as they were when it came. */
  leave(task: Task): void {
    const part = this.#partOf.get(task);
    if (part === undefined) return;
    this.#partOf.delete(task);
    part.tasks.delete(task);
    if (part.tasks.size > 0) return;
    const name = subGroupOf(this.#policies, task.record.labels);
    if (name !== undefined) this.#parts.delete(subGroupKey(name));
  }

  /** Of each policy so many parts are whole as must be. O(policies). */
  hasMinimum(): boolean {
    for (const { whole, policy } of this.kinds) if (whole < policy.minSubGroups) return false;
    return true;
  }

  /** The same with promised room. */
  isPlaced(): boolean {
    for (const { placed, policy } of this.kinds) if (placed < policy.minSubGroups) return false;
    return true;
  }

  /** Some part got places, and too few of them. O(policies). */
  hasHalves(): boolean {
    for (const { halves } of this.kinds) if (halves > 0) return true;
    return false;
  }

  hasPromisedHalves(): boolean {
    for (const { promisedHalves } of this.kinds) if (promisedHalves > 0) return true;
    return false;
  }

  /** Parts of the policy that have pods enough. O(parts). */
  possible(kind: SubGroupKind): number {
    let count = 0;
    for (const part of this.#parts.values()) if (part.kind === kind && part.valid() >= part.size) count += 1;
    return count;
  }

  /** Of some policy there are too few such parts. */
  lacksPods(): boolean {
    return this.kinds.some((kind) => this.possible(kind) < kind.policy.minSubGroups);
  }

  /** Pods that have to find room, at least, before parts enough of the policy are whole. O(parts) while some lack. */
  missing(kind: SubGroupKind): number {
    const lacking = kind.policy.minSubGroups - kind.whole;
    return lacking > 0 ? this.#cheapest(kind, lacking) : 0;
  }

  /** The same for all policies. */
  missingOfAll(): number {
    let sum = 0;
    for (const kind of this.kinds) sum += this.missing(kind);
    return sum;
  }

  /** Fewest pods of which all have to find room so that one more part is whole; undefined when none could be. O(parts). */
  leastStep(): number | undefined {
    let least: number | undefined;
    for (const part of this.#parts.values()) {
      if (part.isWhole() || part.valid() < part.size) continue;
      least = Math.min(least ?? Infinity, part.missing());
    }
    return least;
  }

  #cheapest(kind: SubGroupKind, parts: number): number {
    const costs: number[] = [];
    for (const part of this.#parts.values()) if (part.kind === kind && !part.isWhole()) costs.push(part.missing());
    costs.sort((a, b) => a - b);
    let sum = kind.policy.size * Math.max(0, parts - costs.length);
    for (const cost of costs.slice(0, parts)) sum += cost;
    return sum;
  }
}

import type { SubGroupPolicyRecord } from '../../api/records/sub-group-policy.ts';
import { TaskStatus } from './task-status.ts';
import type { Task } from './task.ts';
import { TaskCounts } from './task-counts.ts';

/** How many of the parts of one policy stand where; kept by the parts themselves. */
export class SubGroupKind {
  readonly policy: SubGroupPolicyRecord;
  /** Parts of which so many pods are ready as the policy asks for. */
  whole = 0;
  /** The same, promised room counted. */
  placed = 0;
  /** Parts that got places by an open statement, and too few: to be committed they must not be. */
  halves = 0;
  /** The same, promised room counted. */
  promisedHalves = 0;

  constructor(policy: SubGroupPolicyRecord) {
    this.policy = policy;
  }
}

/** One part of a gang: of its pods so many are placed together or none (Volcano's sub-group). */
export class SubGroup extends TaskCounts {
  readonly kind: SubGroupKind;
  /** In no order that means anything. */
  readonly tasks = new Set<Task>();

  constructor(kind: SubGroupKind) {
    super();
    this.kind = kind;
  }

  get size(): number {
    return this.kind.policy.size;
  }

  /** More of its pods must find room before it is of use. */
  missing(): number {
    return Math.max(0, this.size - this.ready());
  }

  isWhole(): boolean {
    return this.ready() >= this.size;
  }

  /** Some of its pods have places, and too few: it lost others. */
  isTorn(): boolean {
    return this.placed() > 0 && this.placed() < this.size;
  }

  override shift(status: TaskStatus, by: number): void {
    this.#tell(-1);
    super.shift(status, by);
    this.#tell(1);
  }

  #tell(by: number): void {
    const { kind } = this;
    const isWhole = this.ready() >= this.size;
    const isPlaced = this.placed() >= this.size;
    const open = this.count(TaskStatus.Allocated);
    if (isWhole) kind.whole += by;
    else if (open > 0) kind.halves += by;
    if (isPlaced) kind.placed += by;
    else if (open + this.count(TaskStatus.Pipelined) > 0) kind.promisedHalves += by;
  }
}

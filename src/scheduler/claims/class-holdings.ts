import type { PodDeviceClaim } from '../../api/records/device-records.ts';
import { countedClass } from '../../api/devices/counted-class.ts';
import type { IndexedAmounts, Needs, TaskClass } from '../model/task-class.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { ClassTotals } from './class-totals.ts';
import { claimAmounts } from './claim-amounts.ts';
import { applyCharge, chargeTo, isChargedTo } from './claim-charge.ts';
import type { Charge } from './claim-charge.ts';
import { countedNames, NOTHING_COUNTED } from './counted-names.ts';
import { KeptClaims } from './kept-claims.ts';
import { NOTHING, podAmounts } from './pod-amounts.ts';
import type { DeviceAllocation, DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { DeviceFacts } from './device-facts.ts';

interface Held {
  readonly queue: Queue;
  readonly claims: readonly PodDeviceClaim[];
  /** What it asks of nodes, under the names that are counted. */
  readonly pod: IndexedAmounts;
}

type AllocationOf = (claim: DeviceClaimRecord) => DeviceAllocation | undefined;

const NOBODY: ReadonlySet<Task> = new Set();

/**
 * What queues hold of DeviceClasses that some queue's amounts name, by the claims of pods that hold a node: `claimed` and
 * `claimedBelow` of the queues. A claim counts once in each queue, however many pods of it, or of those below, share it. While no queue
 * names a class, all of this is one comparison for each pod.
 */
export class ClassHoldings {
  #names = NOTHING_COUNTED;
  readonly #resources: ResourceTable;
  readonly #facts: DeviceFacts;
  readonly #allocationOf: AllocationOf;
  readonly #held = new Map<Task, Held>();
  /** Of them, those on their way out. */
  readonly #leaving = new Set<Task>();
  /** By claim: who uses it, and for which queue. */
  readonly #users = new Map<string, Map<Task, Queue>>();
  readonly #charges = new Map<string, Charge>();
  /** Of rooms that are kept for pods. */
  readonly kept = new KeptClaims({
    amountsOf: (key) => this.#amountsOf(key),
    holdersOf: (key) => new Set(this.holdersOf(key)),
  });
  #ofPods = new WeakMap<TaskClass, IndexedAmounts>();
  readonly #totals: ClassTotals;
  #isStale = true;
  /** Of the classes as they were read last. */
  #classes: unknown;

  /** `allocationOf` tells what a claim has, or is promised. */
  constructor(resources: ResourceTable, facts: DeviceFacts, allocationOf: AllocationOf) {
    this.#resources = resources;
    this.#facts = facts;
    this.#totals = new ClassTotals(facts);
    this.#allocationOf = allocationOf;
  }

  /** Some queue names a class. */
  get isUsed(): boolean {
    return this.#names.all.length > 0;
  }

  /** Indices under which devices of classes are counted. */
  get counted(): readonly number[] {
    return this.#names.all;
  }

  /** Queues, what they name or how they hang together changed: all is counted anew before it is looked at. */
  forget(): void {
    this.#isStale = true;
  }

  /** Counts anew where that is due; `holders` are all tasks that hold a node for a queue. Between cycles only. */
  settle(queues: ReadonlyMap<string, Queue>, holders: () => Iterable<readonly [Task, Queue]>): void {
    const { extendedResources } = this.#facts;
    if (!this.#isStale && this.#classes === extendedResources) return;
    this.#isStale = false;
    this.#classes = extendedResources;
    const wasUsed = this.isUsed;
    this.#names = countedNames(queues.values(), this.#resources, this.#facts);
    this.#ofPods = new WeakMap();
    if (!wasUsed && !this.isUsed) return;
    for (const ledger of [this.#held, this.#leaving, this.#users, this.#charges]) ledger.clear();
    this.kept.forget();
    for (const queue of queues.values()) {
      queue.claimed.length = 0;
      queue.claimedBelow.length = 0;
      queue.keptClaims.length = 0;
      queue.keptClaimsBelow.length = 0;
      queue.markDirty();
    }
    if (this.isUsed) for (const [task, queue] of holders()) this.move(task, queue, 1);
    this.kept.recount();
  }

  /** The task takes a node for the queue, or leaves it. */
  move(task: Task, queue: Queue, sign: 1 | -1): void {
    if (!this.isUsed) return;
    if (sign === 1) this.#hold(task, queue);
    else this.#release(task);
  }

  /** The claim has, or is promised, something else. True when some queue holds it. */
  changed(key: string): boolean {
    if (!this.#users.has(key)) {
      this.kept.refresh(key);
      return false;
    }
    this.#recharge(key);
    return true;
  }

  /** How many devices there are under the index: those of its class, where it is the name of one. */
  total(r: number): number {
    const name = this.isUsed ? countedClass(this.#resources.name(r)) : undefined;
    return name === undefined ? 0 : this.#totals.of(name);
  }

  /** Queues that hold the claim, and those above them. */
  holdersOf(key: string): readonly Queue[] {
    const charge = this.#charges.get(key);
    return charge === undefined ? [] : [...charge.own, ...charge.above];
  }

  /**
   * What the queue, with those below it, would hold more under the index if the task took a node: claims that it holds already count once, and so do
   * those that are kept for others of it, unless what is kept is not counted.
   */
  added(task: Task, queue: Queue, r: number, isGranted: boolean): number {
    let sum = amountOf(this.#ofPod(task), r);
    for (const { key } of task.record.deviceClaims) {
      if (this.#isHeldBy(key, queue) || (!isGranted && this.kept.has(key, queue))) continue;
      sum += amountOf(this.#amountsOf(key), r);
    }
    return sum;
  }

  /** What the claims that were made for the task alone take, and it itself asks for, under the index. */
  own(task: Task, r: number): number {
    let sum = task.class.amountOf(r) + amountOf(this.#ofPod(task), r);
    for (const { key, podUid } of task.record.deviceClaims) if (podUid !== '') sum += amountOf(this.#amountsOf(key), r);
    return sum;
  }

  /** All that the task asks of what queues count: of nodes, and by claims that its queue does not hold yet. */
  needs(task: Task, queue: Queue): Needs {
    return this.#with(task, (key) => (this.#isHeldBy(key, queue) ? NOTHING : this.#amountsOf(key)));
  }

  /** The same, but for claims that are kept for others of its queue. */
  needsBesideKept(task: Task, queue: Queue): Needs {
    const isCounted = (key: string): boolean => this.#isHeldBy(key, queue) || this.kept.has(key, queue);
    return this.#with(task, (key) => (isCounted(key) ? NOTHING : this.#amountsOf(key)));
  }

  /** All that the task asks of what queues count, but for claims that others use as well: rooms keep those together (`kept`). */
  ownNeeds(task: Task): Needs {
    const own = new Set(task.record.deviceClaims.flatMap(({ key, podUid }) => (podUid === '' ? [] : [key])));
    return this.#with(task, (key) => (own.has(key) ? this.#amountsOf(key) : NOTHING));
  }

  /** All that its queue holds by the task alone: without it nobody would use these claims. */
  held(task: Task): Needs {
    return this.#with(task, (key) => ((this.#users.get(key)?.size ?? 0) > 1 ? NOTHING : this.#charges.get(key)));
  }

  #with(task: Task, amountsOf: (key: string) => IndexedAmounts | undefined): Needs {
    const { class: taskClass, record } = task;
    const pod = this.#ofPod(task);
    if (!this.isUsed || (record.deviceClaims.length === 0 && pod === NOTHING)) return taskClass;
    const sums: number[] = [];
    addToLedger(sums, taskClass.resources, taskClass.amounts, 1);
    addToLedger(sums, pod.resources, pod.amounts, 1);
    for (const { key } of record.deviceClaims) {
      const { resources, amounts } = amountsOf(key) ?? NOTHING;
      addToLedger(sums, resources, amounts, 1);
    }
    const resources = [...sums.keys()].filter((r) => (sums[r] ?? 0) > 0);
    return { resources, amounts: resources.map((r) => sums[r] ?? 0) };
  }

  #isHeldBy(key: string, queue: Queue): boolean {
    return isChargedTo(this.#charges.get(key), queue);
  }

  /** What is gone from the queue, with those below it, once all are who leave it, and these beside; what the task uses itself stays. */
  freed(task: Task, queue: Queue, r: number, victims = NOBODY): number {
    let sum = 0;
    const goes = (user: Task): boolean => this.#leaving.has(user) || victims.has(user);
    const going = [...new Set([...this.#leaving, ...victims])].flatMap((user) => this.#held.get(user) ?? []);
    for (const { queue: each, pod } of going) if (upFrom(each).includes(queue)) sum += amountOf(pod, r);
    for (const key of new Set(going.flatMap(({ claims }) => claims.map((claim) => claim.key)))) {
      if (task.record.deviceClaims.some((claim) => claim.key === key)) continue;
      if (!this.holdersOf(key).includes(queue)) continue;
      const users = [...(this.#users.get(key) ?? [])].filter(([, each]) => upFrom(each).includes(queue));
      if (users.every(([user]) => goes(user))) sum += amountOf(this.#charges.get(key), r);
    }
    return sum;
  }

  /** Tasks that hold something that is counted. */
  holders(): Iterable<Task> {
    return this.#held.keys();
  }

  /** What these will have under the index when the task comes beside them, whose own claims count with it. */
  ofComing(tasks: readonly Task[], task: Task, r: number): number {
    const keys = new Set(tasks.flatMap(({ record }) => record.deviceClaims.map(({ key }) => key)));
    for (const { key } of task.record.deviceClaims) keys.delete(key);
    let sum = tasks.reduce((all, other) => all + amountOf(this.#ofPod(other), r), 0);
    for (const key of keys) sum += amountOf(this.#amountsOf(key), r);
    return sum;
  }

  #hold(task: Task, queue: Queue): void {
    const { deviceClaims: claims } = task.record;
    const pod = this.#ofPod(task);
    if (claims.length === 0 && pod === NOTHING) return;
    this.#held.set(task, { queue, claims, pod });
    applyCharge(chargeTo([queue], pod), 1);
    if (task.status === TaskStatus.Releasing) this.#leaving.add(task);
    for (const { key } of claims) {
      const users = this.#users.get(key) ?? new Map<Task, Queue>();
      this.#users.set(key, users);
      const isNew = !users.values().some((each) => each === queue);
      users.set(task, queue);
      if (isNew) this.#recharge(key);
    }
  }

  #release(task: Task): void {
    const held = this.#held.get(task);
    if (held === undefined) return;
    this.#held.delete(task);
    this.#leaving.delete(task);
    const { queue, pod } = held;
    applyCharge(chargeTo([queue], pod), -1);
    for (const { key } of held.claims) {
      const users = this.#users.get(key);
      users?.delete(task);
      if (users?.values().some((each) => each === held.queue) !== true) this.#recharge(key);
      if (users?.size === 0) this.#users.delete(key);
    }
  }

  #recharge(key: string): void {
    const before = this.#charges.get(key);
    if (before !== undefined) applyCharge(before, -1);
    const queues = new Set(this.#users.get(key)?.values());
    if (queues.size === 0) this.#charges.delete(key);
    else {
      const charge = chargeTo(queues, this.#amountsOf(key));
      this.#charges.set(key, charge);
      applyCharge(charge, 1);
    }
    this.kept.refresh(key);
  }

  #amountsOf(key: string): IndexedAmounts {
    const claim = this.#facts.claims.get(key);
    return claim === undefined ? NOTHING : claimAmounts(claim, this.#allocationOf(claim), this.#names, this.#facts);
  }

  /** What the task asks of nodes, under the names that are counted. */
  #ofPod({ class: taskClass }: Task): IndexedAmounts {
    if (!this.isUsed) return NOTHING;
    let known = this.#ofPods.get(taskClass);
    if (known === undefined) {
      known = podAmounts(taskClass, this.#names, this.#facts.extendedResources, this.#resources);
      this.#ofPods.set(taskClass, known);
    }
    return known;
  }
}

function amountOf(amounts: IndexedAmounts | undefined, r: number): number {
  const at = amounts?.resources.indexOf(r) ?? -1;
  return at < 0 ? 0 : (amounts?.amounts[at] ?? 0);
}

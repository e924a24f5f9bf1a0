import type { EvictingAction } from '../../../src/config/policy.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { PlainAdmission } from './plain-admission.ts';
import { PlainBranchGuarantees } from './plain-branch-guarantees.ts';
import { hasClaim, reclaimable } from './plain-claims.ts';
import type { Claim, ClaimLevel } from './plain-claims.ts';
import { cutWithinBranches, partOf, pour, setFloors } from './plain-filling.ts';
import type { Amounts, Part } from './plain-filling.ts';
import { placesFor } from './plain-demand.ts';
import { PLAINLY } from './plain-room.ts';
import type { PlainWorld, Refused, Room } from './plain-world.ts';
import { asks, CLOSE, isBestEffort, rolesOf, sum } from './plain-world.ts';

/** Weighted shares as decisions 0016, 0017, 0021 and 0142 tell them, worked out anew for a turn. */
export class PlainShares extends PlainAdmission {
  readonly #parts: ReadonlyMap<string, Part>;

  constructor(world: PlainWorld, evicting: readonly EvictingAction[]) {
    super(world, evicting);
    const guarantees = new PlainBranchGuarantees(world);
    this.#parts = new Map(
      [...world.records.queues.values()].map((queue) => {
        const limit = new Map(world.resources.map((r) => [r, guarantees.limit(queue, r)]));
        return [queue.name, partOf(queue, guarantees.own(queue), limit)];
      }),
    );
    for (const part of this.#all) for (const r of world.resources) part.request.set(r, this.#requestOf(part, r));
    guarantees.handDown(this.#all);
    for (const r of world.resources) setFloors(world, this.#all, r);
    for (const r of world.resources) pour(world, this.#all, r);
    for (const r of world.resources) cutWithinBranches(world, this.#all, r);
    this.readPromises();
    this.#findStuck();
  }

  get #all(): readonly Part[] {
    return [...this.#parts.values()];
  }

  #part({ name }: QueueRecord): Part {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`no queue ${name}`);
    return part;
  }

  limit(queue: QueueRecord): ReadonlyMap<string, number> {
    return this.#part(queue).limit;
  }

  branchLimit(queue: QueueRecord, r: string): number {
    return this.world.capability(queue, r);
  }

  /** Of two queues the one of higher priority, then who does not borrow, then the smaller share; of borrowers who waits longest. */
  compare(a: QueueRecord, b: QueueRecord): number {
    const [first, second] = [this.#part(a), this.#part(b)];
    const order =
      b.priority - a.priority ||
      Number(first.isStuck) - Number(second.isStuck) ||
      this.#share(first) - this.#share(second);
    const isOlder =
      first.isStuck && first.oldestMs !== second.oldestMs ? (first.oldestMs < second.oldestMs ? -1 : 1) : 0;
    return order || isOlder || (a.name < b.name ? -1 : 1);
  }

  #share({ queue, deserved }: Part): number {
    const parts = this.#divided.map((r) => {
      const [held, due] = [this.world.held(queue, r), deserved.get(r) ?? 0];
      return held === 0 ? 0 : due === 0 ? 1 : held / due;
    });
    // What is deserved is no exact number: shares that are equal but for that are equal.
    return Math.round(Math.max(0, ...parts) * 2 ** 40);
  }

  /** Pod slots are not divided. */
  get #divided(): readonly string[] {
    return this.world.resources.filter((r) => r !== 'pods');
  }

  #requestOf({ queue, limit }: Part, r: string): number {
    const held = this.world.held(queue, r);
    if (queue.state !== 'Open') return held;
    const groups = this.world.groupsOf(queue).filter((group) => this.isUsable(group, queue));
    const waiting = groups.flatMap((group) => this.world.waiting(group));
    const usable = waiting.filter((pod) => placesFor(this.world, pod, 1, limit) >= 1);
    return held + sum(usable, (pod) => asks(pod, r));
  }

  /** Everything is held that is asked for, or everything that is deserved, or there is something left of the share. */
  overused(queue: QueueRecord, group: PodGroupRecord): Refused | undefined {
    if (queue.state !== 'Open') return { code: 'QueueNotOpen' };
    const part = this.#part(queue);
    if (this.world.nodes.length === 0 || this.#isSatisfied(part) || this.#mayBorrow(part, group)) return undefined;
    const hasLess = this.#divided.some((r) => {
      const [most, held] = [part.deserved.get(r) ?? 0, this.world.held(queue, r)];
      return most > held + CLOSE || (most > 0 && this.#isAll(part, r, most, held + 1));
    });
    return hasLess ? undefined : { code: 'QueueOverused' };
  }

  #isSatisfied({ queue, request }: Part): boolean {
    return this.#divided.every((r) => (request.get(r) ?? 0) <= this.world.held(queue, r) + CLOSE);
  }

  /** All of the cluster is the queue's: then the nodes say what is free, and the capability alone is a limit. */
  #isAll({ queue }: Part, r: string, most: number, held: number): boolean {
    return most >= this.world.total(r) - CLOSE && held <= this.world.capability(queue, r) + CLOSE;
  }

  #hasRoom(part: Part, r: string, asked: number, room = PLAINLY): boolean {
    const most = (r === 'pods' ? part.limit : part.deserved).get(r) ?? 0;
    const held = this.world.counted(part.queue, r, room) + asked;
    return asked <= 0 || held <= most + CLOSE || this.#isAll(part, r, most, held);
  }

  /** Why the queue may not have one more such pod. */
  allocatable(queue: QueueRecord, pod: PodRecord, group: PodGroupRecord, room = PLAINLY): Refused | undefined {
    if (queue.state !== 'Open') return { code: 'QueueNotOpen' };
    const part = this.#part(queue);
    const asked = [...pod.shape.requests].filter(([, amount]) => amount > 0);
    if (asked.some(([r, amount]) => this.isBranchFull(queue, r, amount, room))) return { code: 'QueueLimit' };
    if (asked.some(([r, amount]) => this.#isKeptForOthers(part, r, amount, room))) return { code: 'QueueLimit' };
    const isShort = asked.some(
      ([r, amount]) =>
        !this.#hasRoom(part, r, amount, room) &&
        !this.#canBorrow(
          part,
          group,
          r,
          amount + Math.max(0, this.world.counted(queue, r, room) - this.world.held(queue, r)),
        ) &&
        !(room.isGranted && this.world.counted(queue, r, room) + amount <= (part.limit.get(r) ?? 0) + CLOSE),
    );
    // No node could hold it: that is for the nodes to say.
    return isShort && placesFor(this.world, pod, 1) >= 1 ? { code: 'QueueLimit' } : undefined;
  }

  #isKeptForOthers({ queue, guarantee }: Part, r: string, asked: number, room: Room): boolean {
    const { world } = this;
    if (room.isGranted || world.counted(queue, r, room) + asked <= (guarantee.get(r) ?? 0) + CLOSE) return false;
    const others = this.#all.filter((part) => part.queue !== queue);
    const unmet = sum(others, (part) => Math.max(0, (part.guarantee.get(r) ?? 0) - world.counted(part.queue, r, room)));
    const held = sum(this.#all, (part) => world.counted(part.queue, r, room));
    return unmet > CLOSE && held + asked + unmet > world.total(r) + CLOSE;
  }

  #mayBorrow({ isStuck }: Part, group: PodGroupRecord): boolean {
    const isForStarters = this.#all.some((part) => part.isStuck && part.oldestMs < Infinity);
    return isStuck && (!isForStarters || this.world.missing(group) > 0);
  }

  #levelOf({ queue, guarantee, declared, deserved }: Part): ClaimLevel {
    const owed = (r: string): number => {
      const said = declared.get(r);
      return said === undefined ? (deserved.get(r) ?? 0) : Math.max(said, guarantee.get(r) ?? 0);
    };
    return { queues: [queue], guarantee, owed };
  }

  hasClaim(queue: QueueRecord, pod: PodRecord): boolean {
    return queue.state === 'Open' && hasClaim(this.world, this.#levelOf(this.#part(queue)), pod);
  }

  reclaimable(
    pod: PodRecord,
    queue: QueueRecord,
    candidates: readonly PodRecord[],
    byGang: boolean,
  ): readonly PodRecord[] {
    return reclaimable({ world: this.world, ...this.levels(), pod, queue, byGang }, candidates);
  }

  protected levels(): Pick<Claim, 'levels' | 'reach'> {
    return { levels: new Map(this.#all.map((part) => [part.queue.name, [this.#levelOf(part)]])), reach: 0 };
  }

  /** So much more than the queue holds: with what it was promised. */
  #canBorrow(part: Part, group: PodGroupRecord, r: string, more: number): boolean {
    const isWithinLimit = this.world.held(part.queue, r) + more <= (part.limit.get(r) ?? 0) + CLOSE;
    return isWithinLimit && this.#mayBorrow(part, group) && more <= this.#lendable(r) + CLOSE;
  }

  /** Beside what stuck queues hold, and what the others held when the turn began or deserve. */
  #lendable(r: string): number {
    const stuck = this.#all.filter(({ isStuck }) => isStuck);
    return this.world.total(r) - sum(stuck, ({ queue }) => this.world.held(queue, r)) - (this.#claimed.get(r) ?? 0);
  }

  readonly #claimed: Amounts = new Map();

  #findStuck(): void {
    const wanting = this.#all.filter((part) => !this.#isSatisfied(part));
    for (const part of wanting.length < 2 ? [] : wanting) {
      const groups = this.world.groupsOf(part.queue).filter((group) => this.#mayRun(group, part.queue));
      part.isStuck = groups.length > 0 && groups.every((group) => !this.#canStep(group, part));
      const starters = groups.filter((group) => this.world.missing(group) > 0);
      if (part.isStuck) part.oldestMs = Math.min(Infinity, ...starters.map(({ createdMs }) => createdMs));
    }
    for (const r of this.world.resources) {
      const others = this.#all.filter(({ isStuck }) => !isStuck);
      this.#claimed.set(
        r,
        sum(others, ({ queue, deserved }) => Math.max(this.world.held(queue, r), deserved.get(r) ?? 0)),
      );
    }
  }

  /** It waits, was let in or can be, and could start. */
  #mayRun(group: PodGroupRecord, queue: QueueRecord): boolean {
    const isWaiting = this.world.isLetIn(group)
      ? this.world.waiting(group).length > 0
      : this.world.phase(group) === 'Completed'
        ? this.world.waiting(group).length > 0
        : this.world.members(group).some((pod) => this.world.stateOf(pod) !== 'away');
    return isWaiting && this.isUsable(group, queue) && (this.world.isLetIn(group) || !this.lacks(group, queue));
  }

  /** Its minimum, or one pod more, fits what the share leaves. */
  #canStep(group: PodGroupRecord, part: Part): boolean {
    const world = this.world;
    const missing = Math.max(1, world.missing(group));
    if (missing > 1 && group.minResources !== undefined) {
      const own = world.membersIn(group, 'standing', 'leaving', 'lost');
      return [...group.minResources].every(([r, amount]) =>
        this.#hasRoom(part, r, amount - sum(own, (pod) => asks(pod, r)), OWN),
      );
    }
    const next = this.#nextPods(group, part, missing);
    return (
      next.length > 0 &&
      world.resources.every((r) =>
        this.#hasRoom(
          part,
          r,
          sum(next, (pod) => asks(pod, r)),
          OWN,
        ),
      )
    );
  }

  /** What roles lack, then ordinary pods, then best-effort ones, of those that some node could hold. */
  #nextPods(group: PodGroupRecord, { limit }: Part, count: number): readonly PodRecord[] {
    const world = this.world;
    const able = inTaskOrder(world.waiting(group)).filter((pod) => placesFor(world, pod, 1, limit) >= 1);
    const needed = rolesOf(group).flatMap(([role, min]) => {
      const ready = world.ready(group).filter(({ task }) => task === role).length;
      return able.filter(({ task }) => task === role).slice(0, Math.max(0, min - ready));
    });
    const rest = able.filter((pod) => !needed.includes(pod));
    const inTurn = [...needed, ...rest.filter((pod) => !isBestEffort(pod)), ...rest.filter(isBestEffort)];
    return inTurn.slice(0, Math.max(count, needed.length));
  }
}

/** Rooms that are granted do not count for what is thought of only. */
const OWN: Room = { freed: undefined, isGranted: true };

export function inTaskOrder(pods: readonly PodRecord[]): readonly PodRecord[] {
  return pods.toSorted(
    (a, b) => b.priority - a.priority || a.createdMs - b.createdMs || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
}

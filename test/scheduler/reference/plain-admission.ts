import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { EvictingAction } from '../../../src/config/policy.ts';
import { givenBack } from './plain-claims.ts';
import type { Claim } from './plain-claims.ts';
import { whyNever } from './plain-demand.ts';
import type { Amounts } from './plain-filling.ts';
import { asks, CLOSE, sum } from './plain-world.ts';
import type { PlainWorld, Refused, Room } from './plain-world.ts';
import { PLAINLY } from './plain-room.ts';

/** What counts for who is to be let in: what queues were promised, and whether they would have to give something back. */
interface LettingIn {
  readonly promised: (queue: QueueRecord) => number;
  readonly mayReclaim: boolean;
}

/** Who is let in and what that promises, whichever plugin shares out (0017, 0032). */
export abstract class PlainAdmission {
  protected readonly world: PlainWorld;
  readonly #mayPreempt: boolean;
  readonly #mayReclaim: boolean;
  #promised: Map<string, Amounts> = new Map();

  constructor(world: PlainWorld, evicting: readonly EvictingAction[]) {
    this.world = world;
    this.#mayPreempt = evicting.some((action) => action.endsWith('preempt'));
    this.#mayReclaim = evicting.some((action) => action.endsWith('reclaim'));
  }

  /** Most that the jobs of the queue itself may ever hold. */
  abstract limit(queue: QueueRecord): ReadonlyMap<string, number>;

  /** Most that the queue may ever hold with all below it. */
  abstract branchLimit(queue: QueueRecord, r: string): number;

  /** Of two queues who comes first. */
  abstract compare(a: QueueRecord, b: QueueRecord): number;

  abstract overused(queue: QueueRecord, group: PodGroupRecord): Refused | undefined;

  /** Why the queue may not have one more such pod. */
  abstract allocatable(queue: QueueRecord, pod: PodRecord, group: PodGroupRecord, room?: Room): Refused | undefined;

  /** By queue, as who claims and who answers. */
  protected abstract levels(): Pick<Claim, 'levels' | 'reach'>;

  /** The queue may have so much taken back from others. */
  abstract hasClaim(queue: QueueRecord, pod: PodRecord): boolean;

  /** Who of the candidates may go for the pod, each counted as gone for those after it. */
  abstract reclaimable(
    pod: PodRecord,
    queue: QueueRecord,
    candidates: readonly PodRecord[],
    byGang: boolean,
  ): readonly PodRecord[];

  /** Whose pods go first for the queue that asks. */
  compareVictims(a: QueueRecord, b: QueueRecord, _asking: QueueRecord): number {
    return this.compare(b, a);
  }

  /** Why it takes nothing new, whatever room there is. */
  trouble(_queue: QueueRecord): Refused | undefined {
    return undefined;
  }

  /** Of queues with waiting groups the one whose turn it is. */
  next(waiting: readonly QueueRecord[]): QueueRecord | undefined {
    return waiting.toSorted((a, b) => this.compare(a, b))[0];
  }

  protected readPromises(): void {
    const { queues } = this.world.records;
    this.#promised = new Map([...queues].map(([name, queue]) => [name, this.#promisedTo(queue)]));
  }

  whyNever(group: PodGroupRecord, queue: QueueRecord): Refused | undefined {
    return this.trouble(queue) ?? whyNever(this.world, group, this.limit(queue));
  }

  /** The group may come in: its minimum fits beside what its queue holds and has promised. */
  keptOut(group: PodGroupRecord, queue: QueueRecord): Refused | undefined {
    const never = this.whyNever(group, queue);
    if (never !== undefined) return never;
    return this.lacks(group, queue) ? { code: 'WaitingInQueue' } : undefined;
  }

  protected lacks(group: PodGroupRecord, queue: QueueRecord): boolean {
    const own = this.world.membersIn(group, 'standing', 'leaving', 'lost');
    return [...(group.minResources ?? [])].some(([r, amount]) => {
      const asked = amount - sum(own, (pod) => asks(pod, r));
      if (asked <= 0) return false;
      const yielded = this.#yieldedTo(group, queue, r);
      const held = this.world.held(queue, r) + (this.#promised.get(queue.name)?.get(r) ?? 0);
      if (asked + held - yielded > (this.limit(queue).get(r) ?? 0) + CLOSE) return true;
      const promised = (each: QueueRecord): number =>
        (this.#promised.get(each.name)?.get(r) ?? 0) - (each === queue ? yielded : 0);
      return this.isBranchFull(queue, r, asked, PLAINLY, { promised, mayReclaim: this.#mayReclaim });
    });
  }

  /** What groups of lower priority hold in the queue and were promised: with `preempt` they would have to give it to the group (0035). */
  #yieldedTo(group: PodGroupRecord, queue: QueueRecord, r: string): number {
    if (!this.#mayPreempt) return 0;
    const { world } = this;
    const lower = world
      .groupsOf(queue)
      .filter((each) => world.isLetIn(each) && world.priority(each) < world.priority(group));
    return sum(lower, (each) => {
      const held = sum(world.membersIn(each, 'standing', 'leaving', 'lost', 'promised'), (pod) => asks(pod, r));
      return held + (this.#promiseFor(each).get(r) ?? 0);
    });
  }

  /** A queue with others below it has not so much left for all of them (0032). */
  protected isBranchFull(
    queue: QueueRecord,
    r: string,
    asked: number,
    room: Room,
    { promised, mayReclaim }: LettingIn = { promised: () => 0, mayReclaim: false },
  ): boolean {
    const { world } = this;
    return [queue, ...world.above(queue)].some((top) => {
      const branch = world.branch(top);
      const held = sum(branch, (each) => world.counted(each, r, room) + promised(each));
      const excess = held + asked - this.branchLimit(top, r);
      if (branch.length <= 1 || asked <= 0 || excess <= CLOSE) return false;
      return !mayReclaim || excess - givenBack({ world, ...this.levels(), queue, r, asked, promised }, branch) > CLOSE;
    });
  }

  letIn(group: PodGroupRecord, queue: QueueRecord): void {
    const promised = this.#promised.get(queue.name);
    for (const [r, amount] of this.#promiseFor(group)) promised?.set(r, (promised.get(r) ?? 0) + amount);
  }

  /** What groups that were let in, and could start, may still take; what elastic ones hold beyond their minimum is taken off. */
  #promisedTo(queue: QueueRecord): Amounts {
    const promised: Amounts = new Map();
    for (const group of this.world.groupsOf(queue)) {
      if (!this.world.isLetIn(group) || !this.isUsable(group, queue)) continue;
      for (const [r, amount] of this.#promiseFor(group)) promised.set(r, (promised.get(r) ?? 0) + amount);
      if (this.world.ready(group).length <= group.minMember || group.minResources === undefined) continue;
      const stays = this.world.membersIn(group, 'standing', 'lost');
      for (const r of this.world.resources) {
        const surplus = sum(stays, (pod) => asks(pod, r)) - (group.minResources.get(r) ?? 0);
        promised.set(r, (promised.get(r) ?? 0) - Math.max(0, surplus));
      }
    }
    return promised;
  }

  #promiseFor(group: PodGroupRecord): Amounts {
    const world = this.world;
    const lasts = group.owner !== undefined || world.missing(group) > 0 || world.ready(group).length === 0;
    const taken = world.membersIn(group, 'standing', 'leaving', 'lost', 'succeeded');
    return new Map(
      [...(lasts ? (group.minResources ?? []) : [])].map(([r, amount]) => [
        r,
        Math.max(0, amount - sum(taken, (pod) => asks(pod, r))),
      ]),
    );
  }

  /** It may start some day: its wishes count. */
  protected isUsable(group: PodGroupRecord, queue: QueueRecord): boolean {
    const { lacking } = this.world.memory;
    if (group.rootState !== 'Active' || whyNever(this.world, group, this.limit(queue)) !== undefined) return false;
    const known = lacking.get(group.key);
    const grace = this.world.ready(group).length > 0 ? 60_000 : 5000;
    return known === undefined || this.world.nowMs - known.sinceMs <= grace;
  }
}

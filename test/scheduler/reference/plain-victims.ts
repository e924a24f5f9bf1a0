import type { EvictingAction } from '../../../src/config/policy.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { PlainAdmission } from './plain-admission.ts';
import { inTaskOrder } from './plain-shares.ts';
import { rolesOf } from './plain-world.ts';
import type { PlainWorld, Refused } from './plain-world.ts';

/** What evictions need of a turn. */
export interface EvictingTurn {
  readonly world: PlainWorld;
  readonly shares: PlainAdmission;
  compareGroups(a: PodGroupRecord, b: PodGroupRecord): number;
  notValid(group: PodGroupRecord, queue: QueueRecord): Refused | undefined;
  refuse(group: PodGroupRecord, refused: Refused): void;
  inTurn(
    isWanted: (group: PodGroupRecord) => boolean,
    take: (group: PodGroupRecord, queue: QueueRecord) => 'done' | 'again',
  ): void;
}

/** A pod that looks for room that others have. */
export interface Asking {
  readonly pod: PodRecord;
  readonly group: PodGroupRecord;
  readonly queue: QueueRecord;
}

/** Who may go for whom by one action, and in which order they are asked. */
export class PlainVictims {
  readonly #turn: EvictingTurn;
  readonly #world: PlainWorld;
  readonly #action: EvictingAction;
  readonly #isAcross: boolean;
  readonly #mayBreak: boolean;
  /** They go for others of their own group. */
  readonly #isWithin: boolean;

  constructor(turn: EvictingTurn, action: EvictingAction, isWithin: boolean) {
    this.#turn = turn;
    this.#world = turn.world;
    this.#action = action;
    this.#isAcross = action.endsWith('reclaim');
    this.#mayBreak = action.startsWith('gang');
    this.#isWithin = isWithin;
  }

  /** That of its group. */
  priority(pod: PodRecord): number {
    const group = this.#world.groupOf(pod);
    return group === undefined ? 0 : this.#world.priority(group);
  }

  /** By what it is and whose it is. */
  mayGo(pod: PodRecord, { pod: waiting, group: asking, queue }: Asking): boolean {
    const world = this.#world;
    const group = world.groupOf(pod);
    const of = world.queueOf(pod);
    if (group === undefined || of === undefined || (group === asking) !== this.#isWithin) return false;
    if (this.#isWithin && pod.priority >= waiting.priority) return false;
    const isTheirs = this.#isAcross ? of !== queue && of.reclaimable : of === queue;
    const isLower = this.#action !== 'gangpreempt' || world.priority(group) < world.priority(asking);
    return isTheirs && isLower && world.isOnNode(pod) && pod.preemptable && group.preemptable;
  }

  /** Of the queue whose pods go first, of the group of the lowest priority, of the group that comes last, the last of its pods. */
  worstFirst(pods: readonly PodRecord[], asking?: QueueRecord): readonly PodRecord[] {
    const world = this.#world;
    return pods.toSorted((a, b) => {
      const [groupA, groupB] = [world.groupOf(a), world.groupOf(b)];
      const [queueA, queueB] = [world.queueOf(a), world.queueOf(b)];
      if (groupA === undefined || groupB === undefined || queueA === undefined || queueB === undefined) return 0;
      if (groupA === groupB) return inTaskOrder([a, b])[0] === a ? 1 : -1;
      const byQueue = queueA === queueB ? 0 : this.#compareQueues(queueA, queueB, asking);
      const byPriority = world.priority(groupA) - world.priority(groupB);
      return byQueue || byPriority || this.#turn.compareGroups(groupB, groupA);
    });
  }

  #compareQueues(a: QueueRecord, b: QueueRecord, asking: QueueRecord | undefined): number {
    const { shares } = this.#turn;
    return asking === undefined ? shares.compare(b, a) : shares.compareVictims(a, b, asking);
  }

  /** Who may go by the votes of `priority`, `gang` and the plugin that shares out. */
  vote({ pod, group, queue }: Asking, candidates: readonly PodRecord[]): readonly PodRecord[] {
    const world = this.#world;
    const ofGangs = this.#mayBreak ? candidates : this.bundles(candidates).safe;
    const byRight = this.#isAcross
      ? this.#turn.shares.reclaimable(pod, queue, candidates, this.#mayBreak)
      : candidates.filter((each) => this.#isWithin || this.priority(each) < world.priority(group));
    return candidates.filter((each) => ofGangs.includes(each) && byRight.includes(each));
  }

  /** What gangs have beyond their minima, in this order, and those with whom all of their gang would have to go. */
  bundles(candidates: readonly PodRecord[]): {
    readonly safe: readonly PodRecord[];
    readonly whole: readonly PodRecord[];
  } {
    const safe: PodRecord[] = [];
    const whole: PodRecord[] = [];
    for (const pod of candidates) (this.#canSpare(pod, safe) ? safe : whole).push(pod);
    return { safe, whole };
  }

  /** The group, and its role, have more than they need without the pod and those named; who is on the way to a node counts for nothing yet. */
  #canSpare(pod: PodRecord, without: readonly PodRecord[]): boolean {
    const group = this.#world.groupOf(pod);
    if (group === undefined) return false;
    const stays = this.#world
      .members(group)
      .filter((each) => (this.#world.isOnNode(each) || this.#world.stateOf(each) === 'succeeded') && each !== pod)
      .filter((each) => !without.includes(each));
    // Of a group of one each pod is of use.
    const isEnough = group.minMember <= 1 || stays.length >= group.minMember;
    const roleMin = rolesOf(group).find(([role]) => role === pod.task)?.[1] ?? 0;
    return isEnough && stays.filter(({ task }) => task === pod.task).length >= roleMin;
  }

  /** All of the pod's gang, if all of them may go. */
  breakable(pod: PodRecord, asking: Asking): readonly PodRecord[] | undefined {
    const world = this.#world;
    const group = world.groupOf(pod);
    if (group === undefined) return undefined;
    const members = world.membersIn(group, 'standing');
    if (!members.every((member) => world.isOnNode(member) && this.mayGo(member, asking))) return undefined;
    return this.vote(asking, this.worstFirst(members, asking.queue)).length === members.length ? members : undefined;
  }
}

import type { EvictingAction } from '../../../src/config/policy.ts';
import type { PodGroupPhase, PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { lacksPods, noteLonely } from './plain-demand.ts';
import type { PlainOutcome, PlainPolicy } from './plain-policy.ts';
import { isNews, nextPhase, noteLacking } from './plain-phases.ts';
import { shareOf } from './plain-drf.ts';
import { dropRooms, keepRooms } from './plain-room.ts';
import { PlainBudgets } from './plain-budgets.ts';
import { PlainEvictions } from './plain-evictions.ts';
import { bestNode } from './plain-nodes.ts';
import type { PlainAdmission } from './plain-admission.ts';
import { placePod } from './plain-place.ts';
import { isMinding } from './plain-rules.ts';
import { PlainRights } from './plain-rights.ts';
import { inTaskOrder, PlainShares } from './plain-shares.ts';
import { withYielded } from './plain-yields.ts';
import { isBestEffort, PlainWorld, rolesOf } from './plain-world.ts';
import type { Memory, PlainRecords, Refused } from './plain-world.ts';

/** The actions of the default policy, and those that evict, without room that is kept for who has waited for too long. */
export class PlainScheduler {
  readonly #policy: PlainPolicy;
  readonly #memory: Memory = {
    looked: new Map(),
    phases: new Map(),
    lacking: new Map(),
    kept: new Map(),
    told: new Map(),
  };

  constructor(policy: PlainPolicy = {}) {
    this.#policy = policy;
  }

  turn(records: PlainRecords, nowMs: number): PlainOutcome {
    const world = new PlainWorld(records, this.#memory, nowMs);
    noteLacking(world);
    dropRooms(world);
    noteLonely(world);
    const { capacity, evicting = [] } = this.#policy;
    const shares =
      capacity === undefined
        ? new PlainShares(world, evicting)
        : new PlainRights(world, evicting, capacity.isTree, capacity.reach);
    return new Turn(world, shares, this.#policy).run();
  }
}

/** Of pods that are placed after each other. */
type Kind = 'needed' | 'ordinary' | 'best-effort';

class Turn {
  readonly #world: PlainWorld;
  readonly #shares: PlainAdmission;
  readonly #refused = new Map<string, Refused>();
  readonly #isByShare: boolean;
  readonly #evicting: readonly EvictingAction[];
  /** Node by pod of rooms that others went for in this turn. */
  readonly #granted = new Map<string, string>();

  constructor(world: PlainWorld, shares: PlainAdmission, { isByShare = false, evicting = [] }: PlainPolicy) {
    this.#isByShare = isByShare;
    this.#evicting = evicting;
    this.#world = world;
    this.#shares = shares;
  }

  run(): PlainOutcome {
    this.#enqueue();
    this.#allocate();
    this.#backfill();
    for (const action of this.#evicting) {
      this.#evict(action, false);
      if (action === 'preempt') this.#evict(action, true);
    }
    return this.#close();
  }

  #evict(action: EvictingAction, isWithin: boolean): void {
    const evictions = new PlainEvictions(
      {
        world: this.#world,
        shares: this.#shares,
        compareGroups: (a, b) => this.#compareGroups(a, b),
        notValid: (group, queue) => this.#notValid(group, queue),
        refuse: (group, refused) => this.#refuse(group, refused),
        inTurn: (isWanted, take) => this.#inTurn(isWanted, take),
      },
      action,
      isWithin,
    );
    for (const [uid, node] of evictions.run()) this.#granted.set(uid, node);
  }

  #enqueue(): void {
    const isAsking = (group: PodGroupRecord): boolean => {
      if (this.#world.phase(group) === 'Completed') return this.#world.waiting(group).length > 0;
      return (
        !this.#world.isLetIn(group) && this.#world.members(group).some((pod) => this.#world.stateOf(pod) !== 'away')
      );
    };
    this.#inTurn(isAsking, (group, queue) => {
      const refused = queue.state === 'Open' ? this.#shares.keptOut(group, queue) : { code: 'QueueNotOpen' };
      if (refused !== undefined) this.#refuse(group, refused);
      else {
        this.#shares.letIn(group, queue);
        this.#world.memory.phases.set(group.key, 'Inqueue');
        const lacking = this.#world.memory.lacking.get(group.key);
        if (lacking !== undefined)
          this.#world.memory.lacking.set(group.key, { ...lacking, isIn: true, sinceMs: this.#world.nowMs });
      }
      return 'done';
    });
  }

  #allocate(): void {
    const hasWork = (group: PodGroupRecord): boolean =>
      this.#world.isLetIn(group) && this.#world.waiting(group).length > 0;
    this.#inTurn(hasWork, (group, queue) => {
      // Pods went for it: what its queue may have once they are gone is asked pod by pod.
      const isGranted = this.#world.members(group).some(({ uid }) => this.#world.memory.kept.has(uid));
      const overused = isGranted ? undefined : this.#shares.overused(queue, group);
      const refused = this.#notValid(group, queue) ?? overused;
      if (refused === undefined) return this.#allocateOne(group, queue);
      this.#refuse(group, refused);
      return 'done';
    });
  }

  /** Groups one by one: the first of the first queue, both looked for anew each time. */
  #inTurn(
    isWanted: (group: PodGroupRecord) => boolean,
    take: (group: PodGroupRecord, queue: QueueRecord) => 'done' | 'again',
  ): void {
    const { groups, queues } = this.#world.records;
    const left = new Set([...groups.values()].filter((group) => group.rootState === 'Active' && isWanted(group)));
    for (const group of left) {
      if (queues.has(group.queue)) continue;
      left.delete(group);
      this.#refuse(group, { code: 'QueueNotFound' });
    }
    while (left.size > 0) {
      const named = new Set([...left].map(({ queue }) => queue));
      const waiting = [...queues.values()].filter(({ name }) => named.has(name));
      const queue = this.#shares.next(waiting);
      const ofQueue = [...left].filter((group) => group.queue === queue?.name);
      const [group] = ofQueue.toSorted((a, b) => this.#compareGroups(a, b));
      if (group === undefined || queue === undefined) return;
      if (take(group, queue) === 'done') left.delete(group);
    }
  }

  /** The higher priority, then who has not started, then the smaller share with drf, then the older. */
  #compareGroups(a: PodGroupRecord, b: PodGroupRecord): number {
    const [first, second] = [a, b].map((group) => Number(this.#world.missing(group) === 0));
    const byPriority = this.#world.priority(b) - this.#world.priority(a);
    const byShare = this.#isByShare ? shareOf(this.#world, a) - shareOf(this.#world, b) : 0;
    return (
      byPriority || (first ?? 0) - (second ?? 0) || byShare || a.createdMs - b.createdMs || (a.uid < b.uid ? -1 : 1)
    );
  }

  #notValid(group: PodGroupRecord, queue: QueueRecord): Refused | undefined {
    const { minMember } = group;
    if (this.#world.valid(group).length < minMember) return { code: 'NotEnoughPods' };
    if (lacksPods(this.#world, group)) return { code: 'NotEnoughPodsOfTask' };
    return this.#shares.whyNever(group, queue);
  }

  #allocateOne(group: PodGroupRecord, queue: QueueRecord): 'done' | 'again' {
    const before = this.#refused.get(group.name);
    let tried = this.#tryOne(group, queue);
    const refused = this.#refused.get(group.name);
    if (tried === 'refused' && this.#evicting.some((action) => action.endsWith('preempt'))) {
      const tryAgain = (): boolean => {
        this.#hear(group, before);
        tried = this.#tryOne(group, queue);
        return tried !== 'refused';
      };
      const isYielded = withYielded(this.#world, group, (a, b) => this.#compareGroups(a, b), tryAgain);
      if (!isYielded) this.#hear(group, refused);
    }
    return tried === 'again' ? 'again' : 'done';
  }

  /** What it is told in the end. */
  #hear({ name }: PodGroupRecord, refused: Refused | undefined): void {
    if (refused === undefined) this.#refused.delete(name);
    else this.#refused.set(name, refused);
  }

  #tryOne(group: PodGroupRecord, queue: QueueRecord): 'done' | 'again' | 'refused' {
    const world = this.#world;
    let next: 'done' | 'again' | 'refused' = 'done';
    world.attempt(() => {
      const wasReady = world.missing(group) === 0;
      const before = world.waiting(group).length;
      const refused = this.#placeUntilReady(group, queue, wasReady);
      const left = world.waiting(group);
      const isReady = world.missing(group) === 0;
      const hasMore = left.some((pod) => !isBestEffort(pod));
      if (refused === undefined && hasMore && left.length < before && isReady) {
        next = 'again';
        return true;
      }
      const isWhole = left.length < before && world.missing(group, true) === 0;
      if (refused !== undefined && (wasReady || !isWhole)) this.#refuse(group, refused);
      if (refused !== undefined && !isWhole) next = 'refused';
      return isWhole;
    });
    return next;
  }

  /** Places pods until the group may start, and then all of these for good; else the first refusal. */
  #placeUntilReady(group: PodGroupRecord, queue: QueueRecord, wasReady: boolean): Refused | undefined {
    let first: Refused | undefined;
    const hopeless = new Set<string>();
    for (const kind of wasReady ? (['ordinary'] as const) : (['needed', 'ordinary', 'best-effort'] as const)) {
      // Who minds where others stand may find a place once some of his group stand.
      for (let mayFollow = true; mayFollow;) {
        const { refused, isReady, areOpen } = this.#placeOnce(group, queue, kind, hopeless);
        if (isReady) return undefined;
        first ??= refused;
        mayFollow = areOpen;
        if (mayFollow) hopeless.clear();
      }
      if (kind === 'needed' && rolesOf(group).some(([role, min]) => this.#placedIn(group, role) < min)) break;
    }
    return first;
  }

  /** Goes over the waiting pods of the kind once. */
  #placeOnce(
    group: PodGroupRecord,
    queue: QueueRecord,
    kind: Kind,
    hopeless: Set<string>,
  ): { readonly refused: Refused | undefined; readonly isReady: boolean; readonly areOpen: boolean } {
    let refused: Refused | undefined;
    let [isMinded, placed] = [false, 0];
    for (const pod of inTaskOrder(this.#world.waiting(group))) {
      if (!this.#isOf(kind, pod, group)) continue;
      if (hopeless.has(pod.shape.key) && !this.#world.memory.kept.has(pod.uid)) continue;
      const why = placePod(this.#world, this.#shares, { pod, group, queue });
      if (why === undefined) {
        placed += 1;
        if (this.#world.missing(group) > 0) continue;
        this.#commit(group);
        return { refused: undefined, isReady: true, areOpen: false };
      }
      refused ??= why;
      hopeless.add(pod.shape.key);
      if (isMinding(this.#world, pod)) isMinded = true;
      // All are needed, and one has no place. Where rules between pods bear on them each is tried: what is kept for it may be free to others.
      else if (this.#world.valid(group).length <= group.minMember) break;
    }
    return { refused, isReady: false, areOpen: isMinded && placed > 0 };
  }

  #isOf(kind: Kind, pod: PodRecord, group: PodGroupRecord): boolean {
    if (kind !== 'needed') return isBestEffort(pod) === (kind === 'best-effort');
    return rolesOf(group).some(([role, min]) => role === pod.task && this.#placedIn(group, role) < min);
  }

  #placedIn(group: PodGroupRecord, role: string): number {
    return this.#world.membersIn(group, 'standing', 'succeeded', 'promised').filter(({ task }) => task === role).length;
  }

  #commit(group: PodGroupRecord): void {
    const { places, committed, memory } = this.#world;
    for (const { uid } of this.#world.members(group)) {
      if (!places.has(uid)) continue;
      committed.add(uid);
      memory.kept.delete(uid);
    }
    if (this.#world.waiting(group).length === 0) this.#refused.delete(group.name);
  }

  #backfill(): void {
    const world = this.#world;
    const hasWork = (group: PodGroupRecord): boolean => world.isLetIn(group) && world.waiting(group).some(isBestEffort);
    this.#inTurn(hasWork, (group, queue) => {
      const isOpen = world.members(group).some(({ uid }) => world.places.has(uid) && !world.committed.has(uid));
      if (isOpen || this.#notValid(group, queue) !== undefined) return 'done';
      world.attempt(() => {
        let refused: Refused | undefined;
        for (const pod of inTaskOrder(world.waiting(group)).filter(isBestEffort)) {
          const limited = this.#shares.allocatable(queue, pod, group);
          const node = limited === undefined ? bestNode(world, pod) : undefined;
          if (node === undefined) refused ??= limited ?? { code: 'NotEnoughResources' };
          else world.places.set(pod.uid, node.name);
        }
        const isReady = world.missing(group) === 0;
        if (isReady) this.#commit(group);
        if (refused !== undefined) this.#refuse(group, refused);
        return isReady;
      });
      return 'done';
    });
  }

  #refuse({ name }: PodGroupRecord, refused: Refused): void {
    this.#refused.set(name, refused);
  }

  /** What was not committed is taken back, and every group gets its phase. */
  #close(): PlainOutcome {
    const world = this.#world;
    const promised = named(world, world.promises);
    for (const uid of world.promises.keys()) {
      const group = world.records.pods.get(uid)?.group ?? '';
      if (!this.#refused.has(group)) this.#refused.set(group, { code: 'RoomPromised' });
    }
    keepRooms(world, this.#granted);
    new PlainBudgets(world).note();
    world.promises.clear();
    for (const uid of world.places.keys()) if (!world.committed.has(uid)) world.places.delete(uid);
    const phases: Record<string, PodGroupPhase> = {};
    for (const group of world.records.groups.values()) {
      const isRefused = this.#refused.has(group.name);
      const isChanged = isNews(world, group);
      const phase = isRefused || isChanged ? nextPhase(world, group, isRefused) : world.phase(group);
      phases[group.name] = phase;
      world.memory.phases.set(group.key, phase);
    }
    const refused = Object.fromEntries([...this.#refused].map(([name, { code }]) => [name, code]));
    const evicted = named(world, new Map(world.evicted.map((uid) => [uid, world.beneficiaries.get(uid) ?? ''])));
    return { placed: named(world, world.places), promised, refused, evicted, phases };
  }
}

function named({ records }: PlainWorld, nodes: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...nodes].map(([uid, node]) => [records.pods.get(uid)?.name ?? '', node]));
}

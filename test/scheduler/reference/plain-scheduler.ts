import type { PodGroupPhase, PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { lacksPods } from './plain-demand.ts';
import { bestNode, laterNode } from './plain-nodes.ts';
import { inTaskOrder, PlainShares } from './plain-shares.ts';
import { asks, isBestEffort, PlainWorld, rolesOf, sum } from './plain-world.ts';
import type { Memory, PlainRecords, Refused } from './plain-world.ts';

/** What a turn says, by short names. */
export interface PlainOutcome {
  readonly placed: Readonly<Record<string, string>>;
  readonly promised: Readonly<Record<string, string>>;
  /** Code by group. */
  readonly refused: Readonly<Record<string, string>>;
  readonly phases: Readonly<Record<string, PodGroupPhase>>;
}

/** The actions `enqueue`, `allocate` and `backfill` of the default policy, without room that is kept; with `drf` last if asked for. */
export class PlainScheduler {
  readonly #isByShare: boolean;
  readonly #memory: Memory = { looked: new Map(), phases: new Map(), lacking: new Map() };

  constructor(isByShare = false) {
    this.#isByShare = isByShare;
  }

  turn(records: PlainRecords, nowMs: number): PlainOutcome {
    const world = new PlainWorld(records, this.#memory, nowMs);
    noteLacking(world);
    return new Turn(world, new PlainShares(world), this.#isByShare).run();
  }
}

class Turn {
  readonly #world: PlainWorld;
  readonly #shares: PlainShares;
  readonly #refused = new Map<string, Refused>();
  readonly #isByShare: boolean;

  constructor(world: PlainWorld, shares: PlainShares, isByShare: boolean) {
    this.#isByShare = isByShare;
    this.#world = world;
    this.#shares = shares;
  }

  run(): PlainOutcome {
    this.#enqueue();
    this.#allocate();
    this.#backfill();
    return this.#close();
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
      const refused = this.#notValid(group, queue) ?? this.#shares.overused(queue, group);
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
      const [queue] = waiting.toSorted((a, b) => this.#shares.compare(a, b));
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
    const byShare = this.#isByShare ? this.#share(a) - this.#share(b) : 0;
    return (
      byPriority || (first ?? 0) - (second ?? 0) || byShare || a.createdMs - b.createdMs || (a.uid < b.uid ? -1 : 1)
    );
  }

  /** The largest part of the cluster that its pods hold or are promised, without those on their way out and without pod slots. */
  #share(group: PodGroupRecord): number {
    const pods = this.#world.membersIn(group, 'standing', 'lost', 'promised');
    const parts = this.#world.resources.map((r) => {
      const total = r === 'pods' ? 0 : this.#world.total(r);
      return total === 0 ? 0 : sum(pods, (pod) => asks(pod, r)) / total;
    });
    return Math.max(...parts);
  }

  #notValid(group: PodGroupRecord, queue: QueueRecord): Refused | undefined {
    const { minMember } = group;
    if (this.#world.valid(group).length < minMember) return { code: 'NotEnoughPods' };
    if (lacksPods(this.#world, group)) return { code: 'NotEnoughPodsOfTask' };
    return this.#shares.whyNever(group, queue);
  }

  #allocateOne(group: PodGroupRecord, queue: QueueRecord): 'done' | 'again' {
    const world = this.#world;
    let next: 'done' | 'again' = 'done';
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
      return isWhole;
    });
    return next;
  }

  /** Places pods until the group may start, and then all of these for good; else the first refusal. */
  #placeUntilReady(group: PodGroupRecord, queue: QueueRecord, wasReady: boolean): Refused | undefined {
    let first: Refused | undefined;
    for (const kind of wasReady ? (['ordinary'] as const) : (['needed', 'ordinary', 'best-effort'] as const)) {
      const hopeless = new Set<string>();
      for (const pod of inTaskOrder(this.#world.waiting(group))) {
        if (!this.#isOf(kind, pod, group) || hopeless.has(pod.shape.key)) continue;
        const refused = this.#place(pod, group, queue);
        if (refused === undefined) {
          if (this.#world.missing(group) > 0) continue;
          this.#commit(group);
          return undefined;
        }
        first ??= refused;
        hopeless.add(pod.shape.key);
        // All are needed, and one has no place.
        if (this.#world.valid(group).length <= group.minMember) break;
      }
      if (kind === 'needed' && rolesOf(group).some(([role, min]) => this.#placedIn(group, role) < min)) break;
    }
    return first;
  }

  #isOf(kind: 'needed' | 'ordinary' | 'best-effort', pod: PodRecord, group: PodGroupRecord): boolean {
    if (kind !== 'needed') return isBestEffort(pod) === (kind === 'best-effort');
    return rolesOf(group).some(([role, min]) => role === pod.task && this.#placedIn(group, role) < min);
  }

  #placedIn(group: PodGroupRecord, role: string): number {
    return this.#world.membersIn(group, 'standing', 'succeeded', 'promised').filter(({ task }) => task === role).length;
  }

  #place(pod: PodRecord, group: PodGroupRecord, queue: QueueRecord): Refused | undefined {
    const refused = this.#shares.allocatable(queue, pod, group);
    if (refused !== undefined) return refused;
    const node = bestNode(this.#world, pod);
    if (node !== undefined) {
      this.#world.places.set(pod.uid, node.name);
      return undefined;
    }
    const later = laterNode(this.#world, pod);
    if (later === undefined) return { code: pod.shape.needs.length > 0 ? 'NeedsNotSupported' : 'NotEnoughResources' };
    this.#world.promises.set(pod.uid, later.name);
    return undefined;
  }

  #commit(group: PodGroupRecord): void {
    for (const { uid } of this.#world.members(group)) if (this.#world.places.has(uid)) this.#world.committed.add(uid);
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
    return { placed: named(world, world.places), promised, refused, phases };
  }
}

function named({ records }: PlainWorld, nodes: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...nodes].map(([uid, node]) => [records.pods.get(uid)?.name ?? '', node]));
}

/** Since when groups lack pods: anew when they are let in, and with each pod that they gain. */
function noteLacking(world: PlainWorld): void {
  const { lacking } = world.memory;
  for (const group of world.records.groups.values()) {
    const isIn = world.isLetIn(group);
    const hasNothingToSay = world.waiting(group).length === 0 && (!isIn || group.minResources === undefined);
    if (!world.records.queues.has(group.queue) || hasNothingToSay || !lacksPods(world, group)) {
      lacking.delete(group.key);
      continue;
    }
    const valid = world.valid(group).length;
    const known = lacking.get(group.key);
    const isNews = known === undefined || valid > known.valid || (isIn && !known.isIn);
    lacking.set(group.key, { valid, isIn, sinceMs: isNews ? world.nowMs : known.sinceMs });
  }
}

/** Something of the group changed since its phase was looked at. */
function isNews(world: PlainWorld, group: PodGroupRecord): boolean {
  const pods = world
    .members(group)
    .map((pod) => `${pod.uid} ${world.stateOf(pod)} ${pod.phase}`)
    .join();
  const { looked } = world.memory;
  const known = looked.get(group.key);
  looked.set(group.key, { group, pods });
  return known?.group !== group || known.pods !== pods;
}

/** The table of phases in docs/concepts.md. */
function nextPhase(world: PlainWorld, group: PodGroupRecord, isRefused: boolean): PodGroupPhase {
  const live = world.membersIn(group, 'standing', 'leaving').length;
  const running = world.membersIn(group, 'standing').filter((pod) => pod.phase === 'Running').length;
  const finished = world.membersIn(group, 'succeeded', 'failed').length;
  const isActive = group.rootState === 'Active';
  if (running > 0 && isRefused && world.missing(group) > 0 && isActive) return 'Unknown';
  if (live > 0 && live + finished >= group.minMember) return 'Running';
  const isOver = finished > 0 && finished >= group.minMember && world.waiting(group).length === 0;
  if (live === 0 && (group.rootState === 'Ended' || isOver)) return 'Completed';
  return isActive && keepsItsPlace(world, group, finished) ? 'Inqueue' : 'Pending';
}

/** One that ran, and of which enough have ended, is still let in while it makes more pods. */
function keepsItsPlace(world: PlainWorld, group: PodGroupRecord, finished: number): boolean {
  const phase = world.phase(group);
  if (phase === 'Inqueue') return true;
  return (phase === 'Running' || phase === 'Unknown') && finished > 0 && finished >= group.minMember;
}

import type { EvictingAction } from '../../../src/config/policy.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { PlainBudgets } from './plain-budgets.ts';
import { bestNode, isOpenLater, laterNode, willFit } from './plain-nodes.ts';
import { LATER } from './plain-room.ts';
import { PlainVictims } from './plain-victims.ts';
import type { Asking, EvictingTurn } from './plain-victims.ts';
import { inTaskOrder } from './plain-shares.ts';
import { withYielded } from './plain-yields.ts';
import { asks, isBestEffort, rolesOf, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** Who has to go so that one pod fits a node. */
interface Plan {
  readonly node: NodeRecord;
  readonly victims: readonly PodRecord[];
  /** Gangs that are broken. */
  readonly gangs: number;
}

const NO_GANGS: ReadonlyMap<PodRecord, readonly PodRecord[]> = new Map();

/** How far priorities reach down. */
const LOWEST_PRIORITY = -(2 ** 31);

/** One action that evicts (0035, 0036, 0037, 0051). */
export class PlainEvictions {
  readonly #turn: EvictingTurn;
  readonly #world: PlainWorld;
  readonly #action: EvictingAction;
  readonly #isAcross: boolean;
  /** Pods go for others of their own group. */
  readonly #isWithin: boolean;
  readonly #victims: PlainVictims;
  readonly #budgets: PlainBudgets;
  /** Rooms that are kept beyond the turn once the action is over. */
  readonly #granted = new Map<string, string>();

  constructor(turn: EvictingTurn, action: EvictingAction, isWithin: boolean) {
    this.#turn = turn;
    this.#world = turn.world;
    this.#action = action;
    this.#isAcross = action.endsWith('reclaim');
    this.#isWithin = isWithin;
    this.#victims = new PlainVictims(turn, action, isWithin);
    this.#budgets = new PlainBudgets(turn.world);
  }

  /** Rooms by pod that others went for: node names. */
  run(): ReadonlyMap<string, string> {
    const world = this.#world;
    const before = this.#mark();
    const isShort = (group: PodGroupRecord): boolean => !this.#isWhole(group);
    const mayAsk = (group: PodGroupRecord): boolean =>
      this.#isWithin ? !isShort(group) : this.#action === 'reclaim' || isShort(group);
    const lacks = (group: PodGroupRecord): boolean =>
      world.isLetIn(group) && world.waiting(group).some((pod) => !isBestEffort(pod));
    this.#turn.inTurn(lacks, (group, queue) => {
      const isFit = queue.state === 'Open' && this.#turn.notValid(group, queue) === undefined;
      if (!isFit || !mayAsk(group)) return 'done';
      const take = (): boolean => this.#take(group, queue);
      const isTaken =
        take() || (!this.#isAcross && withYielded(world, group, (a, b) => this.#turn.compareGroups(a, b), take));
      if (!isTaken) return 'done';
      return mayAsk(group) && lacks(group) && this.#isWhole(group) ? 'again' : 'done';
    });
    this.#spare(before, false);
    for (const uid of [...world.promises.keys()].slice(before.promises)) {
      this.#granted.set(uid, world.promises.get(uid) ?? '');
    }
    return this.#granted;
  }

  #mark(): { readonly evicted: number; readonly promises: number } {
    return { evicted: this.#world.evicted.length, promises: this.#world.promises.size };
  }

  /** With what it holds and is promised it could start. */
  #isWhole(group: PodGroupRecord): boolean {
    const placed = this.#world.membersIn(group, 'standing', 'succeeded', 'promised');
    const isRoleShort = rolesOf(group).some(([role, min]) => placed.filter(({ task }) => task === role).length < min);
    return placed.length >= group.minMember && !isRoleShort;
  }

  /** Pods go, so that the group could start, or one more of its pods can; else nobody does. */
  #take(group: PodGroupRecord, queue: QueueRecord): boolean {
    const world = this.#world;
    let isTaken = false;
    world.attempt(() => {
      const mark = this.#mark();
      const wasWhole = this.#isWhole(group);
      const gone = this.#place(group, queue, wasWhole);
      if (gone === 0 || !this.#isWhole(group)) return false;
      if (world.promises.size - mark.promises > 1) this.#spare(mark, true);
      if (!wasWhole) this.#keepPlaces(group);
      isTaken = true;
      return true;
    });
    if (isTaken) this.#turn.refuse(group, { code: 'RoomPromised' });
    return isTaken;
  }

  /** What the group was given in this turn, and was too little to start, is kept for it as well. */
  #keepPlaces(group: PodGroupRecord): void {
    const { places, committed } = this.#world;
    for (const { uid } of this.#world.members(group)) {
      const node = places.get(uid);
      if (node !== undefined && !committed.has(uid)) this.#granted.set(uid, node);
    }
  }

  /** Number of pods that go. */
  #place(group: PodGroupRecord, queue: QueueRecord, wasWhole: boolean): number {
    const world = this.#world;
    const before = world.evicted.length;
    for (const pod of this.#neededFirst(group)) {
      if (isBestEffort(pod)) continue;
      const isPlaced = this.#placeOne({ pod, group, queue }, world.evicted.length > before);
      if (!isPlaced && (wasWhole || world.valid(group).length <= group.minMember)) break;
      if (isPlaced && this.#isWhole(group)) break;
    }
    return world.evicted.length - before;
  }

  /** Those that a role cannot do without, then the others. */
  #neededFirst(group: PodGroupRecord): readonly PodRecord[] {
    const waiting = inTaskOrder(this.#world.waiting(group));
    const placed = this.#world.membersIn(group, 'standing', 'succeeded', 'promised');
    const needed = rolesOf(group).flatMap(([role, min]) => {
      const has = placed.filter(({ task }) => task === role).length;
      return waiting.filter(({ task }) => task === role).slice(0, Math.max(0, min - has));
    });
    return [...waiting.filter((pod) => needed.includes(pod)), ...waiting.filter((pod) => !needed.includes(pod))];
  }

  /** What is kept for the pod is free to it. */
  #placeOne(asking: Asking, isFreedByOthers: boolean): boolean {
    const { kept } = this.#world.memory;
    const { uid } = asking.pod;
    const own = kept.get(uid);
    kept.delete(uid);
    const isPlaced = this.#findRoom(asking, own?.node, isFreedByOthers);
    if (own !== undefined) kept.set(uid, own);
    return isPlaced;
  }

  #findRoom(asking: Asking, own: string | undefined, isFreedByOthers: boolean): boolean {
    const { pod, group, queue } = asking;
    const { shares } = this.#turn;
    const world = this.#world;
    const ownNode = world.nodes.find(({ name }) => name === own);
    const isOwnOpen = ownNode !== undefined && willFit(world, pod, ownNode);
    // What others had to go for is taken within what the queue deserves only.
    const mayTakeFree = !isFreedByOthers || !this.#isAcross || shares.hasClaim(queue, pod);
    if (mayTakeFree && shares.allocatable(queue, pod, group, LATER) === undefined) {
      const node = bestNode(world, pod) ?? (isOwnOpen ? ownNode : laterNode(world, pod));
      if (node !== undefined) {
        world.promises.set(pod.uid, node.name);
        return true;
      }
    }
    const plan = pod.isPatient ? undefined : this.#bestPlan(asking);
    if (plan === undefined) return false;
    world.evicted = [...world.evicted, ...plan.victims.map(({ uid }) => uid)];
    for (const { uid } of plan.victims) world.beneficiaries.set(uid, group.name);
    world.promises.set(pod.uid, plan.node.name);
    return true;
  }

  /** Between nodes: decision 0051. */
  #bestPlan(asking: Asking): Plan | undefined {
    const plans = this.#world.nodes.flatMap((node) => this.#plan(node, asking) ?? []);
    const keys: readonly ((plan: Plan) => number)[] = [
      ({ victims }) => this.#highest(victims),
      ({ gangs }) => gangs,
      ({ victims }) => sum(victims, (victim) => this.#victims.priority(victim) - LOWEST_PRIORITY),
      ({ victims }) => victims.length,
      ({ victims }) => {
        const most = victims.filter((victim) => this.#victims.priority(victim) === this.#highest(victims));
        return -Math.min(...most.map(({ createdMs }) => createdMs));
      },
    ];
    let left = plans;
    for (const key of keys) {
      const least = Math.min(...left.map(key));
      left = left.filter((plan) => key(plan) === least);
    }
    return left[0];
  }

  #highest(victims: readonly PodRecord[]): number {
    return Math.max(...victims.map((victim) => this.#victims.priority(victim)));
  }

  /** Who would have to go from the node; undefined when the pod cannot have it, whoever goes. */
  #plan(node: NodeRecord, asking: Asking): Plan | undefined {
    const world = this.#world;
    const here = [...world.records.pods.values()].filter((pod) => world.nodeOf(pod) === node.name);
    const candidates = this.#victims.worstFirst(
      here.filter((pod) => this.#victims.mayGo(pod, asking) && this.#budgets.allows(pod)),
      asking.queue,
    );
    const { safe, whole } = this.#victims.bundles(this.#victims.vote(asking, candidates));
    const fits = (gone: readonly PodRecord[]): boolean => this.#fits(node, asking, gone);
    // The worst, as many as make room.
    const worst = safe.slice(
      0,
      [...safe.keys()].find((count) => fits(safe.slice(0, count))),
    );
    const gangs = this.#isWithin || fits(worst) ? NO_GANGS : this.#breakable(whole, asking);
    const taken = [...worst, ...gangs.keys()];
    if (!fits(taken)) return undefined;
    const plan = this.#letBack(node, taken, gangs, fits);
    const isWithin = this.#budgets.overdrawing(plan.victims).length === 0;
    // Where budgets do not let these go others of the node may.
    const last = isWithin || worst.length === safe.length ? plan : this.#letBack(node, safe, NO_GANGS, fits);
    if (this.#budgets.overdrawing(last.victims).length > 0) return undefined;
    // For one of its own pods a group never falls below its minimum.
    const isBelow = this.#isWithin && this.#arrived(asking.group) - last.victims.length < asking.group.minMember;
    return isBelow ? undefined : last;
  }

  /** By the pods with whom a gang breaks: all of it, if all of it may go. */
  #breakable(whole: readonly PodRecord[], asking: Asking): ReadonlyMap<PodRecord, readonly PodRecord[]> {
    const gangs = new Map<PodRecord, readonly PodRecord[]>();
    for (const victim of whole) {
      const all = this.#victims.breakable(victim, asking);
      if (all !== undefined && this.#budgets.overdrawing(all).length === 0) gangs.set(victim, all);
    }
    return gangs;
  }

  /** Of those thought gone as many as can stay, the most important first, and before all others those that are too many for their budgets. */
  #letBack(
    node: NodeRecord,
    taken: readonly PodRecord[],
    gangs: ReadonlyMap<PodRecord, readonly PodRecord[]>,
    fits: (gone: readonly PodRecord[]) => boolean,
  ): Plan {
    let needed = taken;
    // With one whose gang breaks goes all of the gang.
    const going = (): readonly PodRecord[] => {
      const ofGangs = new Set(needed.flatMap((victim) => gangs.get(victim) ?? []));
      return [...needed.toReversed().filter((victim) => !ofGangs.has(victim)), ...ofGangs];
    };
    const spare = (victim: PodRecord): void => {
      const others = needed.filter((each) => each !== victim);
      if (fits(others)) needed = others;
    };
    for (const victim of taken.toReversed()) if (this.#budgets.overdrawing(going()).includes(victim)) spare(victim);
    for (const victim of taken.toReversed()) if (needed.includes(victim)) spare(victim);
    const broken = new Set(needed.filter((victim) => gangs.has(victim)).map(({ group }) => group));
    return { node, victims: going(), gangs: broken.size };
  }

  #arrived(group: PodGroupRecord): number {
    const world = this.#world;
    return world.members(group).filter((pod) => world.isOnNode(pod) || world.stateOf(pod) === 'succeeded').length;
  }

  /** The pod has room on the node once these are gone, and its queue may have it then. */
  #fits(node: NodeRecord, { pod, group, queue }: Asking, gone: readonly PodRecord[]): boolean {
    const world = this.#world;
    const isRoom = [...pod.shape.requests].every(([r, amount]) => {
      if (amount === 0) return true;
      const { idle, leaving, promised } = world.room(node, r);
      const freed = sum(gone, (each) => (world.nodeOf(each) === node.name ? asks(each, r) : 0));
      return world.offered(r) > 0 && idle + leaving - promised + freed >= amount;
    });
    if (!isRoom || !isOpenLater(world, pod, node, gone)) return false;
    if (this.#isAcross && !this.#turn.shares.hasClaim(queue, pod)) return false;
    const freed = (name: string, r: string): number =>
      sum(gone, (each) => (world.queueOf(each)?.name === name ? asks(each, r) : 0));
    return this.#turn.shares.allocatable(queue, pod, group, { freed, isGranted: false }) === undefined;
  }

  /** Takes back what turned out to be for nothing; promised pods may move for it. */
  #spare(mark: { readonly evicted: number; readonly promises: number }, mayMove: boolean): void {
    const world = this.#world;
    const promised = [...world.promises.keys()]
      .slice(mark.promises)
      .flatMap((uid) => world.records.pods.get(uid) ?? []);
    const victims = world.evicted.slice(mark.evicted).flatMap((uid) => world.records.pods.get(uid) ?? []);
    const units = [...Map.groupBy(victims, (victim) => this.#unitOf(victim)).values()];
    // The most important stay before others.
    const inOrder = this.#victims.worstFirst(victims).toReversed();
    const place = (unit: readonly PodRecord[]): number => inOrder.findIndex((victim) => victim === unit[0]);
    for (const unit of units.toSorted((a, b) => place(a) - place(b))) {
      const [evicted, promises] = [world.evicted, new Map(world.promises)];
      world.evicted = evicted.filter((uid) => !unit.some((each) => each.uid === uid));
      const isFree = this.#makeWay(unit, promised, mayMove) && promised.every((pod) => this.#isPlaceOpen(pod));
      if (isFree && this.#isWithinRights(promised)) continue;
      world.promises = promises;
      world.evicted = evicted;
    }
  }

  /** Who stays or goes together: the members of a gang that is broken. */
  #unitOf(victim: PodRecord): string {
    const group = this.#world.groupOf(victim);
    if (group === undefined || group.minMember <= 1 || this.#world.missing(group) === 0) return victim.uid;
    return group.key;
  }

  /** There is room for those that stay, once promised pods have moved away as far as they may. */
  #makeWay(stay: readonly PodRecord[], promised: readonly PodRecord[], mayMove: boolean): boolean {
    const world = this.#world;
    const isShort = (node: NodeRecord, { shape }: PodRecord): boolean =>
      [...shape.requests].some(([r, amount]) => {
        const { idle, leaving, promised: kept } = world.room(node, r);
        return amount > 0 && idle + leaving - kept < 0;
      });
    const names = new Set(stay.map((pod) => world.nodeOf(pod)));
    return [...names].every((name) => {
      const node = world.records.nodes.get(name);
      if (node === undefined) return true;
      for (const pod of mayMove ? promised : []) {
        if (world.promises.get(pod.uid) !== name || !isShort(node, pod)) continue;
        const other = bestNode(world, pod) ?? laterNode(world, pod);
        if (other === undefined) break;
        world.promises.set(pod.uid, other.name);
      }
      return stay.every((pod) => world.nodeOf(pod) !== name || !isShort(node, pod));
    });
  }

  /** The pod may have the place that it is promised, once those on their way out have gone. */
  #isPlaceOpen(pod: PodRecord): boolean {
    const world = this.#world;
    const { promises } = world;
    const node = world.records.nodes.get(promises.get(pod.uid) ?? '');
    if (node === undefined) return true;
    world.promises = new Map([...promises].filter(([uid]) => uid !== pod.uid));
    const isOpen = willFit(world, pod, node);
    world.promises = promises;
    return isOpen;
  }

  /** What a queue may have is asked about each of them anew, one after the other. */
  #isWithinRights(promised: readonly PodRecord[]): boolean {
    const world = this.#world;
    const { shares } = this.#turn;
    const promises = world.promises;
    const given = new Set(promised.map(({ uid }) => uid));
    world.promises = new Map([...promises].filter(([uid]) => !given.has(uid)));
    const isWithin = promised.every((pod) => {
      const [queue, group] = [world.queueOf(pod), world.groupOf(pod)];
      const mayHave =
        queue === undefined ||
        group === undefined ||
        (shares.allocatable(queue, pod, group, LATER) === undefined &&
          (!this.#isAcross || shares.hasClaim(queue, pod)));
      world.promises.set(pod.uid, promises.get(pod.uid) ?? '');
      return mayHave;
    });
    world.promises = promises;
    return isWithin;
  }
}

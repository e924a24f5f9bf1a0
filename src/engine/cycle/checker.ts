import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { ResourceAmounts, TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';
import type { DeviceClaimRecord, SliceRecord } from '../../api/records/device-records.ts';
import { specialClaimKey } from '../../api/devices/special-claim.ts';
import type { BindDecision, GangDecision } from '../../scheduler/session/decision.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import { CardReservations } from './claims/card-reservations.ts';
import { DeviceReservations } from './claims/device-reservations.ts';
import { VolumeReservations } from './claims/volume-reservations.ts';
import { Membership } from './bind/membership.ts';
import { isWholePart, missingParts, partsOf } from './bind/parts.ts';
import type { Part } from './bind/parts.ts';
import { addAll, addTo } from './amounts-by-name.ts';
import { QueueLimits } from './queue-limits.ts';
import type { QueueLimitsView } from './queue-limits.ts';

interface Charge {
  readonly node: string;
  readonly group: string;
  readonly amounts: ResourceAmounts;
  /** What it counts for its queue. */
  readonly counted: ResourceAmounts;
  /** Not confirmed by the watch yet. */
  readonly isReserved: boolean;
}

/** What the checker reads of the cluster: the newest records, kept by the engine. */
export interface CheckerView extends QueueLimitsView {
  node(name: string): NodeRecord | undefined;
  /** Pods that belong to the group; asked only of groups that are split into parts. */
  podsOf(group: string): Iterable<PodRecord>;
  claim(key: string): VolumeClaimRecord | undefined;
  volume(name: string): VolumeRecord | undefined;
}

/**
 * The last look before writes: no overcommit, no partial gang, no queue over its capability with those below it, no double
 * bind, no bind to a node that takes none, no volume or device for two claims, no card for more than it has. It keeps ledgers of its
 * own from the watch and its reservations, and knows nothing of scores, sessions or the snapshot, so that a fault in the core cannot hide in both.
 */
export class Checker {
  readonly #view: CheckerView;
  readonly #charges = new Map<string, Charge>();
  readonly #nodeUse = new Map<string, Map<string, number>>();
  readonly #membership = new Membership();
  readonly #queues: QueueLimits;
  readonly #volumes: VolumeReservations;
  readonly #cards: CardReservations;
  readonly #devices = new DeviceReservations();

  constructor(view: CheckerView) {
    this.#view = view;
    this.#volumes = new VolumeReservations(view);
    this.#cards = new CardReservations(view);
    this.#queues = new QueueLimits(view, (device) => this.#devices.recordOf(device));
  }

  /** Follows the watch: what a pod holds now. A reservation lasts until the pod is seen bound, forgotten or gone. */
  observe(next: PodRecord | undefined, uid: string): void {
    this.#observeMember(next, uid);
    const held = this.#charges.get(uid);
    if (next === undefined || !isHolding(next)) {
      if (held !== undefined && (next === undefined || next.nodeName !== '' || next.deleting || !held.isReserved))
        this.#end(uid, held);
      return;
    }
    if (held !== undefined && isSame(held, next)) return;
    if (held !== undefined) this.#drop(uid, held);
    // Its group is the one that it was bound for: a pod that changes its annotations afterwards escapes no ledger.
    this.#add(uid, next, next.nodeName, held?.group ?? groupKey(next), false);
    this.#cards.see(next, held?.isReserved === false);
  }

  /** Follows the watch: which devices a claim has. */
  observeDeviceClaim(next: DeviceClaimRecord | undefined, key: string): void {
    this.#devices.observe(next, key);
    this.#queues.observeClaim(next, key);
  }

  /** Follows the watch: what there is of devices. */
  observeSlice(next: SliceRecord | undefined, name: string): void {
    this.#devices.observeSlice(next, name);
  }

  /** Follows the watch: which queue a group counts for. One that is deleted before its pods counts until they are gone. */
  observeGroup(next: PodGroupRecord | undefined, key: string): void {
    this.#queues.observeGroup(next, key);
  }

  /** Reserves the gang's places, or tells the first invariant that they would break and reserves nothing. */
  reserve(gang: GangDecision): string | undefined {
    const problem = this.#check(gang);
    if (problem !== undefined) return problem;
    for (const bind of gang.binds) {
      const pod = this.#view.pod(bind.uid);
      if (pod === undefined) continue;
      this.#add(bind.uid, pod, bind.node, gang.group, true);
      this.#volumes.add(bind);
      this.#devices.add(bind);
      this.#queues.promise(bind);
      this.#cards.add(bind.uid, bind.node, bind.cards?.flat() ?? []);
      this.#membership.add(bind.uid, gang.group, pod.task);
    }
    return undefined;
  }

  /** A reserved binding did not happen. */
  release(uid: string): void {
    const held = this.#charges.get(uid);
    if (held?.isReserved !== true) return;
    this.#end(uid, held);
    this.#membership.remove(uid);
  }

  /** Pods of a group that hold a node or a reservation and are there to stay, or have succeeded on one. */
  members(group: string): number {
    return this.#membership.size(group);
  }

  /** Whether the group has its minimum, of each role and parts enough as well, without some of its members. */
  isWhole(group: PodGroupRecord, without?: ReadonlySet<string>): boolean {
    if (this.#membership.missing(group, without) !== undefined) return false;
    return group.subGroups.length === 0 || missingParts(group, this.#partsOf(group, without)) === undefined;
  }

  /** The same, and the parts that these pods are of are whole, too. */
  isWholeWith(group: PodGroupRecord, uids: readonly string[], without: ReadonlySet<string>): boolean {
    if (!this.isWhole(group, without)) return false;
    if (group.subGroups.length === 0) return true;
    const own = new Set(uids);
    const size = (pods: readonly PodRecord[]): number => pods.filter(({ uid }) => !without.has(uid)).length;
    const parts = partsOf(group, this.#membersOf(group, own));
    return parts.every((part) => !part.pods.some(({ uid }) => own.has(uid)) || size(part.pods) >= part.size);
  }

  /** Parts of the group that would have some members, but too few, or none any more, without these; by them. */
  brokenParts(group: PodGroupRecord, uids: readonly string[]): readonly (readonly string[])[] {
    const going = new Set(uids);
    return partsOf(group, this.#membersOf(group))
      .map(({ size, pods }) => ({ left: pods.filter(({ uid }) => !going.has(uid)).length, size, pods }))
      .filter(({ left, size, pods }) => left < size && left < pods.length)
      .map(({ pods }) => pods.map(({ uid }) => uid).filter((uid) => going.has(uid)));
  }

  /** Parts of which the plan bound some pods, and which do not have all: of those bindings the watch may not have told yet. */
  tornParts(group: PodGroupRecord, planId: string): readonly Part[] {
    const isOfPlan = ({ bindPlanId, nodeName }: PodRecord): boolean => bindPlanId === planId || nodeName === '';
    return this.#partsOf(group).filter((part) => !isWholePart(part) && part.pods.some(isOfPlan));
  }

  #partsOf(group: PodGroupRecord, without: ReadonlySet<string> = NONE): readonly Part[] {
    return partsOf(
      group,
      this.#membersOf(group).filter(({ uid }) => !without.has(uid)),
    );
  }

  /** Members of the group, and some that are to be. */
  #membersOf({ key, subGroups }: PodGroupRecord, more: ReadonlySet<string> = NONE): readonly PodRecord[] {
    if (subGroups.length === 0) return [];
    return [...this.#view.podsOf(key)].filter(({ uid }) => more.has(uid) || this.#membership.has(uid));
  }

  /** The status of a PodGroup counts members, too, but that lags behind the pods. */
  #observeMember(next: PodRecord | undefined, uid: string): void {
    const group = this.#charges.get(uid)?.group;
    if (next !== undefined && isMember(next)) this.#membership.add(uid, group ?? groupKey(next), next.task);
    else if (next === undefined || next.nodeName !== '' || next.deleting) this.#membership.remove(uid);
  }

  #check(gang: GangDecision): string | undefined {
    const group = this.#view.group(gang.group);
    if (group === undefined) return `PodGroup ${gang.group} does not exist`;
    const nodeExtra = new Map<string, Map<string, number>>();
    const seen = new Set<string>();
    for (const bind of gang.binds) {
      const pod = this.#view.pod(bind.uid);
      const problem = this.#checkPod(bind.uid, pod, gang.group, seen) ?? this.#checkNode(bind, pod, nodeExtra);
      if (problem !== undefined) return `${bind.pod}: ${problem}`;
    }
    const { binds } = gang;
    const choices = this.#volumes.problem(binds) ?? this.#cards.problem(binds) ?? this.#devices.problem(binds);
    return choices ?? this.#queues.problem(group, binds) ?? this.#checkGang(group, gang);
  }

  #checkPod(uid: string, pod: PodRecord | undefined, group: string, seen: Set<string>): string | undefined {
    if (pod === undefined) return 'the pod does not exist';
    if (seen.has(uid) || this.#charges.has(uid)) return 'the pod is bound or being bound already';
    seen.add(uid);
    if (pod.deleting || pod.gated || pod.phase !== 'Pending') return 'the pod is deleted, gated or finished';
    return groupKey(pod) === group ? undefined : 'the pod belongs to another group';
  }

  #checkNode(
    bind: BindDecision,
    pod: PodRecord | undefined,
    extra: Map<string, Map<string, number>>,
  ): string | undefined {
    const { node: name } = bind;
    const node = this.#view.node(name);
    if (node === undefined || pod === undefined) return `node ${name} does not exist`;
    const { tolerations, requests } = pod.shape;
    if (node.unschedulable && !covers(tolerations, UNSCHEDULABLE)) return `node ${name} is cordoned`;
    const taint = node.taints.find(
      ({ effect, ...rest }) => effect !== 'PreferNoSchedule' && !covers(tolerations, { ...rest, effect }),
    );
    if (taint !== undefined) return `node ${name} has the taint ${taint.key}`;
    let added = extra.get(name);
    if (added === undefined) extra.set(name, (added = new Map()));
    addAll(added, requests);
    for (const [resource, asked] of requests) {
      const used = (this.#nodeUse.get(name)?.get(resource) ?? 0) + (added.get(resource) ?? 0);
      const room = node.allocatable.get(resource) ?? 0;
      if (asked <= 0 || used <= room || this.#hasDevicesFor(resource, room, pod, bind)) continue;
      return `node ${name} would hold ${used} of ${room} ${resource}`;
    }
    return undefined;
  }

  /** What the node does not publish itself it gives by devices of the pod's special claim. */
  #hasDevicesFor(
    resource: string,
    room: number,
    { extendedAsks, namespace, uid }: PodRecord,
    { devices = [] }: BindDecision,
  ): boolean {
    if (room > 0 || !extendedAsks.some((ask) => ask.resource === resource)) return false;
    const key = specialClaimKey(namespace, uid);
    return devices.some(({ claim }) => claim === key) || this.#devices.isAllocated(key);
  }

  #checkGang(group: PodGroupRecord, gang: GangDecision): string | undefined {
    const roles = gang.binds.map(({ uid }) => this.#view.pod(uid)?.task ?? '');
    const missing = this.#membership.missing(group, undefined, roles) ?? this.#lackingParts(group, gang);
    return missing === undefined ? undefined : `${missing} would be bound`;
  }

  #lackingParts(group: PodGroupRecord, { binds }: GangDecision): string | undefined {
    if (group.subGroups.length === 0) return undefined;
    const more = new Set(binds.map(({ uid }) => uid));
    const parts = partsOf(group, this.#membersOf(group, more));
    const torn = parts.find((part) => !isWholePart(part) && part.pods.some(({ uid }) => more.has(uid)));
    if (torn === undefined) return missingParts(group, parts);
    return `${torn.pods.length} of ${torn.size} members of a sub-group of ${group.key}`;
  }

  #add(uid: string, pod: PodRecord, node: string, group: string, isReserved: boolean): void {
    const { requests: amounts } = pod.shape;
    const counted = this.#queues.add(uid, pod, group);
    this.#charges.set(uid, { node, group, amounts, counted, isReserved });
    addTo(this.#nodeUse, node, amounts, 1);
  }

  /** It has nothing any more. */
  #end(uid: string, charge: Charge): void {
    this.#drop(uid, charge);
    this.#cards.remove(uid);
  }

  #drop(uid: string, charge: Charge): void {
    this.#charges.delete(uid);
    this.#volumes.remove(uid);
    this.#devices.remove(uid);
    addTo(this.#nodeUse, charge.node, charge.amounts, -1);
    this.#queues.remove(uid, charge.group, charge.counted);
  }
}

const NONE: ReadonlySet<string> = new Set();

const UNSCHEDULABLE: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

function covers(tolerations: readonly Toleration[], taint: TaintRecord): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === taint.value);
  });
}

/** A pod may be resized in place. */
function isSame(held: Charge, pod: PodRecord): boolean {
  return !held.isReserved && held.node === pod.nodeName && held.amounts === pod.shape.requests;
}

function isHolding(pod: PodRecord): boolean {
  return pod.nodeName !== '' && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

function isMember(pod: PodRecord): boolean {
  return pod.nodeName !== '' && (pod.phase === 'Succeeded' || (isHolding(pod) && !pod.deleting));
}

/** Empty for pods that others place: they only take room. */
function groupKey(pod: PodRecord): string {
  return pod.group === '' || !SERVED_SCHEDULERS.has(pod.schedulerName) ? '' : `${pod.namespace}/${pod.group}`;
}

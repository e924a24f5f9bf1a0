import type {
  AllocatedDevice,
  DeviceAllocation,
  DeviceClaimRecord,
  PodDeviceClaim,
} from '../../api/records/device-records.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { allocate } from './allocate.ts';
import type { Verdict } from './allocate.ts';
import type { DeviceWorld } from './allocation-search.ts';
import { ClassHoldings } from './class-holdings.ts';
import { areSameDevices } from './same-devices.ts';
import type { DeviceChoice } from './device-choice.ts';
import { deviceClaimState } from './device-claim-state.ts';
import type { DeviceClaimState } from './device-claim-state.ts';
import { DeviceFacts } from './device-facts.ts';
import { DeviceUses } from './device-uses.ts';
import type { DeviceUsage } from './device-uses.ts';
import { freeFirst } from './free-first.ts';
import { NodeDeviceTable } from './node-devices.ts';
import { ServedResources } from './served-resources.ts';
import { isSpecialClaim } from '../../api/devices/special-claim.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { LeavingClaims } from './leaving-claims.ts';
import { overuse } from './overuse.ts';
import { poolKey } from './pool-table.ts';

/** What an unallocated claim is promised, for as many placed pods as use it. */
interface Promised {
  /** Of the claim: another one of that name gets nothing of it. */
  readonly uid: string;
  readonly allocation: DeviceAllocation;
  /** It was chosen among devices that others may still have. */
  readonly isLater: boolean;
  tasks: number;
}

interface Placed {
  readonly claims: readonly PodDeviceClaim[];
  readonly choices: readonly DeviceChoice[];
}

interface Choosing {
  /** Undefined: what is free now. */
  readonly gone: ReadonlySet<Task> | undefined;
  readonly isFreeFirst: boolean;
}

const NOW: Choosing = { gone: undefined, isFreeFirst: false };

/** Pods that may use one claim, as the API says. */
const MOST_USERS = 256;

const NO_CHOICES: readonly DeviceChoice[] = [];
const NO_DEVICES: readonly AllocatedDevice[] = [];
const NO_USES = new DeviceUses();
const NOBODY: ReadonlySet<Task> = new Set();

/**
 * Which claim has which devices, by the API or by promise: a device is promised once, from the moment its pod is placed until the
 * pod is seen on its node or its place is given back. A claim that several pods share has one promise. Pods without claims cost one
 * comparison.
 */
export class ClaimLedger {
  readonly facts = new DeviceFacts((key) => {
    this.#changes += 1;
    if (this.#recharge(key)) this.#moves += 1;
    if (this.holdings.changed(key)) for (const queue of this.holdings.holdersOf(key)) queue.markDirty();
    this.leaving.refresh(key);
  });
  readonly holdings: ClassHoldings;
  readonly uses = new DeviceUses();
  /** What comes free once pods that are told to go have gone. */
  readonly leaving = new LeavingClaims(
    this.facts.claims,
    (key) => this.#users.has(key),
    (record) => this.claimsOf(record),
  );
  /** Some pod uses claims; none: all of this costs one comparison. */
  isUsed = false;
  /** Claims decide where pods go (`predicate.DynamicResourceAllocationEnable`): else nothing is promised to them. */
  isOn = true;
  readonly devices: NodeDeviceTable;
  /** What classes serve of what pods ask of nodes. */
  readonly served: ServedResources;
  /** The node itself offers some of the resource, whatever classes serve. */
  readonly isPublished: (node: number, resource: string) => boolean;
  readonly #nodes: NodeTable;
  readonly #promises = new Map<string, Promised>();
  readonly #placed = new Map<Task, Placed>();
  /** UIDs of placed pods that use a claim, by its key. */
  readonly #users = new Map<string, Set<string>>();
  /** What each claim takes now. */
  readonly #charged = new Map<string, readonly AllocatedDevice[]>();
  /** Grows whenever devices came into use or out of it that could be free to other nodes than that of a placed task. */
  #moves = 0;
  /** Grows whenever a claim or a promise is another one. */
  #changes = 0;

  constructor(
    nodes: NodeTable,
    index: NodeIndex,
    resources: ResourceTable,
    featuresVersion: () => number,
    isPublished: (node: number, resource: string) => boolean,
  ) {
    this.isPublished = isPublished;
    this.#nodes = nodes;
    this.holdings = new ClassHoldings(
      resources,
      this.facts,
      ({ key, allocation }) => allocation ?? this.#promiseOf(key)?.allocation,
    );
    this.devices = new NodeDeviceTable(this.facts, nodes, index, featuresVersion);
    this.served = new ServedResources(this.facts, this.devices);
  }

  /** Grows whenever nodes that did not change may be open or closed to a pod with claims. */
  get version(): number {
    return this.facts.version + this.#moves;
  }

  /** Grows whenever any node may have another answer for a pod with claims, or a claim means something else. */
  get stamp(): number {
    return this.facts.version + this.#changes;
  }

  /** All claims of the pod, with the one for what classes serve. */
  claimsOf(record: Pick<PodRecord, 'namespace' | 'uid' | 'deviceClaims' | 'extendedAsks'>): readonly PodDeviceClaim[] {
    return this.served.claimsOf(record);
  }

  /** A statement gives the task a place, with devices, or takes it back. What is only promised may be in use by pods that are on their way out. */
  place(task: Task, node: number, sign: 1 | -1, status: TaskStatus): void {
    if (sign === 1) this.choose(task, node, status === TaskStatus.Pipelined ? NOBODY : undefined);
    else this.#release(task, node);
  }

  /** A task comes to its node, or leaves it: devices come free with the last of those that use them. */
  charge(task: Task, sign: 1 | -1): void {
    if (this.claimsOf(task.record).length === 0) return;
    this.leaving.charge(task, sign);
    this.#changes += 1;
  }

  /** Promises the task what its claims need on the node, now or once `gone` have left it; false when they cannot have it there. */
  choose(task: Task, node: number, gone?: ReadonlySet<Task>): boolean {
    return this.#choose(task, node, gone === undefined ? NOW : { gone, isFreeFirst: false });
  }

  /** The same once `gone` have left it, but of devices that would do those first that are free now: others come free later, or never. */
  reserve(task: Task, node: number, gone: ReadonlySet<Task>): boolean {
    return this.#choose(task, node, { gone, isFreeFirst: true });
  }

  #choose(task: Task, node: number, { gone, isFreeFirst }: Choosing): boolean {
    const deviceClaims = this.claimsOf(task.record);
    if (deviceClaims.length === 0 || !this.isOn) return true;
    const states = deviceClaims.map((claim) => this.stateOf(claim));
    if (!this.#isReached(states, node) || !deviceClaims.every((claim) => this.mayUse(claim.key, task.uid)))
      return false;
    const own = deviceClaims.map(({ key }) => key);
    if (gone === undefined && !own.every((key) => this.isFree(key))) return false;
    const open = states.flatMap((state) => (state.kind === 'open' ? [state.claim] : []));
    const uses = gone === undefined ? this.uses : this.#usesLater(gone, own);
    const verdict = this.#allocate(open, node, uses, isFreeFirst);
    if (verdict.kind !== 'chosen') return false;
    const allocations = verdict.allocations();
    open.forEach((claim, at) => {
      const allocation = allocations[at];
      // A node that publishes all that the pod asks for needs no claim for it.
      if (allocation === undefined || (isSpecialClaim(claim.key) && allocation.devices.length === 0)) return;
      this.#promises.set(claim.key, { uid: claim.uid, allocation, isLater: gone !== undefined, tasks: 0 });
      this.holdings.changed(claim.key);
    });
    this.#changes += 1;
    const choices: DeviceChoice[] = [];
    for (const { key } of deviceClaims) {
      this.#use(key, task.uid);
      const promised = this.#promiseOf(key);
      if (promised === undefined) continue;
      promised.tasks += 1;
      choices.push({ claim: key, allocation: promised.allocation });
      if (promised.tasks === 1) this.#moved(key, node);
    }
    this.#placed.set(task, { claims: deviceClaims, choices });
    return true;
  }

  /** The task's place was given back, or its pod is gone: nothing is promised to it any more. */
  drop(task: Task): void {
    if (this.#placed.size > 0) this.#release(task, -1);
  }

  /** The pod was seen on a node: what its claims have by now is theirs without a promise. */
  confirm(task: Task): void {
    const placed = this.#placed.get(task);
    if (placed === undefined) return;
    const isTold = placed.choices.every(({ claim }) => this.facts.claims.get(claim)?.allocation !== undefined);
    if (isTold) this.drop(task);
  }

  /** Devices are kept for a pod that is to come, or no more. */
  hold(devices: readonly AllocatedDevice[], sign: 1 | -1): void {
    if (devices.length === 0) return;
    this.uses.charge(devices, sign);
    this.#moves += 1;
    this.#changes += 1;
  }

  /** Devices of the claims that were made for the task alone. */
  ownDevicesOf({ record, uid }: Task): readonly AllocatedDevice[] {
    const own = this.claimsOf(record).filter(({ podUid }) => podUid === uid);
    return own.flatMap(({ key }) => this.#charged.get(key) ?? NO_DEVICES);
  }

  /** For a decision: what claims that have no devices yet are to get, those that others share as well. */
  choicesOf(task: Task): readonly DeviceChoice[] {
    return this.#placed.size === 0 ? NO_CHOICES : (this.#placed.get(task)?.choices ?? NO_CHOICES);
  }

  /** Placed pods that share what the claim is promised. */
  promisedTo(claim: string): number {
    return this.#promises.get(claim)?.tasks ?? 0;
  }

  stateOf(claim: PodDeviceClaim): DeviceClaimState {
    return deviceClaimState(this.facts, claim, (key) => this.#promiseOf(key)?.allocation);
  }

  /** Nobody else has what the claim is promised, where that was chosen among devices that come free; with `gone`, once these have left, and all that are on their way out. */
  isFree(key: string, gone?: ReadonlySet<Task>): boolean {
    const promised = this.#promiseOf(key);
    if (promised?.isLater !== true || this.facts.claims.get(key)?.allocation !== undefined) return true;
    const uses = gone === undefined ? this.uses : this.#usesLater(gone, [key]);
    return overuse(promised.allocation.devices, uses, this.facts.pools) === undefined;
  }

  /** Whether the pod may use the claim beside all that do already. */
  mayUse(key: string, uid: string): boolean {
    const reserved = this.facts.claims.get(key)?.reservedFor ?? [];
    const users = this.#users.get(key);
    if (reserved.length + (users?.size ?? 0) < MOST_USERS || reserved.includes(uid)) return true;
    const all = new Set([...reserved, ...(users ?? [])]);
    return all.has(uid) || all.size < MOST_USERS;
  }

  /** What the node has for claims that have no devices yet; with `isEmpty`, if nothing were in use. */
  allocateAt(open: readonly DeviceClaimRecord[], node: number, isEmpty = false): Verdict {
    return this.#allocate(open, node, isEmpty ? NO_USES : this.uses);
  }

  /** What it will have once these have gone, and all that are on their way out; claims that are `own` are not given back by anybody. */
  allocateLater(
    open: readonly DeviceClaimRecord[],
    node: number,
    gone: ReadonlySet<Task>,
    own: readonly string[],
  ): Verdict {
    return this.#allocate(open, node, this.#usesLater(gone, own));
  }

  /** Devices of the task's claims are taken by others as well, once those that are on their way out have gone. */
  isShort({ record }: Task): boolean {
    const deviceClaims = this.claimsOf(record);
    if (deviceClaims.length === 0) return false;
    const devices = deviceClaims.flatMap(({ key }) => this.#charged.get(key) ?? NO_DEVICES);
    return overuse(devices, this.#usesLater(NOBODY, []), this.facts.pools) !== undefined;
  }

  /** Whether these, which are told to go, could keep their devices beside what was promised of them. */
  mayStay(tasks: readonly Task[]): boolean {
    const claims = tasks.flatMap(({ record }) => this.claimsOf(record));
    const devices = this.leaving.freedOf(claims);
    if (devices.length === 0) return true;
    const own = claims.map(({ key }) => key);
    return overuse(devices, this.#usesLater(NOBODY, own), this.facts.pools) === undefined;
  }

  #usesLater(gone: ReadonlySet<Task>, own: readonly string[]): DeviceUsage {
    return this.leaving.usesLater(this.uses, gone, own);
  }

  #allocate(open: readonly DeviceClaimRecord[], node: number, uses: DeviceUsage, isFreeFirst = false): Verdict {
    if (open.length === 0) return NOTHING_TO_CHOOSE;
    const devices = this.devices.of(node);
    const world: DeviceWorld = {
      devices: isFreeFirst ? freeFirst(devices, this.uses) : devices,
      uses,
      classOf: (name) => this.facts.classes.get(name),
      taintsOf: (device) => this.facts.taintsOf(device),
    };
    const asked = open.map((claim) => this.#onNode(claim, node));
    return allocate(asked, this.#nodes.records[node]?.name ?? '', world);
  }

  /** A special claim asks for what the node does not publish. */
  #onNode(claim: DeviceClaimRecord, node: number): DeviceClaimRecord {
    if (!isSpecialClaim(claim.key)) return claim;
    const requests = claim.requests.filter(({ resource = '' }) => !this.isPublished(node, resource));
    return requests.length === claim.requests.length ? claim : { ...claim, requests };
  }

  #isReached(states: readonly DeviceClaimState[], node: number): boolean {
    return states.every((state) => {
      if (state.kind === 'blocked') return false;
      return state.kind === 'open' || this.devices.isAmong(state.allocation.nodeTerms, node);
    });
  }

  /** Of a node below 0 nothing is known to change. */
  #release(task: Task, node: number): void {
    const placed = this.#placed.get(task);
    if (placed === undefined) return;
    this.#placed.delete(task);
    this.#changes += 1;
    const { claims, choices } = placed;
    for (const { key } of claims) this.#stopUsing(key, task.uid);
    for (const { claim, allocation } of choices) {
      const promised = this.#promises.get(claim);
      // Another claim of that name may have got a promise of its own meanwhile.
      if (promised?.allocation !== allocation) continue;
      promised.tasks -= 1;
      if (promised.tasks > 0) continue;
      this.#promises.delete(claim);
      this.holdings.changed(claim);
      this.#moved(claim, node);
    }
  }

  /** The claim's promise came or went. Others see it only at the node where it was, if its devices are of no other one. */
  #moved(key: string, node: number): void {
    const before = this.#charged.get(key) ?? NO_DEVICES;
    if (!this.#recharge(key)) return;
    if (!this.#areOf([...before, ...(this.#charged.get(key) ?? NO_DEVICES)], node)) this.#moves += 1;
  }

  #areOf(devices: readonly AllocatedDevice[], node: number): boolean {
    const name = this.#nodes.records[node]?.name;
    if (name === undefined) return false;
    return devices.every(({ driver, pool }) => this.facts.pools.get(poolKey(driver, pool))?.onlyNode === name);
  }

  /** Brings up to date what the claim takes; true when it takes something else now. */
  #recharge(key: string): boolean {
    const before = this.#charged.get(key) ?? NO_DEVICES;
    const allocation = this.facts.claims.get(key)?.allocation ?? this.#promiseOf(key)?.allocation;
    const devices = allocation?.devices ?? NO_DEVICES;
    if (devices.length > 0) this.#charged.set(key, devices);
    else this.#charged.delete(key);
    if (areSameDevices(before, devices)) return false;
    this.uses.charge(before, -1);
    this.uses.charge(devices, 1);
    return true;
  }

  #promiseOf(key: string): Promised | undefined {
    const promised = this.#promises.get(key);
    // What is made for a pod is promised before anybody has made it.
    return promised?.uid === '' || promised?.uid === this.facts.claims.get(key)?.uid ? promised : undefined;
  }

  #use(key: string, uid: string): void {
    const users = this.#users.get(key);
    if (users !== undefined) users.add(uid);
    else {
      this.#users.set(key, new Set([uid]));
      this.leaving.refresh(key);
    }
  }

  #stopUsing(key: string, uid: string): void {
    const users = this.#users.get(key);
    if (users?.delete(uid) !== true || users.size > 0) return;
    this.#users.delete(key);
    this.leaving.refresh(key);
  }
}

const NOTHING_TO_CHOOSE: Verdict = { kind: 'chosen', allocations: () => [] };

import { projectResourceClaim } from '../../../api/projections/devices/resource-claim.ts';
import type { AllocatedDevice, DeviceAllocation, DeviceClaimRecord } from '../../../api/records/device-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { compareResourceVersions } from '../../../lib/resource-version.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import type { Clock, Randomness, WriteRequest } from '../../ports.ts';
import { DONE } from './claim-order.ts';
import type { ClaimOrder, Standing } from './claim-order.ts';
import { specialClaimKey } from '../../../api/devices/special-claim.ts';
import { SpecialSteps } from './special-steps.ts';
import type { SpecialClaimView } from './special-steps.ts';
import { allocateClaim, freeClaim, leaveClaim, protectClaim, reserveClaim } from './device-claim-writes.ts';
import type { DeviceUser } from './device-claim-writes.ts';
import { deviceReadiness } from './device-readiness.ts';

export interface DeviceOrderView extends SpecialClaimView {
  /** As the watch has it. */
  readonly pod: (uid: string) => PodRecord | undefined;
  /** Some pod has claims for devices. */
  readonly isUsed: () => boolean;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** As long as kube-scheduler waits for devices to become ready. */
const TIMEOUT_MS = 600_000;

/** One for each claim for devices of the pods: they may share it. */
export function deviceOrders(binds: readonly BindDecision[], view: DeviceOrderView): readonly ClaimOrder[] {
  if (!view.isUsed()) return [];
  const users = new Map<string, BindDecision[]>();
  const allocations = new Map<string, DeviceAllocation>();
  const orders: ClaimOrder[] = [];
  for (const bind of binds) {
    for (const { claim, allocation } of bind.devices ?? []) allocations.set(claim, allocation);
    const pod = view.pod(bind.uid);
    for (const { key } of pod?.deviceClaims ?? []) {
      const known = users.get(key);
      if (known === undefined) users.set(key, [bind]);
      else known.push(bind);
    }
    const special = pod && specialOrder(pod, bind, allocations, view);
    if (special !== undefined) orders.push(special);
  }
  for (const [claim, using] of users) orders.push(new DeviceOrder(claim, using, allocations.get(claim), view));
  return orders;
}

/** Only where its node does not publish what it asks for: else nothing was chosen, and there is no such claim. */
function specialOrder(
  pod: PodRecord,
  bind: BindDecision,
  allocations: ReadonlyMap<string, DeviceAllocation>,
  view: DeviceOrderView,
): ClaimOrder | undefined {
  if (pod.extendedAsks.length === 0) return undefined;
  const key = specialClaimKey(pod.namespace, pod.uid);
  const allocation = allocations.get(key);
  if (allocation === undefined && view.deviceClaim(key)?.allocation === undefined) return undefined;
  return new DeviceOrder(key, [bind], allocation, view, new SpecialSteps(pod, allocation, view));
}

/** The chosen devices are written into their claim, and for which pods they are; drivers make them ready. */
class DeviceOrder implements ClaimOrder {
  readonly claim: string;
  readonly code = 'DevicesNotReady';
  readonly timeoutMs = TIMEOUT_MS;
  readonly mayUndoOthers = true;
  readonly #binds: readonly BindDecision[];
  /** Undefined for a claim that has devices already. */
  readonly #allocation: DeviceAllocation | undefined;
  readonly #view: DeviceOrderView;
  /** Of a claim that nobody makes but us. */
  readonly #special: SpecialSteps | undefined;
  #answered: DeviceClaimRecord | undefined;
  #isTold = false;

  constructor(
    claim: string,
    binds: readonly BindDecision[],
    allocation: DeviceAllocation | undefined,
    view: DeviceOrderView,
    special?: SpecialSteps,
  ) {
    this.#special = special;
    this.claim = claim;
    this.#binds = binds;
    this.#allocation = allocation && withShares(allocation, view.randomness);
    this.#view = view;
  }

  nextWrite(answered: JsonObject | undefined): WriteRequest | string | undefined {
    if (answered !== undefined) this.#take(answered);
    const claim = this.#newest();
    const making = claim?.deleting === true ? undefined : this.#special?.making(claim);
    if (making !== undefined) return making;
    if (claim === undefined || claim.deleting) return `claim ${this.claim} is gone`;
    const users = this.#binds.filter(({ uid }) => !claim.reservedFor.includes(uid)).map(userOf);
    if (claim.allocation === undefined) return this.#allocate(claim, users);
    if (!this.#isChosen(claim.allocation)) return `claim ${this.claim} was given other devices`;
    if (users.length > 0) return reserveClaim(claim, users);
    return this.#isTold ? undefined : this.#special?.telling(claim);
  }

  standing(): Standing {
    const gone = this.#binds.find(({ uid }) => isGone(this.#view.pod(uid)));
    if (gone !== undefined) return { problem: `pod ${gone.pod} is gone` };
    const claim = this.#view.deviceClaim(this.claim);
    const isOnItsWay = claim === undefined && this.#special !== undefined;
    if (isOnItsWay) return undefined;
    if (claim === undefined || claim.deleting) return { problem: `claim ${this.claim} is gone` };
    const isWritten = this.#binds.every(({ uid }) => claim.reservedFor.includes(uid));
    if (!isWritten || claim.allocation === undefined) {
      return this.#isBehind(claim) ? undefined : { problem: `claim ${this.claim} was freed by somebody else` };
    }
    const readiness = deviceReadiness(claim.allocation, claim.statuses);
    if (readiness.kind === 'failed') return { problem: `claim ${this.claim}: ${readiness.problem}` };
    return readiness.kind === 'ready' ? DONE : undefined;
  }

  undoing(): WriteRequest | undefined {
    const claim = this.#newest();
    const ours = new Set(this.#binds.map(({ uid }) => uid));
    const reserved = claim?.reservedFor.filter((uid) => ours.has(uid)) ?? [];
    if (claim === undefined || reserved.length === 0) return undefined;
    return reserved.length === claim.reservedFor.length ? freeClaim(claim) : leaveClaim(claim, reserved);
  }

  removing(): WriteRequest | undefined {
    return this.#special?.removing(this.#newest());
  }

  /** A claim, or the pod that was told of it. */
  #take(answered: JsonObject): void {
    const claim = projectResourceClaim(answered);
    if (claim?.key === this.claim) this.#answered = claim;
    else this.#isTold = this.#special !== undefined;
  }

  #allocate(claim: DeviceClaimRecord, users: readonly DeviceUser[]): WriteRequest | string {
    if (this.#allocation === undefined) return `claim ${this.claim} has no devices any more`;
    if (!claim.isProtected) return protectClaim(claim);
    return allocateClaim(claim, this.#allocation, users, this.#view.clock.nowMs());
  }

  /** What was answered to us, or what the watch has since. */
  #newest(): DeviceClaimRecord | undefined {
    const seen = this.#view.deviceClaim(this.claim);
    if (seen === undefined) return this.#special && this.#answered;
    return this.#isBehind(seen) ? this.#answered : seen;
  }

  #isBehind({ uid, resourceVersion }: DeviceClaimRecord): boolean {
    const answered = this.#answered;
    return answered?.uid === uid && compareResourceVersions(answered.resourceVersion, resourceVersion) > 0;
  }

  #isChosen({ devices }: DeviceAllocation): boolean {
    const chosen = this.#allocation?.devices;
    if (chosen === undefined) return true;
    return chosen.length === devices.length && chosen.every((one, at) => isSameDevice(one, devices[at]));
  }
}

function userOf({ pod, uid }: BindDecision): DeviceUser {
  return { name: pod.slice(pod.indexOf('/') + 1), uid };
}

function isGone(pod: PodRecord | undefined): boolean {
  return pod === undefined || pod.deleting;
}

function isSameDevice(a: AllocatedDevice, b: AllocatedDevice | undefined): boolean {
  return a.request === b?.request && a.driver === b.driver && a.pool === b.pool && a.device === b.device;
}

/** Each share of a device has a UID of its own. */
function withShares(allocation: DeviceAllocation, randomness: Randomness): DeviceAllocation {
  if (allocation.devices.every(({ share }) => share === undefined)) return allocation;
  const devices = allocation.devices.map((one) => (one.share === '' ? { ...one, share: newUid(randomness) } : one));
  return { ...allocation, devices };
}

/** A UUID of version 4. */
function newUid(randomness: Randomness): string {
  const digits = `${randomness.id()}${randomness.id()}`.replace(/[^0-9a-f]/g, '0').padEnd(32, '0');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join('-');
}

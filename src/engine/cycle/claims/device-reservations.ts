import type {
  AllocatedDevice,
  DeviceClaimRecord,
  DeviceRecord,
  SliceRecord,
} from '../../../api/records/device-records.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import { DeviceAmounts } from './device-amounts.ts';

/** Which claim has which device to itself, by the checker's own account: no device is given to two claims that do not share it, and no more of one than there is. */
export class DeviceReservations {
  /** By device: of the claims that have it, as the watch tells. */
  readonly #holders = new Map<string, Set<string>>();
  /** Claims that have devices. */
  readonly #allocated = new Set<string>();
  readonly #devicesOf = new Map<string, readonly string[]>();
  /** By device: the claim that is to have it, and the pods for whose sake. */
  readonly #reserved = new Map<string, { readonly claim: string; readonly pods: Set<string> }>();
  readonly #byPod = new Map<string, readonly string[]>();
  readonly #amounts = new DeviceAmounts();

  /** Follows the watch. */
  observeSlice(next: SliceRecord | undefined, name: string): void {
    this.#amounts.observeSlice(next, name);
  }

  /** What its driver tells of the device; undefined while no slice does. */
  recordOf(device: AllocatedDevice): DeviceRecord | undefined {
    return this.#amounts.recordOf(device);
  }

  /** Follows the watch. */
  observe(next: DeviceClaimRecord | undefined, key: string): void {
    this.#amounts.observe(next, key);
    if (next?.allocation === undefined) this.#allocated.delete(key);
    else this.#allocated.add(key);
    for (const device of this.#devicesOf.get(key) ?? []) {
      const holders = this.#holders.get(device);
      if (holders?.delete(key) === true && holders.size === 0) this.#holders.delete(device);
    }
    const devices = ownDevices(next?.allocation?.devices ?? []);
    if (devices.length === 0) {
      this.#devicesOf.delete(key);
      return;
    }
    this.#devicesOf.set(key, devices);
    for (const device of devices) {
      const holders = this.#holders.get(device);
      if (holders === undefined) this.#holders.set(device, new Set([key]));
      else holders.add(key);
    }
  }

  /** The claim has devices, as the watch tells. */
  isAllocated(claim: string): boolean {
    return this.#allocated.has(claim);
  }

  /** The first device that two claims would have, or that would give more than it has. */
  problem(binds: readonly BindDecision[]): string | undefined {
    const chosen = new Map<string, string>();
    for (const { pod, devices = [] } of binds) {
      for (const { claim, allocation } of devices) {
        for (const device of ownDevices(allocation.devices)) {
          const other = this.#otherHolder(device, claim) ?? chosen.get(device);
          if (other !== undefined && other !== claim) {
            return `${pod}: device ${device} would be given to claims ${other} and ${claim}`;
          }
          chosen.set(device, claim);
        }
      }
    }
    return this.#amounts.problem(binds);
  }

  /** The pod is to be bound with these. */
  add(bind: BindDecision): void {
    this.#amounts.add(bind);
    const { uid, devices = [] } = bind;
    const own: string[] = [];
    for (const { claim, allocation } of devices) {
      for (const device of ownDevices(allocation.devices)) {
        own.push(device);
        const held = this.#reserved.get(device);
        if (held === undefined) this.#reserved.set(device, { claim, pods: new Set([uid]) });
        else held.pods.add(uid);
      }
    }
    if (own.length > 0) this.#byPod.set(uid, own);
  }

  /** The pod is on its node, or never will be. */
  remove(uid: string): void {
    this.#amounts.remove(uid);
    for (const device of this.#byPod.get(uid) ?? []) {
      const held = this.#reserved.get(device);
      if (held?.pods.delete(uid) === true && held.pods.size === 0) this.#reserved.delete(device);
    }
    this.#byPod.delete(uid);
  }

  #otherHolder(device: string, claim: string): string | undefined {
    const reserved = this.#reserved.get(device)?.claim;
    if (reserved !== undefined && reserved !== claim) return reserved;
    return [...(this.#holders.get(device) ?? [])].find((holder) => holder !== claim);
  }
}

/** Names of those that nobody else may have: neither shared ones nor such as an administrator only looks at. */
function ownDevices(devices: readonly AllocatedDevice[]): readonly string[] {
  return devices
    .filter(({ share, adminAccess }) => share === undefined && !adminAccess)
    .map(({ driver, pool, device }) => `${driver}/${pool}/${device}`);
}

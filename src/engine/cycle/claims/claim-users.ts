import type { AllocatedDevice, DeviceAllocation, DeviceClaimRecord } from '../../../api/records/device-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';

interface User {
  readonly group: string;
  readonly claims: readonly string[];
}

/** How much one device that is asked for by the class counts. */
export type DeviceWorth = (className: string, device: AllocatedDevice) => number;

/** Which groups use which claims by pods that hold a node, or are to, and what the claims have: by the checker's own account. */
export class ClaimUsers {
  readonly #users = new Map<string, User>();
  /** By claim: how many pods use it. */
  readonly #counts = new Map<string, number>();
  readonly #records = new Map<string, DeviceClaimRecord>();
  /** What claims are to have, until the watch tells. */
  readonly #promised = new Map<string, DeviceAllocation>();

  /** Follows the watch. */
  observe(next: DeviceClaimRecord | undefined, key: string): void {
    if (next === undefined) this.#records.delete(key);
    else this.#records.set(key, next);
    if (next === undefined || next.allocation !== undefined) this.#promised.delete(key);
  }

  /** The pod holds a node for the group, or is to. */
  add(uid: string, { deviceClaims }: PodRecord, group: string): void {
    if (deviceClaims.length === 0 || group === '') return;
    const claims = deviceClaims.map(({ key }) => key);
    this.#users.set(uid, { group, claims });
    for (const key of claims) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  promise({ devices = [] }: BindDecision): void {
    for (const { claim, allocation } of devices) this.#promised.set(claim, allocation);
  }

  remove(uid: string): void {
    const user = this.#users.get(uid);
    if (user === undefined) return;
    this.#users.delete(uid);
    for (const key of user.claims) {
      const left = (this.#counts.get(key) ?? 0) - 1;
      if (left > 0) this.#counts.set(key, left);
      else if (this.#counts.delete(key)) this.#promised.delete(key);
    }
  }

  /** Claims that these groups use. O(pods with claims) */
  of(isWithin: (group: string) => boolean): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const { group, claims } of this.#users.values()) {
      if (isWithin(group)) for (const key of claims) keys.add(key);
    }
    return keys;
  }

  /** What devices that the claims have or, by the decision, are to have come to. A claim without any has none; who only looks at a device does not have it. */
  sum(keys: Iterable<string>, worth: DeviceWorth, binds: readonly BindDecision[]): number {
    const chosen = new Map(binds.flatMap(({ devices = [] }) => devices.map((each) => [each.claim, each.allocation])));
    let sum = 0;
    for (const key of keys) {
      const claim = this.#records.get(key);
      const allocation = chosen.get(key) ?? this.#promised.get(key) ?? claim?.allocation;
      if (claim === undefined || allocation === undefined) continue;
      const classOf = new Map(
        claim.requests.flatMap(({ name, asks }) =>
          asks.map((ask) => [ask.name === '' ? name : `${name}/${ask.name}`, ask.className]),
        ),
      );
      for (const device of allocation.devices) {
        if (!device.adminAccess) sum += worth(classOf.get(device.request) ?? '', device);
      }
    }
    return sum;
  }
}

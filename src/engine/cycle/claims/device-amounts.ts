import type {
  AllocatedDevice,
  DeviceClaimRecord,
  DeviceRecord,
  SliceRecord,
} from '../../../api/records/device-records.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import { ClaimsOfPools, poolOf } from './claims-of-pools.ts';

const BILLION = 1_000_000_000;
const NO_SLICES: ReadonlyMap<string, SliceRecord> = new Map();

/**
 * What devices that several claims share have left, and the counters from which parts of devices are cut, by the checker's own account:
 * of neither is more given out than there is. What no slice tells is not judged.
 */
export class DeviceAmounts {
  readonly #slices = new Map<string, Map<string, SliceRecord>>();
  readonly #poolOfSlice = new Map<string, string>();
  readonly #held = new ClaimsOfPools();
  readonly #reserved = new ClaimsOfPools();
  /** Claims that are reserved for pods, with these. */
  readonly #podsOf = new Map<string, Set<string>>();
  readonly #claimsOf = new Map<string, readonly string[]>();

  /** Follows the watch. */
  observeSlice(next: SliceRecord | undefined, name: string): void {
    const before = this.#poolOfSlice.get(name) ?? '';
    const slices = this.#slices.get(before);
    slices?.delete(name);
    if (slices?.size === 0) this.#slices.delete(before);
    this.#poolOfSlice.delete(name);
    if (next === undefined) return;
    const pool = poolOf(next);
    this.#poolOfSlice.set(name, pool);
    this.#slices.set(pool, (this.#slices.get(pool) ?? new Map<string, SliceRecord>()).set(name, next));
  }

  /** Follows the watch. */
  observe(next: DeviceClaimRecord | undefined, key: string): void {
    this.#held.set(key, next?.allocation?.devices ?? []);
  }

  /** As the newest slices of its pool tell it. O(devices of the pool) */
  recordOf(device: AllocatedDevice): DeviceRecord | undefined {
    const slices = newest(this.#slices.get(poolOf(device)) ?? NO_SLICES);
    return slices.flatMap(({ devices }) => devices).find(({ name }) => name === device.device);
  }

  /** The first amount that would be overdrawn. O(devices in use of the pools). */
  problem(binds: readonly BindDecision[]): string | undefined {
    const chosen = new ClaimsOfPools();
    for (const { devices = [] } of binds) {
      for (const { claim, allocation } of devices) chosen.set(claim, allocation.devices);
    }
    for (const pool of chosen.pools()) {
      const problem = this.#problemOf(pool, chosen.of(pool));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The pod is to be bound with these. */
  add({ uid, devices = [] }: BindDecision): void {
    for (const { claim, allocation } of devices) {
      this.#reserved.set(claim, allocation.devices);
      this.#podsOf.set(claim, (this.#podsOf.get(claim) ?? new Set()).add(uid));
    }
    if (devices.length > 0)
      this.#claimsOf.set(
        uid,
        devices.map(({ claim }) => claim),
      );
  }

  /** The pod is on its node, or never will be. */
  remove(uid: string): void {
    for (const claim of this.#claimsOf.get(uid) ?? []) {
      const pods = this.#podsOf.get(claim);
      pods?.delete(uid);
      if (pods?.size !== 0) continue;
      this.#podsOf.delete(claim);
      this.#reserved.set(claim, []);
    }
    this.#claimsOf.delete(uid);
  }

  #problemOf(pool: string, chosen: ReadonlyMap<string, readonly AllocatedDevice[]>): string | undefined {
    const others = new Map([...this.#held.of(pool), ...this.#reserved.of(pool)]);
    for (const claim of chosen.keys()) others.delete(claim);
    const slices = newest(this.#slices.get(pool) ?? NO_SLICES);
    const devices = new Map(slices.flatMap((slice) => slice.devices).map((device) => [device.name, device]));
    const taken = [...others.values()].flat();
    const added = [...chosen.values()].flat();
    return overdrawnCounter(slices, devices, taken, added) ?? overdrawnShare(devices, taken, added);
  }
}

function newest(slices: ReadonlyMap<string, SliceRecord>): readonly SliceRecord[] {
  const all = [...slices.values()];
  const generation = Math.max(...all.map((slice) => slice.generation));
  return all.filter((slice) => slice.generation === generation);
}

/** A device takes of its counters once, however many share it. */
function overdrawnCounter(
  slices: readonly SliceRecord[],
  devices: ReadonlyMap<string, DeviceRecord>,
  taken: readonly AllocatedDevice[],
  added: readonly AllocatedDevice[],
): string | undefined {
  const inUse = new Set(taken.map(({ device }) => device));
  const fresh = new Set(added.map(({ device }) => device).filter((device) => !inUse.has(device)));
  const all = [...inUse, ...fresh].flatMap((name) => devices.get(name)?.consumes ?? []);
  for (const { set, counters } of slices.flatMap(({ sharedCounters }) => sharedCounters)) {
    for (const [counter, there] of counters) {
      const takes = (amounts: DeviceRecord['consumes']): bigint => sumOf(amounts, set, counter);
      const more = takes([...fresh].flatMap((name) => devices.get(name)?.consumes ?? []));
      const sum = takes(all);
      if (more > 0n && sum > there) return `counter ${set}/${counter} would be ${units(sum)} of ${units(there)}`;
    }
  }
  return undefined;
}

function sumOf(consumes: DeviceRecord['consumes'], set: string, counter: string): bigint {
  let sum = 0n;
  for (const one of consumes) if (one.set === set) sum += one.counters.get(counter) ?? 0n;
  return sum;
}

function overdrawnShare(
  devices: ReadonlyMap<string, DeviceRecord>,
  taken: readonly AllocatedDevice[],
  added: readonly AllocatedDevice[],
): string | undefined {
  for (const { device: name, consumed } of added) {
    const device = devices.get(name);
    for (const capacity of consumed.keys()) {
      const there = device?.capacity.get(capacity)?.value;
      const all = [...taken, ...added].filter((one) => one.device === name);
      const sum = all.reduce((amount, one) => amount + (one.consumed.get(capacity) ?? 0n), 0n);
      if (there !== undefined && sum > there) {
        return `${capacity} of device ${name} would be ${units(sum)} of ${units(there)}`;
      }
    }
  }
  return undefined;
}

function units(billionths: bigint): number {
  return Number(billionths) / BILLION;
}

import type { AllocatedDevice, DeviceClaimRecord, PodDeviceClaim } from '../../api/records/device-records.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { FactTable } from '../ledger/fact-table.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { DeviceUses } from './device-uses.ts';
import type { DeviceUsage } from './device-uses.ts';
import { UsesWithout } from './uses-without.ts';

const NOBODY: ReadonlyMap<string, string> = new Map();

/**
 * Claims whose devices come free by themselves: all pods that they are reserved for are on their way out or have left, and nothing
 * was promised to others. Kubernetes takes the devices back a moment after the last of them has gone.
 */
export class LeavingClaims {
  readonly #claims: FactTable<DeviceClaimRecord>;
  readonly #isPromised: (key: string) => boolean;
  readonly #claimsOf: (record: PodRecord) => readonly PodDeviceClaim[];
  /** By claim: the nodes, by UID, of those pods of it that are on their way out or hold their node no more. */
  readonly #going = new Map<string, Map<string, string>>();
  readonly #freed = new Map<string, readonly AllocatedDevice[]>();
  readonly #uses = new DeviceUses();

  constructor(
    claims: FactTable<DeviceClaimRecord>,
    isPromised: (key: string) => boolean,
    claimsOf: (record: PodRecord) => readonly PodDeviceClaim[],
  ) {
    this.#claims = claims;
    this.#claimsOf = claimsOf;
    this.#isPromised = isPromised;
  }

  /** Names of the nodes where pods of such claims stand, or stood; some may be named twice. */
  *nodes(): Iterable<string> {
    for (const key of this.#freed.keys()) yield* (this.#going.get(key) ?? NOBODY).values();
  }

  /** A task comes to its node, or leaves it. */
  charge({ uid, status, nodeName, record }: Task, sign: 1 | -1): void {
    const isGoing = sign === -1 || status === TaskStatus.Releasing;
    for (const { key } of this.#claimsOf(record)) {
      if (!isGoing) this.#going.get(key)?.delete(uid);
      // Others would be remembered for as long as the claim is there.
      else if (this.#claims.get(key)?.reservedFor.includes(uid) === true) this.#goes(key, uid, nodeName);
      this.refresh(key);
    }
  }

  /** The claim is another one, or it was promised to somebody, or is no more. */
  refresh(key: string): void {
    const going = this.#going.get(key);
    if (going === undefined) return;
    const reserved = this.#claims.get(key)?.reservedFor ?? [];
    for (const uid of going.keys()) if (!reserved.includes(uid)) going.delete(uid);
    if (going.size === 0) this.#going.delete(key);
    this.#uses.charge(this.#freed.get(key) ?? [], -1);
    const devices = this.#freedBy(key, NO_UIDS);
    this.#uses.charge(devices, 1);
    if (devices.length > 0) this.#freed.set(key, devices);
    else this.#freed.delete(key);
  }

  /** What will be in use once such pods have gone, and these tasks; the claims of `own` stay whoever goes. O(claims of `gone`). */
  usesLater(uses: DeviceUses, gone: Iterable<Task>, own: readonly string[]): DeviceUsage {
    const given = new DeviceUses();
    const uids = new Set<string>();
    const keys = new Set<string>();
    for (const { uid, record } of gone) {
      const claims = this.#claimsOf(record);
      if (claims.length > 0) uids.add(uid);
      for (const { key } of claims) if (!this.#freed.has(key)) keys.add(key);
    }
    for (const key of keys) if (!own.includes(key)) given.charge(this.#freedBy(key, uids), 1);
    const later = this.#leaving(uses, own);
    return given.isEmpty ? later : new UsesWithout(later, given);
  }

  /** What they free between them if all of them stay after all. */
  freedOf(claims: readonly PodDeviceClaim[]): readonly AllocatedDevice[] {
    return claims.flatMap(({ key }) => this.#freed.get(key) ?? []);
  }

  #leaving(uses: DeviceUses, own: readonly string[]): DeviceUsage {
    if (this.#uses.isEmpty) return uses;
    const kept = own.filter((key) => this.#freed.has(key));
    if (kept.length === 0) return new UsesWithout(uses, this.#uses);
    const others = new DeviceUses();
    for (const [key, devices] of this.#freed) if (!kept.includes(key)) others.charge(devices, 1);
    return new UsesWithout(uses, others);
  }

  #goes(key: string, uid: string, node: string): void {
    const going = this.#going.get(key);
    if (going === undefined) this.#going.set(key, new Map([[uid, node]]));
    else going.set(uid, node);
  }

  /** What the claim gives back when these go beside those that do; nothing while somebody stays. */
  #freedBy(key: string, uids: ReadonlySet<string>): readonly AllocatedDevice[] {
    const claim = this.#claims.get(key);
    const devices = claim?.allocation?.devices ?? [];
    if (claim === undefined || claim.reservedFor.length === 0 || this.#isPromised(key)) return [];
    const going = this.#going.get(key) ?? NOBODY;
    return claim.reservedFor.every((uid) => going.has(uid) || uids.has(uid)) ? devices : [];
  }
}

const NO_UIDS: ReadonlySet<string> = new Set();

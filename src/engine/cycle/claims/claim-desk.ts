import type { ExtendedResources } from '../../../api/devices/extended-resources.ts';
import type { DeviceClaimRecord, PodDeviceClaim } from '../../../api/records/device-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { TaskStatus } from '../../../scheduler/model/task-status.ts';
import type { Clock, ClusterWriter, Logger, Randomness } from '../../ports.ts';
import type { Checker } from '../checker.ts';
import { ClaimBinder } from './claim-binder.ts';
import { DeviceFeed } from '../feeds/device-feed.ts';
import { deviceOrders } from './device-order.ts';
import { StorageFeed } from '../feeds/storage-feed.ts';
import { StrandedClaims } from './stranded-claims.ts';
import { volumeOrders } from './volume-order.ts';

interface ClaimDeskOptions {
  readonly snapshot: Snapshot;
  readonly checker: Checker;
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly pod: (uid: string) => PodRecord | undefined;
  /** How long a place is held while volumes are being bound. */
  readonly volumeTimeoutMs: () => number;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
}

/** What becomes of claims, of volumes and of devices: what the watches show of them, and what is written. */
export class ClaimDesk {
  readonly storage: StorageFeed;
  readonly devices: DeviceFeed;
  readonly binder: ClaimBinder;
  readonly #claims: Snapshot['claims'];
  readonly #stranded: StrandedClaims;

  constructor(options: ClaimDeskOptions) {
    const { snapshot, checker, pod, seen } = options;
    const { volumes, claims, nodes, waiting, tasks } = snapshot;
    const { facts } = volumes;
    this.#claims = claims;
    const deviceClaim = (key: string): DeviceClaimRecord | undefined => claims.facts.claims.get(key);
    const volumeView = {
      claim: (key: string) => facts.claims.get(key),
      volume: (name: string) => facts.volumes.get(name),
      pod,
      isReached: (key: string, node: string) => volumes.reaches(key, nodes.indexOf(node)),
      timeoutMs: options.volumeTimeoutMs,
    };
    const served = (): ExtendedResources => claims.facts.extendedResources;
    const deviceView = { ...options, deviceClaim, served, isUsed: () => claims.isUsed };
    this.binder = new ClaimBinder({
      ...options,
      ordersOf: (binds) => [...volumeOrders(binds, volumeView), ...deviceOrders(binds, deviceView)],
    });
    this.storage = new StorageFeed({
      facts,
      seen: (kind, isNews) => seen(kind, isNews && waiting.size > 0 && volumes.claimers > 0),
      onChange: () => this.binder.observe(),
    });
    this.devices = new DeviceFeed({
      facts: claims.facts,
      seen: (kind, isNews) => seen(kind, isNews && waiting.size > 0 && claims.isUsed),
      onClaim: (next, key) => {
        checker.observeDeviceClaim(next, key);
        this.binder.observe();
      },
      onSlice: (next, name) => checker.observeSlice(next, name),
    });
    const isWaiting = (uid: string): boolean => tasks.get(uid)?.status === TaskStatus.Pending;
    const claimsOf = (record: PodRecord): readonly PodDeviceClaim[] => claims.claimsOf(record);
    this.#stranded = new StrandedClaims({ ...options, deviceClaim, claimsOf, isWaiting });
  }

  /** These pods found no place. */
  refused(uids: readonly string[]): void {
    if (this.#claims.isUsed) this.#stranded.refused(uids);
  }
}

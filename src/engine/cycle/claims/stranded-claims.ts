import type { DeviceClaimRecord, PodDeviceClaim } from '../../../api/records/device-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { ClusterWriter, Logger } from '../../ports.ts';
import { freeClaim } from './device-claim-writes.ts';

interface StrandedClaimsOptions {
  readonly writer: ClusterWriter;
  readonly log: Logger;
  /** As the watch has them. */
  readonly deviceClaim: (key: string) => DeviceClaimRecord | undefined;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly claimsOf: (pod: PodRecord) => readonly PodDeviceClaim[];
  /** The pod waits for a place, and none is on its way to it. */
  readonly isWaiting: (uid: string) => boolean;
}

/**
 * Devices that pods were given, of which none got a place: their binding failed, or the leader before this one did not come so far.
 * Where such devices keep the pods to nodes that have no room, they are given back, so that the pods may go elsewhere.
 */
export class StrandedClaims {
  readonly #options: StrandedClaimsOptions;
  /** Versions of claims that are being freed. */
  readonly #freeing = new Set<string>();

  constructor(options: StrandedClaimsOptions) {
    this.#options = options;
  }

  /** These pods found no place. O(pods), where no pod has claims. */
  refused(uids: readonly string[]): void {
    const { pod, deviceClaim, claimsOf } = this.#options;
    for (const uid of uids) {
      const record = pod(uid);
      for (const { key } of record === undefined ? [] : claimsOf(record)) {
        const claim = deviceClaim(key);
        if (claim !== undefined && this.#isStranded(claim)) void this.#free(claim);
      }
    }
  }

  /** It keeps pods to some nodes, and all that it is for wait. */
  #isStranded({ allocation, reservedFor, deleting, uid, resourceVersion }: DeviceClaimRecord): boolean {
    if (allocation?.nodeTerms === undefined || deleting) return false;
    if (this.#freeing.has(versionOf(uid, resourceVersion))) return false;
    return reservedFor.every((user) => this.#options.isWaiting(user));
  }

  async #free(claim: DeviceClaimRecord): Promise<void> {
    const { writer, log } = this.#options;
    const version = versionOf(claim.uid, claim.resourceVersion);
    this.#freeing.add(version);
    const { kind } = await writer.write(freeClaim(claim));
    // Until the watch tells it would be freed again; where the write failed, the next refusal tries once more.
    if (kind !== 'done') this.#freeing.delete(version);
    log.info('devices that kept pods from other nodes were given back', { claim: claim.key, outcome: kind });
  }
}

function versionOf(uid: string, resourceVersion: string): string {
  return `${uid} ${resourceVersion}`;
}

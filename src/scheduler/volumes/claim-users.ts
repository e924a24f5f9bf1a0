import type { PodClaim } from '../../api/records/pod-claim.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { Task } from '../model/task.ts';
import type { StorageFacts } from './storage-facts.ts';

/** As Kubernetes spells it: one pod at a time. */
const ONE_POD = 'ReadWriteOncePod';

/** What a driver has to attach to a node for a claim: a volume, or one that is still to be made. */
export interface Attachment {
  readonly driver: string;
  readonly handle: string;
}

/** Which placed pods use which claims, and what is attached to the nodes for them. */
export class ClaimUsers {
  /** Grows whenever a claim for one pod came into use, or out of it. */
  version = 0;
  readonly #facts: StorageFacts;
  readonly #byClaim = new Map<string, Set<Task>>();
  /** How many pods of a node use the claim. */
  readonly #byNode = new Map<number, Map<string, number>>();

  constructor(facts: StorageFacts) {
    this.#facts = facts;
  }

  charge(claims: readonly PodClaim[], task: Task, node: number, sign: 1 | -1): void {
    for (const { key } of claims) {
      const users = this.#byClaim.get(key) ?? new Set<Task>();
      if (sign === 1) users.add(task);
      else users.delete(task);
      if (users.size === 0) this.#byClaim.delete(key);
      else this.#byClaim.set(key, users);
      this.#count(node, key, sign);
      if (isForOnePod(this.#facts.claims.get(key))) this.version += 1;
    }
  }

  /** The pod that has the claim to itself. */
  holderOf(claim: VolumeClaimRecord | undefined): Task | undefined {
    if (claim === undefined || !isForOnePod(claim)) return undefined;
    for (const task of this.#byClaim.get(claim.key) ?? []) return task;
    return undefined;
  }

  /** All that the driver has attached to the node, by handle. O(claims in use there). */
  attached(node: number, driver: string): Set<string> {
    const handles = new Set<string>();
    for (const key of this.#byNode.get(node)?.keys() ?? []) {
      const attachment = attachmentOf(this.#facts, key);
      if (attachment?.driver === driver) handles.add(attachment.handle);
    }
    return handles;
  }

  reset(): void {
    this.#byClaim.clear();
    this.#byNode.clear();
    this.version += 1;
  }

  #count(node: number, claim: string, sign: 1 | -1): void {
    let claims = this.#byNode.get(node);
    if (claims === undefined) this.#byNode.set(node, (claims = new Map()));
    const pods = (claims.get(claim) ?? 0) + sign;
    if (pods === 0) claims.delete(claim);
    else claims.set(claim, pods);
    if (claims.size === 0) this.#byNode.delete(node);
  }
}

/**
 * What is attached for the claim: the volume that it names, bound by now or not, or what its class is going to make; undefined when
 * no driver has to. As kube-scheduler counts.
 */
export function attachmentOf(facts: StorageFacts, key: string): Attachment | undefined {
  const claim = facts.claims.get(key);
  if (claim === undefined) return undefined;
  const volume = facts.volumes.get(claim.volumeName);
  if (volume !== undefined) return volume.driver === '' ? undefined : volume;
  const driver = facts.classes.get(claim.className)?.provisioner ?? '';
  return driver === '' ? undefined : { driver, handle: key };
}

function isForOnePod(claim: VolumeClaimRecord | undefined): boolean {
  return claim?.accessModes.includes(ONE_POD) === true;
}

import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { VolumeClaimRecord } from '../../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../../api/records/volume-record.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import type { VolumeChoice } from '../../../scheduler/volumes/volume-choice.ts';
import type { WriteRequest } from '../../ports.ts';
import { DONE } from './claim-order.ts';
import type { ClaimOrder, Standing } from './claim-order.ts';
import { freeVolume, keepVolume, selectNode } from './volume-writes.ts';

export interface VolumeOrderView {
  /** As the watch has them. */
  readonly claim: (key: string) => VolumeClaimRecord | undefined;
  readonly volume: (name: string) => VolumeRecord | undefined;
  readonly pod: (uid: string) => PodRecord | undefined;
  /** Whether the node reaches the volume that the claim is bound to. */
  readonly isReached: (claim: string, node: string) => boolean;
  readonly timeoutMs: () => number;
}

/** One for each claim of a volume: pods may share it. */
export function volumeOrders(binds: readonly BindDecision[], view: VolumeOrderView): readonly ClaimOrder[] {
  const orders = new Map<string, VolumeOrder>();
  for (const bind of binds) {
    for (const choice of bind.volumes ?? []) orders.set(choice.claim, new VolumeOrder(choice, bind, view));
  }
  return [...orders.values()];
}

/**
 * A chosen volume is kept for its claim, or the claim says for which node its volume is to be made; the volume controller and
 * provisioners do the rest.
 */
class VolumeOrder implements ClaimOrder {
  readonly claim: string;
  readonly code = 'VolumeNotBound';
  readonly timeoutMs: number;
  readonly #volume: string;
  readonly #bind: BindDecision;
  readonly #view: VolumeOrderView;
  /** Its node was seen on the claim: when it is gone again, the provisioner has given up. */
  #wasSelected = false;

  constructor({ claim, volume }: VolumeChoice, bind: BindDecision, view: VolumeOrderView) {
    this.claim = claim;
    this.timeoutMs = view.timeoutMs();
    this.#volume = volume;
    this.#bind = bind;
    this.#view = view;
  }

  get mayUndoOthers(): boolean {
    return this.#volume === '';
  }

  nextWrite(answered: JsonObject | undefined): WriteRequest | string | undefined {
    if (answered !== undefined) return undefined;
    const claim = this.#view.claim(this.claim);
    if (claim === undefined || claim.deleting) return `claim ${this.claim} is gone`;
    if (claim.isBound) return undefined;
    const { node } = this.#bind;
    if (this.#volume === '') {
      if (claim.selectedNode === node) return undefined;
      return claim.selectedNode === '' ? selectNode(claim, node) : `claim ${this.claim} is bound for another node`;
    }
    return this.#keep(claim);
  }

  standing(): Standing {
    const pod = this.#view.pod(this.#bind.uid);
    if (pod === undefined || pod.deleting) return { problem: `pod ${this.#bind.pod} is gone` };
    const claim = this.#view.claim(this.claim);
    if (claim === undefined || claim.deleting) return { problem: `claim ${this.claim} is gone` };
    if (claim.isBound) return this.#bound(claim.volumeName);
    if (this.#volume !== '') return undefined;
    const { node } = this.#bind;
    if (claim.selectedNode === node) this.#wasSelected = true;
    else if (this.#wasSelected) return { problem: `no volume can be made for claim ${this.claim} on node ${node}` };
    return undefined;
  }

  undoing(version: string): WriteRequest | undefined {
    const claim = this.#view.claim(this.claim);
    if (claim?.isBound === true || (claim?.volumeName ?? '') !== '') return undefined;
    if (this.#volume === '') {
      if (claim === undefined) return undefined;
      if (claim.selectedNode === this.#bind.node) return selectNode(claim, null);
      return version === '' ? undefined : selectNode({ ...claim, resourceVersion: version }, null);
    }
    const volume = this.#view.volume(this.#volume);
    if (volume === undefined) return undefined;
    if (volume.claim === this.claim) return freeVolume(volume);
    return version === '' ? undefined : freeVolume({ ...volume, resourceVersion: version });
  }

  #keep(claim: VolumeClaimRecord): WriteRequest | string | undefined {
    const name = this.#volume;
    const volume = this.#view.volume(name);
    if (volume === undefined || volume.deleting) return `volume ${name} is gone`;
    if (volume.claim === this.claim && volume.claimUid === claim.uid) return undefined;
    if (volume.claim !== '' && (volume.claim !== this.claim || volume.claimUid !== '')) {
      return `volume ${name} was taken`;
    }
    return keepVolume(volume, claim);
  }

  #bound(volume: string): Standing {
    // The watch of volumes may be behind that of claims.
    if (this.#view.volume(volume) === undefined) return undefined;
    const { node } = this.#bind;
    if (this.#view.isReached(this.claim, node)) return DONE;
    return { problem: `claim ${this.claim} was bound to volume ${volume}, which node ${node} does not reach` };
  }
}

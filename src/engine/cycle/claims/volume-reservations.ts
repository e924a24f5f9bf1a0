import type { VolumeClaimRecord } from '../../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../../api/records/volume-record.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import type { VolumeChoice } from '../../../scheduler/volumes/volume-choice.ts';

interface VolumeView {
  claim(key: string): VolumeClaimRecord | undefined;
  volume(name: string): VolumeRecord | undefined;
}

/** Which volume is reserved for which claim, by the checker's own account: no volume is given to two claims. */
export class VolumeReservations {
  readonly #view: VolumeView;
  readonly #byVolume = new Map<string, { readonly claim: string; readonly pods: Set<string> }>();
  readonly #byPod = new Map<string, readonly VolumeChoice[]>();

  constructor(view: VolumeView) {
    this.#view = view;
  }

  /** The first volume that would be used twice, or that the claim cannot have. */
  problem(binds: readonly BindDecision[]): string | undefined {
    const chosen = new Map<string, string>();
    for (const { pod, volumes = [] } of binds) {
      for (const choice of volumes) {
        if (choice.volume === '') continue;
        const problem = this.#taken(choice, chosen.get(choice.volume));
        if (problem !== undefined) return `${pod}: ${problem}`;
        chosen.set(choice.volume, choice.claim);
      }
    }
    return undefined;
  }

  add({ uid, volumes }: BindDecision): void {
    if (volumes === undefined) return;
    this.#byPod.set(uid, volumes);
    for (const { claim, volume } of volumes) {
      if (volume === '') continue;
      const held = this.#byVolume.get(volume);
      if (held === undefined) this.#byVolume.set(volume, { claim, pods: new Set([uid]) });
      else held.pods.add(uid);
    }
  }

  /** The pod is on its node, or never will be. */
  remove(uid: string): void {
    for (const { volume } of this.#byPod.get(uid) ?? []) {
      const held = this.#byVolume.get(volume);
      if (held?.pods.delete(uid) === true && held.pods.size === 0) this.#byVolume.delete(volume);
    }
    this.#byPod.delete(uid);
  }

  #taken({ claim: key, volume: name }: VolumeChoice, chosenFor: string | undefined): string | undefined {
    const volume = this.#view.volume(name);
    if (volume === undefined || volume.deleting) return `volume ${name} does not exist`;
    const claim = this.#view.claim(key);
    if (claim === undefined || claim.isBound) return `claim ${key} does not wait for a volume`;
    const isOthers =
      volume.claim !== '' && (volume.claim !== key || (volume.claimUid !== '' && volume.claimUid !== claim.uid));
    const other = isOthers ? volume.claim : (chosenFor ?? this.#byVolume.get(name)?.claim ?? key);
    return isOthers || other !== key ? `volume ${name} would be given to claims ${other} and ${key}` : undefined;
  }
}

import { InvariantError } from '../../lib/exhaustive.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { WaitingClaim } from './claim-state.ts';
import type { StorageFacts } from './storage-facts.ts';
import type { VolumeChoice } from './volume-choice.ts';
import { isLargeEnough, isMatch } from './volume-match.ts';
import type { VolumeReach } from './volume-reach.ts';

/** What is promised to a claim, for as many placed pods as use it. */
interface Pick {
  readonly volume: string;
  readonly node: string;
  tasks: number;
}

/** What unbound claims are promised, and what they could be: a volume is promised to one claim at most. */
export class VolumePicks {
  /** Grows whenever a promise is made or taken back. */
  version = 0;
  readonly #facts: StorageFacts;
  readonly #reach: VolumeReach;
  readonly #byClaim = new Map<string, Pick>();
  /** Names of promised volumes. */
  readonly #promised = new Set<string>();

  constructor(facts: StorageFacts, reach: VolumeReach) {
    this.#facts = facts;
    this.#reach = reach;
  }

  /** Nodes where the claim, taken for itself, can be had. O(free volumes of its class x nodes / 32). */
  nodesFor(waiting: WaitingClaim): Bitset {
    const { claim } = waiting;
    const pick = this.#byClaim.get(claim.key);
    const volume = pick && this.#facts.volumes.get(pick.volume);
    if (volume !== undefined) return this.#reach.of(volume);
    const selected = pick?.node ?? claim.selectedNode;
    if (selected !== '') return this.#reach.only(selected);
    const nodes = this.#reach.none();
    nodes.union(this.#reach.canProvision(waiting));
    for (const match of this.#matches(waiting)) nodes.union(this.#reach.of(match));
    return nodes;
  }

  /** What the claims are to get on the node, each a volume of its own; undefined when that cannot be. */
  at(waiting: readonly WaitingClaim[], node: number, name: string): readonly VolumeChoice[] | undefined {
    const choices: VolumeChoice[] = [];
    // Small ones first: a large volume is left to who needs it.
    for (const one of waiting.toSorted((a, b) => a.claim.request - b.claim.request)) {
      const volume = this.#at(one, node, name, choices);
      if (volume === undefined) return undefined;
      choices.push({ claim: one.claim.key, volume });
    }
    return choices;
  }

  take(choices: readonly VolumeChoice[], node: string): void {
    this.version += 1;
    for (const { claim, volume } of choices) {
      const pick = this.#byClaim.get(claim);
      if (pick !== undefined) {
        pick.tasks += 1;
        continue;
      }
      if (volume !== '' && this.#promised.has(volume)) throw new InvariantError(`Volume ${volume} is promised twice`);
      this.#byClaim.set(claim, { volume, node, tasks: 1 });
      if (volume !== '') this.#promised.add(volume);
    }
  }

  giveBack(choices: readonly VolumeChoice[]): void {
    this.version += 1;
    for (const { claim } of choices) {
      const pick = this.#byClaim.get(claim);
      if (pick === undefined) continue;
      pick.tasks -= 1;
      if (pick.tasks > 0) continue;
      this.#byClaim.delete(claim);
      this.#promised.delete(pick.volume);
    }
  }

  /** Name of the volume, empty for one that is to be made, undefined for none. */
  #at(waiting: WaitingClaim, node: number, name: string, chosen: readonly VolumeChoice[]): string | undefined {
    const { claim } = waiting;
    const pick = this.#byClaim.get(claim.key);
    if (pick !== undefined) {
      const volume = this.#facts.volumes.get(pick.volume);
      const isReached = volume === undefined ? pick.node === name : this.#reach.of(volume).has(node);
      return isReached ? pick.volume : undefined;
    }
    if (claim.selectedNode !== '') return claim.selectedNode === name ? '' : undefined;
    for (const volume of this.#matches(waiting)) {
      if (this.#reach.of(volume).has(node) && !chosen.some((choice) => choice.volume === volume.name)) {
        return volume.name;
      }
    }
    return this.#reach.canProvision(waiting).has(node) ? '' : undefined;
  }

  /**
   * Volumes that the claim could be bound to: the one that is kept for it and will do, else those that nobody has, smallest first.
   * As kube-scheduler, which passes over a kept one that is too small.
   */
  *#matches({ claim }: WaitingClaim): Iterable<VolumeRecord> {
    for (const kept of this.#facts.keptFor(claim)) {
      if (!isLargeEnough(claim, kept)) continue;
      yield kept;
      return;
    }
    for (const volume of this.#facts.freeOf(claim.className)) {
      if (isMatch(claim, volume) && !this.#promised.has(volume.name)) yield volume;
    }
  }
}

import { selects } from '../../api/records/label-selector.ts';
import type { LabelPairs } from '../../api/records/label-selector.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { PodSelection } from '../../api/records/pod-rules.ts';
import type { DomainCounts } from './domain-counts.ts';
import type { PodSet } from './pod-set.ts';

/** Pods that all of some selections want. */
export interface SelectedPods {
  readonly selections: readonly PodSelection[];
  readonly set: PodSet;
  /** How many rules speak of them; what nobody speaks of any more is dropped with others. */
  references: number;
}

/** A term of pods, and where those stand that have it: it speaks for or against places there for the pods that it speaks of. */
export interface HeldTerm {
  /** Nobody else's, ever. */
  readonly id: number;
  readonly selection: PodSelection;
  readonly set: PodSet;
  readonly domains: DomainCounts;
  references: number;
}

/** Held terms are of two kinds: anti-affinity that must hold, and whatever speaks for a place or against it. */
export type HeldKind = 'forbidding' | 'wishing';

/** Held terms of one kind that speak of some pods. */
export interface SpeakingTerms {
  terms: HeldTerm[];
  /** Equal where the same terms speak. */
  name: string;
  seen: number;
}

/** The pods of a namespace with the same labels: terms speak of all of them, or of none. */
export interface LabelledPods {
  readonly namespace: string;
  readonly labels: LabelPairs;
  readonly sets: PodSet[];
  readonly forbidding: SpeakingTerms;
  readonly wishing: SpeakingTerms;
  seenSelected: number;
  seenDrops: number;
  generation: number;
  /** The pods of another namespace that has the very same list of labels. */
  readonly next: LabelledPods | undefined;
}

/** Dropped entries in a list before it is made anew. */
const SPARE = 64;

/**
 * Which terms speak of which pods, found once for each set of labels and each term: O(1) for a pod whose labels met all terms before.
 * Terms stand in lists that only grow, until too many of them are dropped; then all is found anew.
 */
export class LabelledPodsTable {
  readonly #byLabels = new WeakMap<LabelPairs, LabelledPods>();
  readonly #namespaceLabels: (namespace: string) => LabelPairs;
  #selected: SelectedPods[] = [];
  readonly #held: Readonly<Record<HeldKind, { terms: HeldTerm[] }>> = {
    forbidding: { terms: [] },
    wishing: { terms: [] },
  };
  /** No term speaks of anybody. */
  isEmpty = true;
  /** Grows whenever a term comes or goes, or may speak of other pods. */
  version = 0;
  #dropped = 0;
  #drops = 0;
  #generation = 0;

  constructor(namespaceLabels: (namespace: string) => LabelPairs) {
    this.#namespaceLabels = namespaceLabels;
  }

  get #length(): number {
    const { forbidding, wishing } = this.#held;
    return this.#selected.length + forbidding.terms.length + wishing.terms.length;
  }

  addSelected(selected: SelectedPods): void {
    this.#selected.push(selected);
    this.isEmpty = false;
    this.version += 1;
  }

  addHeld(held: HeldTerm, kind: HeldKind): void {
    this.#held[kind].terms.push(held);
    this.isEmpty = false;
    this.version += 1;
  }

  /** An entry of one of the lists has no references any more. */
  dropped(): void {
    this.version += 1;
    this.#dropped += 1;
    this.#drops += 1;
    if (this.#dropped < this.#length && this.#dropped < this.#length / 2 + SPARE) return;
    this.#selected = this.#selected.filter(({ references }) => references > 0);
    for (const held of Object.values(this.#held)) held.terms = held.terms.filter(({ references }) => references > 0);
    this.isEmpty = this.#length === 0;
    this.#dropped = 0;
    this.forget();
  }

  /** What was found is found anew: the labels of a namespace changed. */
  forget(): void {
    this.version += 1;
    this.#generation += 1;
  }

  of({ namespace, labels }: PodRecord): LabelledPods {
    const first = this.#byLabels.get(labels);
    let pods = first;
    while (pods !== undefined && pods.namespace !== namespace) pods = pods.next;
    if (pods === undefined) {
      pods = makeLabelled(namespace, labels, first);
      this.#byLabels.set(labels, pods);
    }
    this.#bringUpToDate(pods);
    return pods;
  }

  #bringUpToDate(pods: LabelledPods): void {
    if (pods.generation !== this.#generation) {
      pods.generation = this.#generation;
      pods.sets.length = 0;
      pods.seenSelected = 0;
      for (const speaking of [pods.forbidding, pods.wishing]) Object.assign(speaking, nobodySpeaks());
    }
    if (pods.seenDrops !== this.#drops) {
      pods.seenDrops = this.#drops;
      for (const speaking of [pods.forbidding, pods.wishing]) {
        speaking.terms = speaking.terms.filter(({ references }) => references > 0);
        speaking.name = speaking.terms.map(({ id }) => ` ${id}`).join('');
      }
    }
    for (; pods.seenSelected < this.#selected.length; pods.seenSelected += 1) {
      const selected = this.#selected[pods.seenSelected];
      if (selected !== undefined && selected.references > 0 && this.#areOf(pods, selected))
        pods.sets.push(selected.set);
    }
    this.#addNew(pods, 'forbidding');
    this.#addNew(pods, 'wishing');
  }

  #addNew(pods: LabelledPods, kind: HeldKind): void {
    const speaking = pods[kind];
    const { terms } = this.#held[kind];
    for (; speaking.seen < terms.length; speaking.seen += 1) {
      const held = terms[speaking.seen];
      if (held === undefined || held.references === 0 || !this.isOf(pods, held.selection)) continue;
      speaking.terms.push(held);
      speaking.name += ` ${held.id}`;
    }
  }

  #areOf(pods: LabelledPods, { selections }: SelectedPods): boolean {
    return selections.every((selection) => this.isOf(pods, selection));
  }

  /** Whether the selection speaks of these pods. */
  isOf({ namespace, labels }: LabelledPods, { selector, namespaces, namespaceSelector }: PodSelection): boolean {
    const isOfNamespace =
      namespaces.includes(namespace) ||
      namespaceSelector?.length === 0 ||
      (namespaceSelector !== undefined && selects(namespaceSelector, this.#namespaceLabels(namespace)));
    return isOfNamespace && selects(selector, labels);
  }
}

function makeLabelled(namespace: string, labels: LabelPairs, next: LabelledPods | undefined): LabelledPods {
  const seen = { seenSelected: 0, seenDrops: 0, generation: 0 };
  return { namespace, labels, sets: [], forbidding: nobodySpeaks(), wishing: nobodySpeaks(), ...seen, next };
}

function nobodySpeaks(): SpeakingTerms {
  return { terms: [], name: '', seen: 0 };
}

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

/** A term of anti-affinity, and where the pods stand that have it: those that it speaks of keep away from there. */
export interface HeldTerm {
  /** Nobody else's, ever. */
  readonly id: number;
  readonly selection: PodSelection;
  readonly set: PodSet;
  readonly domains: DomainCounts;
  references: number;
}

/** The pods of a namespace with the same labels: terms speak of all of them, or of none. */
export interface LabelledPods {
  readonly namespace: string;
  readonly labels: LabelPairs;
  readonly sets: PodSet[];
  /** Held terms that speak of them. */
  forbidding: HeldTerm[];
  /** Equal where the same held terms speak of them. */
  forbiddenBy: string;
  seenSelected: number;
  seenHeld: number;
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
  #held: HeldTerm[] = [];
  #dropped = 0;
  #drops = 0;
  #generation = 0;

  constructor(namespaceLabels: (namespace: string) => LabelPairs) {
    this.#namespaceLabels = namespaceLabels;
  }

  /** No term speaks of anybody. */
  get isEmpty(): boolean {
    return this.#selected.length === 0 && this.#held.length === 0;
  }

  addSelected(selected: SelectedPods): void {
    this.#selected.push(selected);
  }

  addHeld(held: HeldTerm): void {
    this.#held.push(held);
  }

  /** An entry of one of the lists has no references any more. */
  dropped(): void {
    this.#dropped += 1;
    this.#drops += 1;
    const length = this.#selected.length + this.#held.length;
    if (this.#dropped < length && this.#dropped < length / 2 + SPARE) return;
    this.#selected = this.#selected.filter(({ references }) => references > 0);
    this.#held = this.#held.filter(({ references }) => references > 0);
    this.#dropped = 0;
    this.forget();
  }

  /** What was found is found anew: the labels of a namespace changed. */
  forget(): void {
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
      pods.forbidding.length = 0;
      pods.seenSelected = 0;
      pods.seenHeld = 0;
      pods.forbiddenBy = '';
    }
    if (pods.seenDrops !== this.#drops) {
      pods.seenDrops = this.#drops;
      pods.forbidding = pods.forbidding.filter(({ references }) => references > 0);
      pods.forbiddenBy = pods.forbidding.map(({ id }) => ` ${id}`).join('');
    }
    for (; pods.seenSelected < this.#selected.length; pods.seenSelected += 1) {
      const selected = this.#selected[pods.seenSelected];
      if (selected !== undefined && selected.references > 0 && this.#areOf(pods, selected))
        pods.sets.push(selected.set);
    }
    for (; pods.seenHeld < this.#held.length; pods.seenHeld += 1) {
      const held = this.#held[pods.seenHeld];
      if (held === undefined || held.references === 0 || !this.isOf(pods, held.selection)) continue;
      pods.forbidding.push(held);
      pods.forbiddenBy += ` ${held.id}`;
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
  const seen = { forbiddenBy: '', seenSelected: 0, seenHeld: 0, seenDrops: 0, generation: 0 };
  return { namespace, labels, sets: [], forbidding: [], ...seen, next };
}

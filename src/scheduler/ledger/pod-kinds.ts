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
export interface PodKind {
  readonly namespace: string;
  readonly labels: LabelPairs;
  readonly sets: PodSet[];
  /** Held terms that speak of it. */
  forbidding: HeldTerm[];
  /** Equal for kinds that the same held terms speak of. */
  forbiddenBy: string;
  seenSelected: number;
  seenHeld: number;
  seenDrops: number;
  generation: number;
  /** The kind of another namespace that has the very same list of labels. */
  readonly next: PodKind | undefined;
}

/** Dropped entries in a list before it is made anew. */
const SPARE = 64;

/**
 * Which terms speak of which pods, found once for each kind of pod and term: O(1) for a pod whose kind has seen all terms.
 * Terms stand in lists that only grow, until too many of them are dropped; then the kinds forget all they saw.
 */
export class PodKinds {
  readonly #byLabels = new WeakMap<LabelPairs, PodKind>();
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

  of({ namespace, labels }: PodRecord): PodKind {
    const first = this.#byLabels.get(labels);
    let kind = first;
    while (kind !== undefined && kind.namespace !== namespace) kind = kind.next;
    if (kind === undefined) {
      kind = makeKind(namespace, labels, first);
      this.#byLabels.set(labels, kind);
    }
    this.#bringUpToDate(kind);
    return kind;
  }

  #bringUpToDate(kind: PodKind): void {
    if (kind.generation !== this.#generation) {
      kind.generation = this.#generation;
      kind.sets.length = 0;
      kind.forbidding.length = 0;
      kind.seenSelected = 0;
      kind.seenHeld = 0;
      kind.forbiddenBy = '';
    }
    if (kind.seenDrops !== this.#drops) {
      kind.seenDrops = this.#drops;
      kind.forbidding = kind.forbidding.filter(({ references }) => references > 0);
      kind.forbiddenBy = kind.forbidding.map(({ id }) => ` ${id}`).join('');
    }
    for (; kind.seenSelected < this.#selected.length; kind.seenSelected += 1) {
      const selected = this.#selected[kind.seenSelected];
      if (selected !== undefined && selected.references > 0 && this.#areOf(kind, selected))
        kind.sets.push(selected.set);
    }
    for (; kind.seenHeld < this.#held.length; kind.seenHeld += 1) {
      const held = this.#held[kind.seenHeld];
      if (held === undefined || held.references === 0 || !this.isOf(kind, held.selection)) continue;
      kind.forbidding.push(held);
      kind.forbiddenBy += ` ${held.id}`;
    }
  }

  #areOf(kind: PodKind, { selections }: SelectedPods): boolean {
    return selections.every((selection) => this.isOf(kind, selection));
  }

  /** Whether the selection speaks of the pods of the kind. */
  isOf({ namespace, labels }: PodKind, { selector, namespaces, namespaceSelector }: PodSelection): boolean {
    const isOfNamespace =
      namespaces.includes(namespace) ||
      namespaceSelector?.length === 0 ||
      (namespaceSelector !== undefined && selects(namespaceSelector, this.#namespaceLabels(namespace)));
    return isOfNamespace && selects(selector, labels);
  }
}

function makeKind(namespace: string, labels: LabelPairs, next: PodKind | undefined): PodKind {
  const seen = { forbiddenBy: '', seenSelected: 0, seenHeld: 0, seenDrops: 0, generation: 0 };
  return { namespace, labels, sets: [], forbidding: [], ...seen, next };
}

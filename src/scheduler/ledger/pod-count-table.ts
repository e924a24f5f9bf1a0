import type { PodSelection, SpreadRule } from '../../api/records/pod-rules.ts';
import type { SchedulingShape } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { matchingNodes, subtractTainted } from '../placement/class-nodes.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { NodeTable } from '../placement/node-table.ts';
import { readTopology, Topologies } from '../placement/topology.ts';
import type { Topology } from '../placement/topology.ts';
import { DomainCounts } from './domain-counts.ts';
import type { HeldKind, HeldTerm, LabelledPodsTable, SelectedPods } from './labelled-pods.ts';
import { PodSet } from './pod-set.ts';

/** What somebody counts with, and how to say that it is needed no more. */
export interface Claim<T> {
  readonly value: T;
  readonly release: (this: void) => void;
}

interface NamedPods extends SelectedPods {
  readonly name: string;
}

/** Counts by domain that several classes may share. */
interface Entry {
  readonly domains: DomainCounts;
  readonly set: PodSet;
  readonly topology: () => Topology;
  references: number;
}

/** A selection about the domains of a label. */
interface DomainTerm extends PodSelection {
  readonly topologyKey: string;
}

/** The counts that terms ask for, once for all terms that count the same: they live as long as a class has such a term. */
export class PodCountTable {
  readonly #nodes: NodeTable;
  readonly #index: NodeIndex;
  readonly #labelled: LabelledPodsTable;
  readonly #topologies = new Topologies();
  readonly #selected = new Map<string, NamedPods>();
  readonly #held = new Map<string, HeldTerm>();
  #heldTerms = 0;
  /** See `PodRuleLedger`. */
  presence = 0;
  readonly #entries = new Map<string, Entry>();

  constructor(nodes: NodeTable, index: NodeIndex, labelled: LabelledPodsTable) {
    this.#nodes = nodes;
    this.#index = index;
    this.#labelled = labelled;
  }

  readonly #onFlip = (): void => {
    this.presence += 1;
  };

  /** All pods that are counted for themselves, or because they have a term. */
  *sets(): Iterable<PodSet> {
    for (const { set } of this.#selected.values()) yield set;
    for (const { set } of this.#held.values()) yield set;
  }

  /** Every set is filled: the domains become those of the nodes as they are. O(entries) while they stay what they were. */
  readDomains(featuresVersion: number): void {
    this.#topologies.turn(featuresVersion);
    for (const { domains, set, topology } of this.#entries.values()) {
      const now = topology();
      if (domains.topology !== now) domains.read(now, set.byNode, set.leavingByNode);
    }
  }

  /** Which pods a selection with a selector of namespaces means is another question now. */
  forgetSelected(): void {
    for (const { set } of this.#selected.values()) set.isFilled = false;
  }

  /** Pods that all the terms speak of. */
  claimSelected(terms: readonly PodSelection[], topologyKey: string): Claim<DomainCounts> {
    const selected = this.#select(terms.map(selectionOf), false);
    return this.#claim(`${topologyKey} ${selected.name}`, selected, () => this.#topology(topologyKey));
  }

  /** The rule is one of several that hold, or are wished for, together. */
  claimSpread(rule: SpreadRule, all: readonly SpreadRule[], shape: SchedulingShape): Claim<DomainCounts> {
    const { topologyKey, honorsAffinity, honorsTaints } = rule;
    const selected = this.#select([selectionOf(rule.selection)], true);
    const keys = all.map((other) => other.topologyKey);
    const { nodeSelector, requiredTerms, tolerations } = shape;
    const affinity = honorsAffinity ? [[...nodeSelector], requiredTerms ?? null] : null;
    const name = `${topologyKey} ${JSON.stringify([keys, affinity, honorsTaints ? tolerations : null])}`;
    const read = (): Topology => readTopology(topologyKey, this.#nodes, this.#eligible(rule, keys, shape));
    return this.#claim(`${name} ${selected.name}`, selected, () => this.#topologies.of(name, read));
  }

  /** Pods that have the term. */
  claimHeld(term: DomainTerm, kind: HeldKind): Claim<HeldTerm> {
    const { topologyKey } = term;
    const name = JSON.stringify([kind, topologyKey, selectionOf(term)]);
    let held = this.#held.get(name);
    if (held === undefined) {
      this.#heldTerms += 1;
      const counts = { set: new PodSet(false), domains: new DomainCounts(ignoreFlip) };
      held = { id: this.#heldTerms, selection: selectionOf(term), ...counts, references: 0 };
      held.set.domains.add(held.domains);
      const topology = (): Topology => this.#topology(topologyKey);
      this.#entries.set(`held ${name}`, { domains: held.domains, set: held.set, topology, references: 1 });
      this.#held.set(name, held);
      this.#labelled.addHeld(held, kind);
    }
    held.references += 1;
    const value = held;
    return { value, release: () => this.#releaseHeld(name, value) };
  }

  #releaseHeld(name: string, held: HeldTerm): void {
    held.references -= 1;
    if (held.references > 0) return;
    this.#held.delete(name);
    this.#entries.delete(`held ${name}`);
    this.#labelled.dropped();
  }

  #topology(key: string): Topology {
    return this.#topologies.of(key, () => readTopology(key, this.#nodes, undefined));
  }

  /** Nodes whose pods count for a spread rule: those that have all its labels, and are what the policies of the rule honor. */
  #eligible(rule: SpreadRule, keys: readonly string[], shape: SchedulingShape): Bitset {
    const eligible = rule.honorsAffinity ? matchingNodes(this.#index, shape) : this.#index.all();
    if (rule.honorsTaints) subtractTainted(this.#index, shape, eligible);
    const labels = keys.map((key) => ({ key, operator: 'Exists' as const, values: [] }));
    eligible.intersect(this.#index.matching({ labels, fields: [] }));
    return eligible;
  }

  #select(selections: readonly PodSelection[], skipsLeaving: boolean): NamedPods {
    const name = JSON.stringify([skipsLeaving, selections]);
    let selected = this.#selected.get(name);
    if (selected === undefined) {
      selected = { name, selections, set: new PodSet(skipsLeaving), references: 0 };
      this.#selected.set(name, selected);
      this.#labelled.addSelected(selected);
    }
    return selected;
  }

  #claim(name: string, selected: NamedPods, topology: () => Topology): Claim<DomainCounts> {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { domains: new DomainCounts(this.#onFlip), set: selected.set, topology, references: 0 };
      entry.set.domains.add(entry.domains);
      this.#entries.set(name, entry);
    }
    entry.references += 1;
    selected.references += 1;
    const value = entry;
    return { value: value.domains, release: () => this.#release(name, value, selected) };
  }

  #release(name: string, entry: Entry, selected: NamedPods): void {
    entry.references -= 1;
    if (entry.references === 0) {
      this.#entries.delete(name);
      entry.set.domains.delete(entry.domains);
    }
    selected.references -= 1;
    if (selected.references > 0) return;
    this.#selected.delete(selected.name);
    this.#labelled.dropped();
  }
}

/** A term's selection alone, with its fields in one order: its text is its name. */
function selectionOf({ selector, namespaces, namespaceSelector }: PodSelection): PodSelection {
  return { selector, namespaces, namespaceSelector };
}

/** Nobody waits for pods to have a term. */
function ignoreFlip(): void {}

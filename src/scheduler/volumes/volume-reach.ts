import { labelValue } from '../../api/records/label-selector.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { WaitingClaim } from './claim-state.ts';
import type { StorageFacts } from './storage-facts.ts';

/** A class with it makes no volumes. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Labels of nodes and volumes that say where they are, with the name that they had before; in kube-scheduler's order. */
const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';
const BETA_ZONE = 'failure-domain.beta.kubernetes.io/zone';
const BETA_REGION = 'failure-domain.beta.kubernetes.io/region';
const PLACES = [ZONE, REGION, BETA_ZONE, BETA_REGION] as const;
const NEWER_NAMES: ReadonlyMap<string, string> = new Map([
  [BETA_ZONE, ZONE],
  [BETA_REGION, REGION],
]);

/** Which nodes reach a volume, and for which one can be made. Sets of nodes are kept as long as the nodes are what they were. */
export class VolumeReach {
  readonly #facts: StorageFacts;
  readonly #index: NodeIndex;
  readonly #featuresVersion: () => number;
  #byVolume = new WeakMap<VolumeRecord, Bitset>();
  #byClaim = new WeakMap<VolumeClaimRecord, Bitset>();
  /** Of the nodes, for both; of the facts, for what can be made. */
  #version = -1;
  #factsVersion = -1;

  constructor(facts: StorageFacts, index: NodeIndex, featuresVersion: () => number) {
    this.#facts = facts;
    this.#index = index;
    this.#featuresVersion = featuresVersion;
  }

  /** Not to be changed. */
  of(volume: VolumeRecord): Bitset {
    this.#catchUp();
    let nodes = this.#byVolume.get(volume);
    if (nodes === undefined) this.#byVolume.set(volume, (nodes = this.#anyOf(volume.nodeTerms)));
    return nodes;
  }

  /** Nodes of the volume's zone and region, as its labels tell; a node without such labels is anywhere. */
  inZoneOf({ labels }: VolumeRecord): Bitset {
    const places = PLACES.flatMap((key): readonly (readonly [string, readonly string[]])[] => {
      const value = labelValue(labels, key);
      return value === undefined ? [] : [[key, value.split('__')]];
    });
    const nodes = this.#index.all();
    if (places.length === 0) return nodes;
    for (const [key, values] of places) nodes.intersect(this.#placed(key, values));
    const outside = this.#index.all();
    for (const key of PLACES) outside.subtract(this.#index.withAnyLabel(key));
    nodes.union(outside);
    return nodes;
  }

  /** Nodes for which the class can make a volume for the claim. Not to be changed. */
  canProvision(waiting: WaitingClaim): Bitset {
    this.#catchUp();
    let nodes = this.#byClaim.get(waiting.claim);
    if (nodes === undefined) this.#byClaim.set(waiting.claim, (nodes = this.#provisionable(waiting)));
    return nodes;
  }

  #catchUp(): void {
    const version = this.#featuresVersion();
    if (this.#version === version && this.#factsVersion === this.#facts.version) return;
    if (this.#version !== version) this.#byVolume = new WeakMap();
    this.#byClaim = new WeakMap();
    this.#version = version;
    this.#factsVersion = this.#facts.version;
  }

  #provisionable({ claim, storageClass }: WaitingClaim): Bitset {
    const { provisioner, topologies, name } = storageClass;
    if (provisioner === '' || provisioner === NO_PROVISIONER) return this.#index.none();
    const nodes = this.#anyOf(topologies);
    if (this.#facts.drivers.get(provisioner)?.tellsCapacity !== true) return nodes;
    const roomy = this.#index.none();
    for (const { largest, nodes: term } of this.#facts.capacitiesOf(name)) {
      if (term !== undefined && largest >= claim.request) roomy.union(this.#every(term));
    }
    nodes.intersect(roomy);
    return nodes;
  }

  none(): Bitset {
    return this.#index.none();
  }

  /** The node of that name, if there is one. */
  only(name: string): Bitset {
    return this.#index.matching({ labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: [name] }] });
  }

  #anyOf(terms: readonly NodeTerm[] | undefined): Bitset {
    if (terms === undefined) return this.#index.all();
    const nodes = this.#index.none();
    for (const term of terms) nodes.union(this.#index.matching(term));
    return nodes;
  }

  /** Of a label selector: without requirements it means all. */
  #every(term: NodeTerm): Bitset {
    return term.labels.length === 0 ? this.#index.all() : this.#index.matching(term);
  }

  /** Under the label's own name, or, on nodes that have it only so, under the newer one. */
  #placed(key: string, values: readonly string[]): Bitset {
    const nodes = this.#index.none();
    const newer = NEWER_NAMES.get(key);
    if (newer !== undefined) {
      for (const value of values) nodes.union(this.#index.withLabel(newer, value));
      nodes.subtract(this.#index.withAnyLabel(key));
    }
    for (const value of values) nodes.union(this.#index.withLabel(key, value));
    return nodes;
  }
}

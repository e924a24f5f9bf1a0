import type { NodeTerm } from '../../src/api/records/scheduling-shape.ts';
import type { StorageClassRecord } from '../../src/api/records/storage-class-record.ts';
import type { VolumeClaimRecord } from '../../src/api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../src/api/records/volume-record.ts';
import type { VolumeChoice } from '../../src/scheduler/volumes/volume-choice.ts';

/** A node, with how many volumes the driver `csi` attaches to it. */
export interface JudgedNode {
  readonly name: string;
  readonly zone: string;
  readonly limit: number | undefined;
}

/** A pod that stands somewhere, and what its unbound claims were given. */
export interface StandingPod {
  readonly claims: readonly string[];
  readonly node: string;
  readonly choices: readonly VolumeChoice[];
}

export interface VolumeWorld {
  readonly nodes: readonly JudgedNode[];
  readonly claims: readonly VolumeClaimRecord[];
  readonly volumes: readonly VolumeRecord[];
  readonly classes: readonly StorageClassRecord[];
}

/** What Kubernetes says of pods and their volumes, read from the page with nothing kept: the slow way. */
export class VolumeJudge {
  readonly #world: VolumeWorld;

  constructor(world: VolumeWorld) {
    this.#world = world;
  }

  /** What is wrong with these pods where they stand, together. */
  faults(pods: readonly StandingPod[]): readonly string[] {
    return [
      ...pods.flatMap((pod) => pod.claims.flatMap((key) => this.#faultsOfClaim(pod, key))),
      ...this.#doubleUse(pods),
      ...this.#world.nodes.flatMap((node) => this.#overLimit(node, pods)),
      ...this.#world.claims.flatMap(({ key, accessModes }) => {
        const users = pods.filter(({ claims }) => claims.includes(key)).length;
        return accessModes.includes('ReadWriteOncePod') && users > 1 ? [`${key} is used by ${users} pods`] : [];
      }),
    ];
  }

  /** Whether one more pod could stand on the node beside the others, by any choice for its claims. */
  fits(claims: readonly string[], node: string, pods: readonly StandingPod[]): boolean {
    return this.#choicesFor(claims, node, pods).some(
      (choices) => this.faults([...pods, { claims, node, choices }]).length === 0,
    );
  }

  #choicesFor(claims: readonly string[], node: string, pods: readonly StandingPod[]): readonly VolumeChoice[][] {
    let all: VolumeChoice[][] = [[]];
    for (const key of claims) {
      const claim = this.#claim(key);
      if (claim === undefined || claim.isBound) continue;
      const given = pods.flatMap(({ choices }) => choices).find((choice) => choice.claim === key);
      const names = given === undefined ? ['', ...this.#world.volumes.map(({ name }) => name)] : [given.volume];
      if (given?.volume === '' && !pods.some((pod) => pod.node === node && pod.claims.includes(key))) return [];
      all = all.flatMap((choices) => names.map((volume) => [...choices, { claim: key, volume }]));
    }
    return all;
  }

  #faultsOfClaim({ node, choices }: StandingPod, key: string): readonly string[] {
    const claim = this.#claim(key);
    if (claim === undefined) return [`${key} does not exist`];
    if (claim.deleting) return [`${key} is being deleted`];
    if (claim.isBound) return this.#isReached(this.#volume(claim.volumeName), node) ? [] : [`${key} is not reached`];
    const choice = choices.find((one) => one.claim === key);
    return choice === undefined ? [`${key} was not given anything`] : this.#faultsOfChoice(claim, choice.volume, node);
  }

  /** `name`: of the volume, empty when one is to be made. */
  #faultsOfChoice(claim: VolumeClaimRecord, name: string, node: string): readonly string[] {
    const { key, selectedNode, className } = claim;
    const storageClass = this.#world.classes.find((one) => one.name === className);
    if (storageClass?.waitsForConsumer !== true) return [`${key} is for others to bind`];
    if (selectedNode !== '') return selectedNode === node && name === '' ? [] : [`${key} is made for ${selectedNode}`];
    if (name === '') {
      const isMade = storageClass.provisioner === 'csi' && this.#matches(storageClass.topologies, node);
      return isMade ? [] : [`nothing can be made for ${key} on ${node}`];
    }
    // One that is kept for the claim is the only one that it can have.
    const isKept = this.#world.volumes.some((one) => one.claim === key);
    const volume = this.#volume(name);
    if (volume === undefined || (isKept && volume.claim !== key)) return [`${key} is to have another one`];
    return isFit(claim, volume) && this.#isReached(volume, node) ? [] : [`${key} cannot have ${name}`];
  }

  #doubleUse(pods: readonly StandingPod[]): readonly string[] {
    const owners = new Map<string, Set<string>>();
    for (const { claim, volume } of pods.flatMap(({ choices }) => choices)) {
      if (volume !== '') owners.set(volume, (owners.get(volume) ?? new Set()).add(claim));
    }
    return [...owners].filter(([, claims]) => claims.size > 1).map(([volume]) => `${volume} is given twice`);
  }

  #overLimit({ name, limit }: JudgedNode, pods: readonly StandingPod[]): readonly string[] {
    const handles = new Set(
      pods.filter(({ node }) => node === name).flatMap(({ claims }) => claims.flatMap((key) => this.#handleOf(key))),
    );
    return limit !== undefined && handles.size > limit ? [`${name} has ${handles.size} volumes`] : [];
  }

  #handleOf(key: string): readonly string[] {
    const claim = this.#claim(key);
    if (claim?.isBound === true) {
      const volume = this.#volume(claim.volumeName);
      return volume?.driver === 'csi' ? [volume.handle] : [];
    }
    return this.#world.classes.find(({ name }) => name === claim?.className)?.provisioner === 'csi' ? [key] : [];
  }

  #isReached(volume: VolumeRecord | undefined, node: string): boolean {
    return volume !== undefined && this.#matches(volume.nodeTerms, node);
  }

  #matches(terms: readonly NodeTerm[] | undefined, name: string): boolean {
    const zone = this.#world.nodes.find((node) => node.name === name)?.zone ?? '';
    const labels = new Map([
      ['kubernetes.io/hostname', name],
      ['zone', zone],
    ]);
    if (terms === undefined) return true;
    return terms.some((term) => term.labels.every(({ key, values }) => values.includes(labels.get(key) ?? '')));
  }

  #claim(key: string): VolumeClaimRecord | undefined {
    return this.#world.claims.find((claim) => claim.key === key);
  }

  #volume(wanted: string): VolumeRecord | undefined {
    return this.#world.volumes.find(({ name }) => name === wanted);
  }
}

function isFit(claim: VolumeClaimRecord, volume: VolumeRecord): boolean {
  const isFree =
    volume.claim === '' ? volume.isAvailable && volume.className === claim.className : volume.claim === claim.key;
  return isFree && volume.capacity >= claim.request && volume.accessModes.includes(claim.accessModes[0] ?? '');
}

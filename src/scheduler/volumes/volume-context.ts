import type { PodClaim } from '../../api/records/pod-claim.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { claimState } from './claim-state.ts';
import type { ClaimState, WaitingClaim } from './claim-state.ts';
import { attachmentOf } from './claim-users.ts';
import type { Attachment } from './claim-users.ts';

/** Which of the rules about volumes are looked at. */
export interface VolumeRules {
  /** Claims are bound, and volumes reached only from the nodes of their affinity. */
  readonly binding: boolean;
  /** A volume stays in the zone that its labels tell. */
  readonly zone: boolean;
  /** A node takes as many volumes as its drivers say. */
  readonly limits: boolean;
}

/** Nodes that one claim leaves open, and what is said of the others. */
interface Opening {
  readonly nodes: Bitset;
  readonly reason: string;
}

const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";
export const OTHER_NODE = "node(s) didn't match PersistentVolume's node affinity";
const OTHER_ZONE = 'node(s) had no available volume zone';
const NO_ATTACHMENT = 'node(s) exceed max volume count';

/**
 * Where pods that use these claims may stand. What the claims leave open is read once for each state of the cluster's volumes,
 * O(free volumes of the class x nodes / 32); a node then costs a look into a set, where its driver has a limit a count.
 */
export class VolumeContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #snapshot: Snapshot;
  readonly #claims: readonly PodClaim[];
  readonly #rules: VolumeRules;
  #version = -1;
  #featuresVersion = -1;
  #refusal: Refusal | undefined;
  #openings: readonly Opening[] = [];
  /** Where every claim, taken for itself, can be had. */
  #open: Bitset;
  /** More than one, so that they may be after the same volume. */
  #rivals: readonly WaitingClaim[] = [];
  #attachments: readonly Attachment[] = [];

  constructor(key: string, claims: readonly PodClaim[], snapshot: Snapshot, rules: VolumeRules) {
    this.key = key;
    this.#claims = claims;
    this.#snapshot = snapshot;
    this.#rules = rules;
    this.#open = snapshot.index.none();
    this.hooks = {
      feasibleNode: (_, node) => this.#closingReason(node) === undefined,
      explain: (_, reasons) => this.#explain(reasons),
    };
  }

  readonly version = (): number => this.#snapshot.volumes.version;

  readonly allows = (node: number): boolean => this.#closingReason(node) === undefined;

  /** A claim is not there, is not bound by who has to, or is another pod's alone. */
  readonly refusal = (): Refusal | undefined => {
    this.#catchUp();
    return this.#refusal;
  };

  #closingReason(node: number): string | undefined {
    this.#catchUp();
    if (this.#refusal !== undefined) return this.#refusal.message;
    if (!this.#open.has(node)) return this.#openings.find(({ nodes }) => !nodes.has(node))?.reason;
    if (this.#rivals.length > 0 && !this.#hasAll(node)) return NO_VOLUME;
    return this.#hasPlaces(node) ? undefined : NO_ATTACHMENT;
  }

  #hasAll(node: number): boolean {
    const { volumes, nodes } = this.#snapshot;
    return volumes.picks.at(this.#rivals, node, nodes.records[node]?.name ?? '') !== undefined;
  }

  /** What is attached already counts once. */
  #hasPlaces(node: number): boolean {
    const { volumes, nodes } = this.#snapshot;
    if (this.#attachments.length === 0) return true;
    const limits = volumes.facts.csiNodes.get(nodes.records[node]?.name ?? '')?.limits;
    if (limits === undefined || limits.size === 0) return true;
    return this.#attachments.every(({ driver }) => {
      const limit = limits.get(driver);
      if (limit === undefined) return true;
      const handles = volumes.users.attached(node, driver);
      const attached = handles.size;
      for (const own of this.#attachments) if (own.driver === driver) handles.add(own.handle);
      return handles.size === attached || handles.size <= limit;
    });
  }

  #catchUp(): void {
    const { volumes, featuresVersion } = this.#snapshot;
    if (this.#version === volumes.version && this.#featuresVersion === featuresVersion) return;
    this.#version = volumes.version;
    this.#featuresVersion = featuresVersion;
    const states = this.#claims.map((claim) => claimState(volumes.facts, claim));
    this.#refusal = this.#rules.binding ? this.#refuse(states) : undefined;
    this.#openings = this.#refusal === undefined ? states.flatMap((state) => this.#openingsOf(state)) : [];
    this.#open = this.#snapshot.index.all();
    for (const { nodes } of this.#openings) this.#open.intersect(nodes);
    const waiting = states.filter((state) => state.kind === 'waiting');
    this.#rivals = this.#rules.binding && waiting.length > 1 ? waiting : [];
    const isLimited = this.#rules.limits && volumes.facts.hasLimits;
    this.#attachments = isLimited ? this.#claims.flatMap(({ key }) => attachmentOf(volumes.facts, key) ?? []) : [];
  }

  #refuse(states: readonly ClaimState[]): Refusal | undefined {
    const problems = states.flatMap((state) => (state.kind === 'blocked' ? [state.problem] : []));
    if (problems.length > 0) return { code: 'VolumeNotReady', message: `${problems.join(', ')}.` };
    const { volumes } = this.#snapshot;
    for (const state of states) {
      if (state.kind === 'blocked') continue;
      const holder = volumes.users.holderOf(state.claim);
      if (holder === undefined) continue;
      const message = `claim ${state.claim.key} is for one pod at a time, and pod ${holder.record.key} has it.`;
      return { code: 'VolumeInUse', message };
    }
    return undefined;
  }

  #openingsOf(state: ClaimState): readonly Opening[] {
    const { reach, picks } = this.#snapshot.volumes;
    const { binding, zone } = this.#rules;
    if (state.kind === 'blocked') return [];
    if (state.kind === 'waiting') return binding ? [{ nodes: picks.nodesFor(state), reason: NO_VOLUME }] : [];
    return [
      ...(binding ? [{ nodes: reach.of(state.volume), reason: OTHER_NODE }] : []),
      ...(zone ? [{ nodes: reach.inZoneOf(state.volume), reason: OTHER_ZONE }] : []),
    ];
  }

  /** Each node names the first thing that closes it. */
  #explain(reasons: Map<string, number>): void {
    for (let node = 0; node < this.#snapshot.nodes.count; node += 1) {
      const reason = this.#closingReason(node);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
}

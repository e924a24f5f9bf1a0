import type { DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import { lackWords } from './lack-words.ts';

/** What the claims of a pod ask of its node. */
export interface ClaimSight {
  readonly key: string;
  /** Why no node will do. */
  readonly refusal: Refusal | undefined;
  /** Of each claim that has devices, or is promised some: the nodes that reach them. */
  readonly terms: readonly (readonly NodeTerm[])[];
  /** Nodes where the pods of a gang were tried in vain. */
  readonly avoided: readonly (readonly NodeTerm[])[];
  /** Keys of claims that have devices, or are promised some. */
  readonly settled: readonly string[];
  /** Claims that get their devices together with the node; others that ask for the same stand for them as well. */
  readonly open: readonly DeviceClaimRecord[];
}

const OTHER_NODE = 'node(s) did not reach the devices of a ResourceClaim';
const AVOIDED = 'node(s) had too little for all pods that share a ResourceClaim';
const NOT_LEFT = 'node(s) had devices of a ResourceClaim that others have not given back yet';
const NO_DEVICES = 'node(s) cannot allocate all claims';
const FAILED = 'node(s) had devices that a selector fails on, or are being updated';
const UNKNOWN = 'node(s) had too many ways to allocate all claims';

/**
 * Where pods whose claims ask for the same may stand. A node costs one search among the devices that it reaches, and is asked again
 * when it changed, or devices that several nodes reach came into use or out of it.
 */
export class ClaimContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #sight: ClaimSight;
  readonly #snapshot: Snapshot;
  #refusal: Refusal | undefined;
  #refusedAt = -1;
  /** The latest answer, since a node is often asked twice. */
  #node = -1;
  #stamp = -1;
  #reason: string | undefined;

  constructor(sight: ClaimSight, snapshot: Snapshot) {
    this.key = sight.key;
    this.#sight = sight;
    this.#snapshot = snapshot;
    this.hooks = {
      feasibleNode: (_, node) => this.allows(node),
      explain: (_, reasons) => this.#explain(reasons),
    };
  }

  readonly version = (): number => this.#snapshot.claims.version;

  readonly allows = (node: number): boolean => this.#closingReason(node) === undefined;

  readonly allowsWithout = (node: number, gone?: ReadonlySet<Task>): boolean => {
    const { claims } = this.#snapshot;
    const { open, settled } = this.#sight;
    if (this.#whyNever(node) !== undefined) return false;
    if (gone === undefined) return true;
    if (!settled.every((key) => claims.isFree(key, gone))) return false;
    return claims.allocateLater(open, node, gone, settled).kind === 'chosen';
  };

  /** A claim cannot be looked at, or no node has what is asked for, busy or not. */
  readonly refusal = (): Refusal | undefined => {
    const { refusal, open } = this.#sight;
    if (refusal !== undefined || open.length === 0) return refusal;
    const { claims, featuresVersion } = this.#snapshot;
    const now = claims.facts.version + featuresVersion;
    if (this.#refusedAt !== now) this.#refusal = this.#hopelessness();
    this.#refusedAt = now;
    return this.#refusal;
  };

  #closingReason(node: number): string | undefined {
    const { claims, featuresVersion } = this.#snapshot;
    const stamp = claims.stamp + featuresVersion;
    if (this.#node === node && this.#stamp === stamp) return this.#reason;
    this.#node = node;
    this.#stamp = stamp;
    this.#reason = this.#whyNot(node);
    return this.#reason;
  }

  /** Whoever goes from it. */
  #whyNever(node: number): string | undefined {
    const { claims } = this.#snapshot;
    const { refusal, terms, avoided } = this.#sight;
    if (refusal !== undefined) return refusal.message;
    if (!terms.every((one) => claims.devices.isAmong(one, node))) return OTHER_NODE;
    return avoided.some((one) => claims.devices.isAmong(one, node)) ? AVOIDED : undefined;
  }

  #whyNot(node: number): string | undefined {
    const never = this.#whyNever(node);
    if (never !== undefined) return never;
    const { claims } = this.#snapshot;
    if (!this.#sight.settled.every((key) => claims.isFree(key))) return NOT_LEFT;
    const { kind } = claims.allocateAt(this.#sight.open, node);
    if (kind === 'chosen') return undefined;
    if (kind === 'none') return NO_DEVICES;
    return kind === 'failed' ? FAILED : UNKNOWN;
  }

  /** O(nodes) when there is none, once for each change of what devices there are. */
  #hopelessness(): Refusal | undefined {
    const { claims, nodes } = this.#snapshot;
    const { open } = this.#sight;
    let failure: string | undefined;
    for (let node = 0; node < nodes.count; node += 1) {
      if (claims.devices.of(node).problem !== undefined) return undefined;
      const verdict = claims.allocateAt(open, node, true);
      if (verdict.kind === 'chosen' || verdict.kind === 'unknown') return undefined;
      if (verdict.kind === 'failed') failure ??= verdict.message;
    }
    if (nodes.count === 0) return undefined;
    if (failure !== undefined) return { code: 'DeviceSelectorFailed', message: `${failure}.` };
    const lacks = lackWords(open, claims, nodes.count);
    const message = `ResourceClaims of a pod ask for ${lacks}: no node can have all of it together, busy or not.`;
    return { code: 'NeverFits', message };
  }

  /** Each node names the first thing that closes it. */
  #explain(reasons: Map<string, number>): void {
    for (let node = 0; node < this.#snapshot.nodes.count; node += 1) {
      const reason = this.#closingReason(node);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
}

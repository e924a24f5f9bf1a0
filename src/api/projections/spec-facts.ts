import { member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isSame } from '../../lib/same.ts';
import { ownedBy } from '../numa/pod-numa.ts';
import type { ExtendedAsk } from '../records/extended-ask.ts';
import type { NumaContainer } from '../records/numa-records.ts';
import type { SchedulingShape } from '../records/scheduling-shape.ts';
import type { ShapeOwner } from './shape-owner.ts';

/**
 * What a pod's spec says by itself. The pods of one owner come one after another, and nearly always with equal specs: then it is read
 * once for all of them, and so is their shape.
 */
export class SpecFacts {
  readonly spec: JsonObject;
  readonly extendedAsks: readonly ExtendedAsk[];
  readonly owned: readonly NumaContainer[] | undefined;
  /** Terms speak of the pod's own namespace, and may ask for the values of its labels. */
  readonly #looksAtPods: boolean;
  #shaped: { readonly owner: ShapeOwner; readonly shape: SchedulingShape } | undefined;

  constructor(spec: JsonObject, extendedAsks: readonly ExtendedAsk[]) {
    this.spec = spec;
    this.extendedAsks = extendedAsks;
    this.owned = ownedBy(spec);
    this.#looksAtPods = LOOKS_AT_PODS.some((field) => member(spec, field) !== undefined);
  }

  /** Whether what is read here and of the shape is the same of both specs. */
  isOf(spec: JsonObject): boolean {
    let surplus = 0;
    for (const field in this.spec) {
      if (OF_EACH_POD.has(field)) continue;
      if (!isSame(this.spec[field], spec[field])) return false;
      surplus += 1;
    }
    for (const field in spec) if (!OF_EACH_POD.has(field)) surplus -= 1;
    return surplus === 0;
  }

  /** The shape of the last pod, where this one's is the same. */
  shapeFor(owner: ShapeOwner): SchedulingShape | undefined {
    const last = this.#shaped;
    if (last === undefined || last.owner.isRevocable !== owner.isRevocable) return undefined;
    const isSame = last.owner.labels === owner.labels && last.owner.namespace === owner.namespace;
    return isSame || !this.#looksAtPods ? last.shape : undefined;
  }

  keepShape(owner: ShapeOwner, shape: SchedulingShape): void {
    this.#shaped = { owner, shape };
  }
}

const LOOKS_AT_PODS = ['affinity', 'topologySpreadConstraints'];

/** The node is each pod's own, and so is the name of the volume with its token: neither is read here. */
const OF_EACH_POD: ReadonlySet<string> = new Set(['nodeName', 'volumes']);

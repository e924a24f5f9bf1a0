import { stringAt } from '../../../../src/lib/json.ts';
import type { PodObject } from './random-pod.ts';
import { SCORERS } from './sluice-scores.ts';
import type { Scorer } from './sluice-scores.ts';
import { HOSTNAME } from './vocabulary.ts';

type Points = ReadonlyMap<string, number>;

/** kube-scheduler rounds to whole numbers, twice for most scores. */
const ROUNDED = 2;

/** Scores that were compared, and those that differ by more than rounding. */
export class ScoreCount {
  readonly compared = new Map<Scorer, number>();
  /** Pods to which the nodes were not all the same. */
  readonly toldApart = new Map<Scorer, number>();
  readonly differences: string[] = [];

  /** What both give the nodes for one thing; `theirs` is weighted. */
  add(scorer: Scorer, pod: PodObject, theirs: Points, ours: Points): void {
    if (!isComparable(scorer, pod)) return;
    this.compared.set(scorer, (this.compared.get(scorer) ?? 0) + theirs.size);
    if (new Set(theirs.values()).size > 1) this.toldApart.set(scorer, (this.toldApart.get(scorer) ?? 0) + 1);
    for (const [node, weighted] of theirs) {
      const want = weighted / SCORERS[scorer].weight;
      const got = ours.get(node) ?? NaN;
      const isSame = scorer === 'PodTopologySpread' ? isInOrder(node, theirs, ours) : Math.abs(got - want) < ROUNDED;
      if (!isSame) this.differences.push(`${pod.metadata.name} on ${node}: ${scorer} ${want}, not ${got}`);
    }
  }
}

/** Of spread the sums are rounded before they are scaled, to very few numbers: what is left to compare is the order. */
function isInOrder(node: string, theirs: Points, ours: Points): boolean {
  const [want = NaN, got = NaN] = [theirs.get(node), ours.get(node)];
  return [...theirs].every(([other, points]) => points >= want || (ours.get(other) ?? NaN) < got);
}

function isComparable(scorer: Scorer, { spec }: PodObject): boolean {
  // There kube-scheduler looks at the containers alone, although it filters by the pod as a whole.
  if (scorer === 'NodeResourcesFit') return spec.resources === undefined;
  if (scorer !== 'PodTopologySpread') return true;
  // Of several constraints each has a weight that differs by what is counted as a domain, and nodes that share a host name are one to us.
  const [rule, ...others] = spec.topologySpreadConstraints ?? [];
  return rule !== undefined && others.length === 0 && stringAt(rule, ['topologyKey']) !== HOSTNAME;
}

import { nodeOf, speaksOf, spreadCounts } from './pod-rules-judge.ts';
import type { RawNode, RawPod, RawWorld, Spread, Term, Terms } from './pod-rules-judge.ts';

/*
 * Kubernetes' scores for wishes between pods, in the plainest form and from the raw objects, over the nodes that a pod may take.
 * It is what the scheduler's choice is held to.
 */

/** Of each kind of wish in the sum. */
const WEIGHT = 2;
/** Of a term of affinity that must hold, for the pods that it speaks of. */
const HARD_POD_AFFINITY_WEIGHT = 1;

/** By node. */
export function wishScores(pod: RawPod, open: readonly RawNode[], world: RawWorld): ReadonlyMap<RawNode, number> {
  const near = scaledNear(open.map((node) => nearness(pod, node, world)));
  const spread = scaledSpread(open.map((node) => unevenness(pod, node, world)));
  return new Map(open.map((node, i) => [node, WEIGHT * ((near[i] ?? 0) + (spread[i] ?? 0))]));
}

/** What a pod says of others: for its own place, and against it, below zero. */
function preferred({ spec: { affinity } }: RawPod): readonly (readonly [term: Term, weight: number])[] {
  const read = (terms: Terms | undefined, sign: number): (readonly [Term, number])[] =>
    (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((entry) => {
      return [entry.podAffinityTerm, sign * entry.weight] as const;
    });
  return [...read(affinity?.podAffinity, 1), ...read(affinity?.podAntiAffinity, -1)];
}

function nearness(pod: RawPod, node: RawNode, world: RawWorld): number {
  let sum = 0;
  for (const other of world.pods) {
    const labels = nodeOf(other, world)?.metadata.labels ?? {};
    const count = ([term, weight]: readonly [Term, number], owner: RawPod, spoken: RawPod): void => {
      const value = node.metadata.labels[term.topologyKey];
      const isSame = value !== undefined && labels[term.topologyKey] === value;
      if (isSame && speaksOf(term, owner, spoken, world)) sum += weight;
    };
    const required = other.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const wish of preferred(pod)) count(wish, pod, other);
    for (const wish of preferred(other)) count(wish, other, pod);
    for (const term of required) count([term, HARD_POD_AFFINITY_WEIGHT], other, pod);
  }
  return sum;
}

/** Undefined where a label is absent by which the pod is to be spread. */
function unevenness(pod: RawPod, node: RawNode, world: RawWorld): number | undefined {
  const rules = (pod.spec.topologySpreadConstraints ?? []).filter(isSoft);
  let sum = 0;
  for (const rule of rules) {
    const value = node.metadata.labels[rule.topologyKey];
    if (value === undefined) return undefined;
    const counts = spreadCounts(pod, rule, rules, world);
    sum += (counts.get(value) ?? 0) * Math.log(counts.size + 2) + rule.maxSkew - 1;
  }
  return sum;
}

function isSoft({ whenUnsatisfiable }: Spread): boolean {
  return whenUnsatisfiable === 'ScheduleAnyway';
}

function scaledNear(sums: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...sums), Math.max(...sums)];
  return sums.map((sum) => (most === least ? 0 : (100 * (sum - least)) / (most - least)));
}

function scaledSpread(sums: readonly (number | undefined)[]): readonly number[] {
  const known = sums.filter((sum) => sum !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return sums.map((sum) => {
    if (sum === undefined) return 0;
    return most === 0 ? 100 : (100 * (most + least - sum)) / most;
  });
}

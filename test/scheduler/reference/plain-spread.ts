import { labelValue } from '../../../src/api/records/label-selector.ts';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { SpreadRule } from '../../../src/api/records/pod-rules.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { NodeRequirement } from '../../../src/api/records/scheduling-shape.ts';
import { sum } from './plain-world.ts';
import type { Other } from './plain-world.ts';

export function spreadOf({ shape }: PodRecord): readonly SpreadRule[] {
  return shape.rules?.spread ?? [];
}

/** By its labels. */
export function isWanted({ shape }: PodRecord, node: NodeRecord): boolean {
  if (![...shape.nodeSelector].every(([key, value]) => node.labels.get(key) === value)) return false;
  return shape.requiredTerms?.some((term) => term.labels.every((each) => holds(each, node))) ?? true;
}

export function holds({ key, operator, values }: NodeRequirement, { labels }: NodeRecord): boolean {
  const value = labels.get(key);
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  return (value !== undefined) === (operator === 'Exists');
}

/** Nodes that the pod does not want, or that lack a label of its rules, are in no domain. */
export function spreadDomain(pod: PodRecord, { topologyKey }: SpreadRule, node: NodeRecord): string | undefined {
  const isCounted = isWanted(pod, node) && spreadOf(pod).every((rule) => node.labels.has(rule.topologyKey));
  return isCounted ? node.labels.get(topologyKey) : undefined;
}

function isSpread({ selection: { selector } }: SpreadRule, labels: LabelPairs): boolean {
  return selector?.every(({ key, values }) => values.includes(labelValue(labels, key) ?? '')) ?? false;
}

/** No rule of the pod has the node's domain hold too many more than the emptiest one. Who is on the way out counts for nothing. */
export function isEven(
  nodes: readonly NodeRecord[],
  others: readonly Other[],
  pod: PodRecord,
  node: NodeRecord,
): boolean {
  return spreadOf(pod).every((rule) => {
    const own = spreadDomain(pod, rule, node);
    if (own === undefined) return false;
    const domains = new Set(nodes.flatMap((each) => spreadDomain(pod, rule, each) ?? []));
    const held = (domain: string): number =>
      sum(others, (other) => {
        const isThere = !other.isLeaving && spreadDomain(pod, rule, other.node) === domain;
        return isThere && isSpread(rule, other.labels) ? 1 : 0;
      });
    const least = domains.size < rule.minDomains ? 0 : Math.min(...[...domains].map(held));
    return held(own) + Number(isSpread(rule, pod.labels)) - least <= rule.maxSkew;
  });
}

/** Of so many pods on each node as it could hold, no more than each rule of the pod lets stand there. */
export function mostEven(nodes: readonly NodeRecord[], pod: PodRecord, room: (node: NodeRecord) => number): number {
  const most = spreadOf(pod).map((rule) => {
    const domains = Map.groupBy(nodes, (node) => spreadDomain(pod, rule, node));
    domains.delete(undefined);
    const rooms = [...domains.values()].map((each) => sum(each, room));
    if (!isSpread(rule, pod.labels)) return sum(rooms, (each) => each);
    const least = rooms.length < rule.minDomains ? 0 : Math.min(...rooms);
    return sum(rooms, (each) => Math.min(each, least + rule.maxSkew));
  });
  return Math.min(Infinity, ...most);
}

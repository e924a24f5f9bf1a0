import { labelValue } from '../../../src/api/records/label-selector.ts';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodTerm } from '../../../src/api/records/pod-rules.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { spreadDomain, spreadOf } from './plain-spread.ts';
import { sum } from './plain-world.ts';
import type { Other, PlainWorld } from './plain-world.ts';

/** All pods of these worlds are of one namespace. */
function speaksOf({ selector }: PodTerm, labels: LabelPairs): boolean {
  return selector?.every(({ key, values }) => values.includes(labelValue(labels, key) ?? '')) ?? false;
}

function apartOf({ rules }: SchedulingShape): readonly PodTerm[] {
  return rules?.antiAffinity ?? [];
}

/** Nodes with the same value of the label are one domain; those without it are in none. */
function areOfOneDomain(a: NodeRecord, b: NodeRecord, key: string): boolean {
  const value = a.labels.get(key);
  return value !== undefined && value === b.labels.get(key);
}

/** Neither the pod's own terms nor those of others speak against the node. */
export function mayStandBeside(others: readonly Other[], pod: PodRecord, node: NodeRecord): boolean {
  return others.every((other) => {
    const isClose = ({ topologyKey }: PodTerm): boolean => areOfOneDomain(node, other.node, topologyKey);
    const own = apartOf(pod.shape).some((term) => isClose(term) && speaksOf(term, other.labels));
    return !own && !apartOf(other.shape).some((term) => isClose(term) && speaksOf(term, pod.labels));
  });
}

/**
 * The order in which nodes with equal scores are taken: by name, but where the place of the pod hangs on the domains of a label that
 * several nodes may share, domain by domain, those first whose first node is first.
 */
export function inOrder(world: PlainWorld, pod: PodRecord): readonly NodeRecord[] {
  const { nodes } = world;
  const ofTerms = mindedBy(world, pod).map(
    ({ topologyKey }) =>
      (node: NodeRecord) =>
        node.labels.get(topologyKey),
  );
  const ofSpread = spreadOf(pod).map((rule) => (node: NodeRecord) => spreadDomain(pod, rule, node));
  const shared = [...ofTerms, ...ofSpread].filter((domainOf) => {
    const known = nodes.flatMap((node) => domainOf(node) ?? []);
    return new Set(known).size < known.length;
  });
  const cell = (node: NodeRecord): string => JSON.stringify(shared.map((domainOf) => domainOf(node) ?? null));
  return [...Map.groupBy(nodes, cell).values()].flat();
}

/** Its place hangs on which other pods stand where. */
export function isMinding(world: PlainWorld, pod: PodRecord): boolean {
  return spreadOf(pod).length > 0 || mindedBy(world, pod).length > 0;
}

/** The pod's own terms, and those of others that speak of it. */
function mindedBy({ records }: PlainWorld, { shape, labels }: PodRecord): readonly PodTerm[] {
  const terms = [...records.pods.values()].flatMap((each) => apartOf(each.shape));
  return [...apartOf(shape), ...terms.filter((term) => speaksOf(term, labels))];
}

/** Of so many pods on each node as it could hold, no more than the pod's own terms let stand there. */
export function mostApart(world: PlainWorld, { shape, labels }: PodRecord, room: (node: NodeRecord) => number): number {
  const own = apartOf(shape).filter((term) => speaksOf(term, labels));
  const most = own.map(({ topologyKey }) => {
    const domains = Map.groupBy(world.nodes, (node) => node.labels.get(topologyKey));
    return sum([...domains], ([value, nodes]) => {
      const all = sum(nodes, room);
      return value === undefined ? all : Math.min(1, all);
    });
  });
  return Math.min(sum(world.nodes, room), ...most);
}

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

function besideOf({ rules }: SchedulingShape): readonly PodTerm[] {
  return rules?.affinity ?? [];
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
  return hasCompany(others, pod, node) && isApart(others, pod, node);
}

/** The node is in a domain of each term of the pod about those that it must stand beside. */
export function hasDomains({ shape }: PodRecord, node: NodeRecord): boolean {
  return besideOf(shape).every(({ topologyKey }) => node.labels.has(topologyKey));
}

/** For each term somebody of whom all of them speak is near; or nobody is anywhere, and the pod is the first of its like. */
function hasCompany(others: readonly Other[], pod: PodRecord, node: NodeRecord): boolean {
  const terms = besideOf(pod.shape);
  if (!hasDomains(pod, node)) return false;
  const company = companyOf(others, pod);
  const isFirst = terms.every((term) => speaksOf(term, pod.labels) && company(term).length === 0);
  return (
    isFirst || terms.every((term) => company(term).some((other) => areOfOneDomain(node, other.node, term.topologyKey)))
  );
}

/** Those of whom all terms of the pod speak, and who are in some domain of the term. */
function companyOf(others: readonly Other[], { shape }: PodRecord): (term: PodTerm) => readonly Other[] {
  const meant = others.filter(({ labels }) => besideOf(shape).every((term) => speaksOf(term, labels)));
  return ({ topologyKey }) => meant.filter(({ node }) => node.labels.has(topologyKey));
}

/** It must stand beside others than its like, of whom nobody stands anywhere, or waits with it. */
export function isLonely(world: PlainWorld, pod: PodRecord, waiting: readonly PodRecord[]): boolean {
  const terms = besideOf(pod.shape);
  if (terms.every(({ isOwn }) => isOwn)) return false;
  if (terms.some((term) => companyOf(world.others(pod), pod)(term).length > 0)) return false;
  return !waiting.some(({ labels }) => terms.every((term) => speaksOf(term, labels)));
}

function isApart(others: readonly Other[], pod: PodRecord, node: NodeRecord): boolean {
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
  const ofTerms = [...mindedBy(world, pod), ...wishedBy(world, pod)].map(
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

/** Terms of pods that have to stand beside such a one: it would do well to come to them. */
function wishedBy(world: PlainWorld, { labels }: PodRecord): readonly PodTerm[] {
  const terms = podsThere(world).flatMap((each) => besideOf(each.shape));
  return terms.filter((term) => speaksOf(term, labels));
}

/** 200 for the node of those that could take the pod with the most terms around it that speak of the pod, none for the one with the fewest. */
export function wishedScores(
  world: PlainWorld,
  pod: PodRecord,
  able: readonly NodeRecord[],
): (node: NodeRecord) => number {
  const others = world.others(pod);
  const near = able.map((node) =>
    sum(others, (other) => {
      const isClose = (term: PodTerm): boolean => areOfOneDomain(node, other.node, term.topologyKey);
      return besideOf(other.shape).filter((term) => isClose(term) && speaksOf(term, pod.labels)).length;
    }),
  );
  const [least, most] = [Math.min(...near), Math.max(...near)];
  return (node) => (most === least ? 0 : (200 / (most - least)) * ((near[able.indexOf(node)] ?? 0) - least));
}

/** Whom gates hold back is not there yet. */
function podsThere(world: PlainWorld): readonly PodRecord[] {
  return [...world.records.pods.values()].filter((pod) => world.stateOf(pod) !== 'away');
}

/** The pod's own terms, and those of others that speak of it. */
function mindedBy(world: PlainWorld, { shape, labels }: PodRecord): readonly PodTerm[] {
  const terms = podsThere(world).flatMap((each) => apartOf(each.shape));
  return [...besideOf(shape), ...apartOf(shape), ...terms.filter((term) => speaksOf(term, labels))];
}

/** Of so many pods on each node as it could hold, no more than fit the best domain, if they have to stand beside each other. */
export function mostBeside(
  world: PlainWorld,
  { shape, labels }: PodRecord,
  room: (node: NodeRecord) => number,
): number {
  const terms = besideOf(shape);
  const isTogether = terms.length > 0 && terms.every((term) => speaksOf(term, labels));
  const most = (isTogether ? terms : []).map(({ topologyKey }) => {
    const domains = Map.groupBy(world.nodes, (node) => node.labels.get(topologyKey));
    domains.delete(undefined);
    return Math.max(0, ...[...domains.values()].map((nodes) => sum(nodes, room)));
  });
  return Math.min(Infinity, ...most);
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

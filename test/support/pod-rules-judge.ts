/*
 * Kubernetes' rules between pods, in the plainest form and from the raw objects: every question goes over all pods and nodes.
 * It is what the scheduler's counts are held to.
 */

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface Term {
  readonly topologyKey: string;
  readonly labelSelector?: Selector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: Selector;
}

export interface Spread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: Selector;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
  readonly matchLabelKeys?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

export interface RawPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels: Labels;
    readonly annotations?: Labels;
    readonly deletionTimestamp?: string;
  };
  readonly spec: PartialSpec & {
    readonly schedulerName: string;
    readonly nodeName?: string;
    readonly containers: readonly object[];
  };
}

export interface Terms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly podAffinityTerm: Term;
  }[];
}

/** The rules of a pod, and its wishes. */
export interface PartialSpec {
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly { readonly key: string; readonly operator: string }[];
  readonly affinity?: {
    readonly podAffinity?: Terms;
    readonly podAntiAffinity?: Terms;
  };
  readonly topologySpreadConstraints?: readonly Spread[];
}

export interface RawNode {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels: Labels };
  readonly spec: {
    readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  };
  readonly status: { readonly allocatable: Labels };
}

export interface RawWorld {
  readonly nodes: readonly RawNode[];
  /** Those that stand on nodes. */
  readonly pods: readonly RawPod[];
  /** Labels by namespace. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** Why the pod may not stand on the node, or undefined; what is free there does not matter. */
export function closedBy(pod: RawPod, node: RawNode, world: RawWorld): string | undefined {
  if (!bears(pod, node)) return 'taint';
  if (!isWanted(pod, node)) return 'selector';
  if (!hasCompany(pod, node, world)) return 'affinity';
  if (antiTerms(pod).some((term) => isIn(node, term, pod, world, () => true))) return 'anti-affinity';
  if (isForbidden(pod, node, world)) return 'existing anti-affinity';
  return hardSpread(pod).every((rule) => isEven(pod, node, rule, world)) ? undefined : 'spread';
}

function matches(selector: Selector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const pairs = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    pairs &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isListed = value !== undefined && values.includes(value);
      return operator === 'In' ? isListed : !isListed;
    })
  );
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: Selector = {}): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether a term of `owner` speaks of the pod. */
export function speaksOf(term: Term, owner: RawPod, pod: RawPod, world: RawWorld): boolean {
  const { namespace } = pod.metadata;
  const named = term.namespaces ?? [];
  const isOwnOnly = named.length === 0 && term.namespaceSelector === undefined;
  const isOfNamespace = isOwnOnly
    ? namespace === owner.metadata.namespace
    : named.includes(namespace) || matches(term.namespaceSelector, world.namespaces.get(namespace) ?? {});
  return isOfNamespace && matches(term.labelSelector, pod.metadata.labels);
}

function antiTerms({ spec: { affinity } }: RawPod): readonly Term[] {
  return affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function hardSpread({ spec: { topologySpreadConstraints = [] } }: RawPod): readonly Spread[] {
  return topologySpreadConstraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
}

export function nodeOf(pod: RawPod, world: RawWorld): RawNode | undefined {
  return world.nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName);
}

/** Some pod that the term of `owner` speaks of stands in the node's domain. */
function isIn(node: RawNode, term: Term, owner: RawPod, world: RawWorld, isWanted: (pod: RawPod) => boolean): boolean {
  const value = node.metadata.labels[term.topologyKey];
  if (value === undefined) return false;
  return world.pods.some(
    (pod) =>
      nodeOf(pod, world)?.metadata.labels[term.topologyKey] === value &&
      isWanted(pod) &&
      speaksOf(term, owner, pod, world),
  );
}

function hasCompany(pod: RawPod, node: RawNode, world: RawWorld): boolean {
  const terms = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (terms.some(({ topologyKey }) => node.metadata.labels[topologyKey] === undefined)) return false;
  const isOfAll = (other: RawPod): boolean => terms.every((term) => speaksOf(term, pod, other, world));
  if (terms.every((term) => isIn(node, term, pod, world, isOfAll))) return true;
  const stands = world.pods.some((other) => {
    const labels = nodeOf(other, world)?.metadata.labels ?? {};
    return isOfAll(other) && terms.some(({ topologyKey }) => labels[topologyKey] !== undefined);
  });
  return !stands && isOfAll(pod);
}

function isForbidden(pod: RawPod, node: RawNode, world: RawWorld): boolean {
  return world.pods.some((other) =>
    antiTerms(other).some((term) => {
      const value = node.metadata.labels[term.topologyKey];
      const isSame = value !== undefined && nodeOf(other, world)?.metadata.labels[term.topologyKey] === value;
      return isSame && speaksOf(term, other, pod, world);
    }),
  );
}

function isEven(pod: RawPod, node: RawNode, rule: Spread, world: RawWorld): boolean {
  const value = node.metadata.labels[rule.topologyKey];
  if (value === undefined) return false;
  const counts = spreadCounts(pod, rule, hardSpread(pod), world);
  const least = counts.size < (rule.minDomains ?? 1) ? 0 : Math.min(...counts.values());
  return (counts.get(value) ?? 0) + Number(isSpread(pod, rule, pod)) - least <= rule.maxSkew;
}

/** Pods that the rule, one of several, speaks of, by domain. */
export function spreadCounts(
  pod: RawPod,
  rule: Spread,
  all: readonly Spread[],
  world: RawWorld,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const other of world.nodes.filter((one) => isEligible(pod, one, rule, all))) {
    const key = other.metadata.labels[rule.topologyKey] ?? '';
    const pods = world.pods.filter(({ spec }) => spec.nodeName === other.metadata.name);
    counts.set(key, (counts.get(key) ?? 0) + pods.filter((one) => isSpread(pod, rule, one)).length);
  }
  return counts;
}

function isEligible(pod: RawPod, node: RawNode, rule: Spread, all: readonly Spread[]): boolean {
  if (all.some(({ topologyKey }) => node.metadata.labels[topologyKey] === undefined)) return false;
  if (rule.nodeAffinityPolicy !== 'Ignore' && !isWanted(pod, node)) return false;
  return rule.nodeTaintsPolicy !== 'Honor' || bears(pod, node);
}

function isSpread(pod: RawPod, { labelSelector, matchLabelKeys = [] }: Spread, other: RawPod): boolean {
  const { namespace, labels, deletionTimestamp } = other.metadata;
  if (namespace !== pod.metadata.namespace || deletionTimestamp !== undefined) return false;
  const own = pod.metadata.labels;
  const keys = matchLabelKeys.filter((key) => own[key] !== undefined);
  // Nobody is spread by an empty selector.
  if (keys.length === 0 && isEmpty(labelSelector)) return false;
  return keys.every((key) => own[key] === labels[key]) && matches(labelSelector, labels);
}

function isWanted({ spec: { nodeSelector = {} } }: RawPod, node: RawNode): boolean {
  return Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels[key] === value);
}

function bears({ spec: { tolerations = [] } }: RawPod, node: RawNode): boolean {
  return node.spec.taints.every((taint) => tolerations.some(({ key }) => key === taint.key));
}

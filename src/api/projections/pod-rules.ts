import { arrayAt, isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { labelValue, selects } from '../records/label-selector.ts';
import type { LabelPairs, LabelRequirement, LabelSelector } from '../records/label-selector.ts';
import type { PodRules, PodSelection, PodTerm, SpreadRule } from '../records/pod-rules.ts';
import { distinctRequirements, readSelector } from './label-selector.ts';
import { objects, text, whole } from './metadata.ts';

/** Whose rules they are: terms speak of its own namespace and may ask for the values of its own labels. */
export interface RuleOwner {
  readonly namespace: string;
  readonly labels: LabelPairs;
}

/** What a pod spec asks of its place because of other pods and must have; undefined for most pods. */
export function readPodRules(spec: JsonObject, owner: RuleOwner): PodRules | undefined {
  const affinity = member(spec, 'affinity');
  if (affinity === undefined && member(spec, 'topologySpreadConstraints') === undefined) return undefined;
  const rules = {
    affinity: terms(member(affinity, 'podAffinity'), owner),
    antiAffinity: terms(member(affinity, 'podAntiAffinity'), owner),
    spread: objects(spec, 'topologySpreadConstraints')
      .filter(isHard)
      .map((raw) => spreadRule(raw, owner)),
  };
  return rules.affinity.length + rules.antiAffinity.length + rules.spread.length === 0 ? undefined : rules;
}

function terms(affinity: unknown, owner: RuleOwner): readonly PodTerm[] {
  if (affinity === undefined) return [];
  return objects(affinity, 'requiredDuringSchedulingIgnoredDuringExecution').map((raw) => podTerm(raw, owner));
}

function podTerm(raw: JsonObject, owner: RuleOwner): PodTerm {
  const selection = termSelection(raw, owner);
  return { topologyKey: text(raw, 'topologyKey'), ...selection, isOwn: isOwn(selection, owner) };
}

/** The pods that a term of affinity or anti-affinity speaks of. */
export function termSelection(raw: JsonObject, owner: RuleOwner): PodSelection {
  const named = arrayAt(raw, 'namespaces').filter((name) => typeof name === 'string');
  const namespaceSelector = readSelector(member(raw, 'namespaceSelector'));
  const isOfOwnOnly = named.length === 0 && !isJsonObject(member(raw, 'namespaceSelector'));
  return {
    selector: withLabelKeys(raw, owner.labels),
    namespaces: isOfOwnOnly ? [owner.namespace] : named.toSorted(),
    namespaceSelector,
  };
}

/** An empty selector, which means everybody elsewhere, counts nobody here: kube-scheduler has it so. */
export function spreadRule(raw: JsonObject, owner: RuleOwner): SpreadRule {
  const selector = withLabelKeys(raw, owner.labels);
  const selection: PodSelection = {
    selector: selector?.length === 0 ? undefined : selector,
    namespaces: [owner.namespace],
    namespaceSelector: undefined,
  };
  return {
    topologyKey: text(raw, 'topologyKey'),
    maxSkew: Math.max(1, whole(raw, 'maxSkew', 1)),
    minDomains: Math.max(1, whole(raw, 'minDomains', 1)),
    selection,
    honorsAffinity: text(raw, 'nodeAffinityPolicy') !== 'Ignore',
    honorsTaints: text(raw, 'nodeTaintsPolicy') === 'Honor',
    isOwn: isOwn(selection, owner),
  };
}

/** What is not `ScheduleAnyway` is a must: that is the default. */
export function isHard(constraint: unknown): boolean {
  return member(constraint, 'whenUnsatisfiable') !== 'ScheduleAnyway';
}

function isOwn({ selector, namespaces, namespaceSelector }: PodSelection, owner: RuleOwner): boolean {
  const isOwnNamespace = namespaceSelector?.length === 0 || namespaces.includes(owner.namespace);
  return isOwnNamespace && selects(selector, owner.labels);
}

/**
 * The selector with the keys of which the pod's own values are to be the same, or others (KEP-3633). The API server writes
 * them into the selector when the pod is made; for spread it does so only of late (KEP-3243). Twice says the same.
 */
function withLabelKeys(raw: JsonObject, labels: LabelPairs): LabelSelector {
  const selector = readSelector(member(raw, 'labelSelector'));
  if (selector === undefined) return undefined;
  const added = [
    ...ownValues(arrayAt(raw, 'matchLabelKeys'), 'In', labels),
    ...ownValues(arrayAt(raw, 'mismatchLabelKeys'), 'NotIn', labels),
  ];
  return added.length === 0 ? selector : distinctRequirements([...selector, ...added]);
}

function ownValues(keys: readonly unknown[], operator: 'In' | 'NotIn', labels: LabelPairs): LabelRequirement[] {
  return keys.flatMap((key) => {
    const value = typeof key === 'string' ? labelValue(labels, key) : undefined;
    return typeof key === 'string' && value !== undefined ? [{ key, operator, values: [value] }] : [];
  });
}

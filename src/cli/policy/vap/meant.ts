import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS } from '../../../api/keys.ts';
import type { LabelRequirement, LabelSelector } from '../../../api/records/label-selector.ts';
import type { Policy, PolicyMatch } from '../../../api/records/policy.ts';
import { CLUSTER_CONTROLLER_EXPRESSION } from '../../../../webhooks/requester.ts';
import type { ExportTarget } from './targets.ts';
import { allOf, anyOf, hasKey, hasValue, isThere, quoted, quotedList } from './text.ts';

/**
 * CEL: whether the policy is for the object. What controllers of the cluster make is left out, and pods that have an owner: of those
 * what is there stays, whatever policies say.
 */
export function meantExpression({ namespace, match, exclude }: Policy, target: ExportTarget): string {
  return allOf([
    `!${CLUSTER_CONTROLLER_EXPRESSION}`,
    '!("system:nodes" in request.userInfo.groups)',
    ...(target.pod === 'object' ? ['!has(object.metadata.ownerReferences)'] : []),
    isOurs(target.pod),
    ...(namespace === '' ? [] : [`request.namespace == ${quoted(namespace)}`]),
    ...clauses(match, target),
    ...exclusions(exclude, target).map((expression) => `!(${expression})`),
  ]);
}

/** Pods of other schedulers, and members of gangs of Kubernetes' own, are left alone. */
function isOurs(pod: string): string {
  const schedulers = quotedList(['', KUBE_DEFAULT_SCHEDULER, ...[...SERVED_SCHEDULERS].toSorted()]);
  return allOf([
    `!has(${pod}.spec.schedulerName) || ${pod}.spec.schedulerName in ${schedulers}`,
    ...['schedulingGroup', 'workloadRef'].map((field) => `!has(${pod}.spec.${field})`),
  ]);
}

function clauses(match: PolicyMatch, target: ExportTarget): readonly string[] {
  return [
    ...namespaceClauses(match),
    ...(match.selector === undefined ? [] : [selects(match.selector, target)]),
    ...userClauses(match),
  ];
}

/** Each of them excludes by itself; names and selector of namespaces belong together. */
function exclusions(exclude: PolicyMatch, target: ExportTarget): readonly string[] {
  const namespaces = namespaceClauses(exclude);
  return [
    ...(namespaces.length === 0 ? [] : [allOf(namespaces)]),
    ...(exclude.selector === undefined ? [] : [selects(exclude.selector, target)]),
    ...userClauses(exclude),
  ];
}

function namespaceClauses({ namespaceNames, namespaceSelector }: PolicyMatch): readonly string[] {
  return [
    ...(namespaceNames === undefined ? [] : [`request.namespace in ${quotedList(namespaceNames)}`]),
    ...(namespaceSelector ?? []).map((one) => holds(one, ['namespaceObject.metadata'])),
  ];
}

function userClauses({ users, groups }: PolicyMatch): readonly string[] {
  if (users === undefined && groups === undefined) return [];
  return [
    anyOf([
      `request.userInfo.username in ${quotedList(users ?? [])}`,
      `request.userInfo.groups.exists(g, g in ${quotedList(groups ?? [])})`,
    ]),
  ];
}

function selects(selector: NonNullable<LabelSelector>, { pod }: ExportTarget): string {
  const metadata = [...new Set([`${pod}.metadata`, 'object.metadata'])];
  return allOf(selector.map((requirement) => holds(requirement, metadata)));
}

/** The first metadata that has the label counts. */
function holds({ key, operator, values }: LabelRequirement, [first = '', ...others]: readonly string[]): string {
  const has = hasKey(first, 'labels', key);
  const isThere = anyOf([has, ...others.map((other) => hasKey(other, 'labels', key))]);
  const isOne = anyOf([
    hasValue(first, 'labels', key, values),
    ...others.map((other) => `!(${has}) && ${hasValue(other, 'labels', key, values)}`),
  ]);
  switch (operator) {
    case 'In':
      return isOne;
    case 'NotIn':
      return `!(${isOne})`;
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return `!(${isThere})`;
  }
}

/** Whether the target has pods at all: what has no spec is refused by the API server itself. */
export function podIsThere({ pod }: ExportTarget): string {
  return isThere('object', ...pod.split('.').slice(1), 'spec');
}

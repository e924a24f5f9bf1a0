import type { LabelRequirement, LabelSelector } from '../records/label-selector.ts';
import type { Policy, PolicyMatch, PolicyObject, PolicyRoot } from '../records/policy.ts';

/**
 * False only where no object can be meant by both policies: their namespaces, kinds, labels or users exclude each other, or one of them
 * excludes all that the other one names. What cannot be told (groups of users, selectors of different keys) counts as an overlap,
 * so that no conflict is missed and some are told that never come. O(size of both).
 */
export function mayOverlap(a: Policy, b: Policy): boolean {
  const isApart =
    areApart(namespacesOf(a), namespacesOf(b)) ||
    contradict(a.match.namespaceSelector, b.match.namespaceSelector) ||
    kindsApart(a.match.objects, b.match.objects) ||
    rootsApart(a.match.roots, b.match.roots) ||
    contradict(a.match.selector, b.match.selector) ||
    usersApart(a.match, b.match);
  return !isApart && !leavesOut(a, b) && !leavesOut(b, a);
}

function namespacesOf({ namespace, match }: Policy): readonly string[] | undefined {
  return namespace === '' ? match.namespaceNames : [namespace];
}

function areApart(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a !== undefined && b !== undefined && !a.some((name) => b.includes(name));
}

function kindsApart(a: readonly PolicyObject[] | undefined, b: readonly PolicyObject[] | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return !a.some((one) => b.some((other) => shareKind(one, other)));
}

function rootsApart(a: readonly PolicyRoot[] | undefined, b: readonly PolicyRoot[] | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return !a.some((one) => b.some((other) => one.group === other.group && shareName(one.kind, other.kind)));
}

function shareName(a: string, b: string): boolean {
  return a === b || a === '*' || b === '*';
}

function shareKind(a: PolicyObject, b: PolicyObject): boolean {
  return a.group === b.group && shareName(a.resource, b.resource);
}

/** Somebody may be in every group, so that only plain lists of users tell. */
function usersApart(a: PolicyMatch, b: PolicyMatch): boolean {
  return a.groups === undefined && b.groups === undefined && areApart(a.users, b.users);
}

function contradict(a: LabelSelector, b: LabelSelector): boolean {
  return a !== undefined && b !== undefined && a.some((one) => b.some((other) => cannotBoth(one, other)));
}

function cannotBoth(a: LabelRequirement, b: LabelRequirement): boolean {
  if (a.key !== b.key) return false;
  const [first, second] = [a.operator, b.operator];
  if (first === 'DoesNotExist') return second === 'In' || second === 'Exists';
  if (second === 'DoesNotExist') return first === 'In' || first === 'Exists';
  if (first === 'In' && second === 'In') return areApart(a.values, b.values);
  if (first === 'In' && second === 'NotIn') return a.values.every((value) => b.values.includes(value));
  return first === 'NotIn' && second === 'In' && b.values.every((value) => a.values.includes(value));
}

/** Whether the first one excludes whatever the second one can be for. */
function leavesOut({ exclude }: Policy, other: Policy): boolean {
  const { match } = other;
  const isNamespaces = exclude.namespaceSelector === undefined && areAll(namespacesOf(other), exclude.namespaceNames);
  const isUsers = match.groups === undefined && areAll(match.users, exclude.users);
  return isNamespaces || isUsers || coversKinds(exclude.objects, match.objects);
}

function areAll(names: readonly string[] | undefined, among: readonly string[] | undefined): boolean {
  return names !== undefined && among !== undefined && names.every((name) => among.includes(name));
}

function coversKinds(by: readonly PolicyObject[] | undefined, kinds: readonly PolicyObject[] | undefined): boolean {
  if (by === undefined || kinds === undefined) return false;
  return kinds.every((kind) =>
    by.some(({ group, resource }) => group === kind.group && (resource === '*' || resource === kind.resource)),
  );
}

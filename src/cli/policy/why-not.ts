import { compiledWhen } from '../../api/policies/when.ts';
import { selects } from '../../api/records/label-selector.ts';
import type { LabelPairs, LabelRequirement, LabelSelector } from '../../api/records/label-selector.ts';
import type { Policy, PolicyMatch } from '../../api/records/policy.ts';
import { hasRoot } from '../../../webhooks/policies/matcher.ts';
import type { PolicyContext } from '../../../webhooks/policies/policy-context.ts';

/** Why a policy is not for what the context says, clause by clause with the path of each; empty when it is. */
export function whyNot({ namespace, match, exclude }: Policy, context: PolicyContext): readonly string[] {
  const foreign = namespace !== '' && namespace !== context.namespace ? [`it is for namespace ${namespace} only`] : [];
  const others = [...foreign, ...unmet(match, context), ...excluded(exclude, context)];
  return others.length > 0 ? others : byExpressions({ match, exclude }, context);
}

/** Asked last, as the webhooks do. One that gives no answer keeps the policy in: what it does then is told by the review. */
function byExpressions(
  { match, exclude }: Pick<Policy, 'match' | 'exclude'>,
  { ask }: PolicyContext,
): readonly string[] {
  if (match.when !== undefined && ask(compiledWhen(match.when)) === false) {
    return ['spec.match.when: the expression is false'];
  }
  return exclude.when !== undefined && ask(compiledWhen(exclude.when)) === true
    ? ['spec.exclude.when: the expression is true']
    : [];
}

function unmet(match: PolicyMatch, context: PolicyContext): readonly string[] {
  const { namespace, namespaceLabels, labels, group, resource } = context;
  const path = 'spec.match';
  return [
    ...(match.namespaceNames?.includes(namespace) === false
      ? [`${path}.namespaces.names: ${namespace} is not among them`]
      : []),
    ...selectorReasons(
      match.namespaceSelector,
      namespaceLabels,
      `${path}.namespaces.selector: of namespace ${namespace}`,
    ),
    ...(namesKind(match, group, resource) === false
      ? [`${path}.objects: ${kindName(group, resource)} is not among them`]
      : []),
    ...(match.roots === undefined || hasRoot(match.roots, context.rootOf())
      ? []
      : [`${path}.roots: ${rootText(context)}`]),
    ...selectorReasons(match.selector, labels, `${path}.selector:`),
    ...(namesUser(match, context) === false
      ? [`${path}.users, ${path}.groups: neither ${context.username} nor a group of theirs is among them`]
      : []),
  ];
}

function excluded(exclude: PolicyMatch, context: PolicyContext): readonly string[] {
  const { namespace, namespaceLabels, labels, group, resource } = context;
  const path = 'spec.exclude';
  const hasNamespaces = exclude.namespaceNames !== undefined || exclude.namespaceSelector !== undefined;
  const isNamespace =
    hasNamespaces &&
    exclude.namespaceNames?.includes(namespace) !== false &&
    (exclude.namespaceSelector === undefined || selects(exclude.namespaceSelector, namespaceLabels));
  return [
    ...(isNamespace ? [`${path}.namespaces: ${namespace} is excluded`] : []),
    ...(namesKind(exclude, group, resource) === true
      ? [`${path}.objects: ${kindName(group, resource)} is excluded`]
      : []),
    ...(exclude.selector !== undefined && selects(exclude.selector, labels)
      ? [`${path}.selector: the labels are excluded`]
      : []),
    ...(namesUser(exclude, context) === true ? [`${path}.users, ${path}.groups: ${context.username} is excluded`] : []),
  ];
}

function selectorReasons(selector: LabelSelector, labels: LabelPairs, path: string): readonly string[] {
  const broken = (selector ?? []).filter((requirement) => !selects([requirement], labels));
  return broken.map((requirement) => `${path} label ${requirementText(requirement)} does not hold`);
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  return values.length === 0 ? `${key} ${operator}` : `${key} ${operator} ${values.join(', ')}`;
}

/** Undefined where no kinds are named. */
function namesKind({ objects }: PolicyMatch, group: string, resource: string): boolean | undefined {
  return objects?.some((kind) => kind.group === group && (kind.resource === '*' || kind.resource === resource));
}

function rootText({ rootOf }: PolicyContext): string {
  const root = rootOf();
  if (root === undefined) return 'what the work begins with is not known here: its own template was looked at';
  return `the work begins with a ${root.kind}${root.group === '' ? '' : ` of ${root.group}`}, which is not among them`;
}

function kindName(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** Undefined where nobody is named. */
function namesUser({ users, groups }: PolicyMatch, { username, userGroups }: PolicyContext): boolean | undefined {
  if (users === undefined && groups === undefined) return undefined;
  return users?.includes(username) === true || groups?.some((group) => userGroups.includes(group)) === true;
}

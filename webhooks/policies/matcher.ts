import { compiledWhen } from '../../src/api/policies/when.ts';
import { selects } from '../../src/api/records/label-selector.ts';
import type { LabelSelector } from '../../src/api/records/label-selector.ts';
import type { Policy, PolicyMatch, PolicyObject, PolicyRoot } from '../../src/api/records/policy.ts';
import type { PolicyContext } from './policy-context.ts';

/** Whether one clause holds. */
type Matcher = (context: PolicyContext) => boolean;

/** Whether a policy is for what the context says; a text says why its expression gave no answer. */
export type Match = boolean | string;

/**
 * Plain predicates, made once: whether a policy is for an object of a kind in a namespace, as far as those two names tell, and whether it is
 * for this one of them.
 */
export interface CompiledMatch {
  isForKind(group: string, resource: string, namespace: string): boolean;
  readonly isForObject: (context: PolicyContext) => Match;
}

export function compileMatch(policy: Policy): CompiledMatch {
  const { namespace, match, exclude } = policy;
  const byExpressions = expressions(policy);
  const wanted = [...clauses(match), ...rootClause(match)];
  const unwanted = [...clauses(exclude), ...namedClauses(exclude)];
  return {
    isForKind: (group, resource, where) =>
      (namespace === '' || namespace === where) &&
      match.namespaceNames?.includes(where) !== false &&
      hasKind(match.objects, group, resource) !== false,
    isForObject: (context) =>
      wanted.every((clause) => clause(context)) &&
      !unwanted.some((clause) => clause(context)) &&
      byExpressions(context),
  };
}

/** They cost most, so they are asked when all else holds. */
function expressions({ match, exclude }: Policy): (context: PolicyContext) => Match {
  const wanted = match.when === undefined ? undefined : compiledWhen(match.when);
  const unwanted = exclude.when === undefined ? undefined : compiledWhen(exclude.when);
  if (wanted === undefined && unwanted === undefined) return () => true;
  return ({ ask }) => {
    const isWanted = wanted === undefined || ask(wanted);
    if (isWanted === false) return false;
    const isUnwanted = unwanted !== undefined && ask(unwanted);
    if (isUnwanted === true) return false;
    if (isWanted !== true) return `spec.match.when: ${isWanted.error}`;
    return isUnwanted === false ? true : `spec.exclude.when: ${isUnwanted.error}`;
  };
}

/** What the names of kind and namespace do not tell; nothing for what was not given. */
function clauses({ namespaceSelector, selector, users, groups, namespaceNames }: PolicyMatch): readonly Matcher[] {
  const found: Matcher[] = [];
  if (namespaceSelector !== undefined) found.push(inNamespace(namespaceSelector, namespaceNames));
  if (selector !== undefined) found.push(({ labels }) => selects(selector, labels));
  if (users !== undefined || groups !== undefined) found.push(bySubject(new Set(users), new Set(groups)));
  return found;
}

/** Asked after the cheaper ones. */
function rootClause({ roots }: PolicyMatch): readonly Matcher[] {
  return roots === undefined ? [] : [({ rootOf }) => hasRoot(roots, rootOf())];
}

/** What nobody knows is none of them. */
export function hasRoot(roots: readonly PolicyRoot[], root: PolicyRoot | undefined): boolean {
  return (
    root !== undefined && roots.some(({ group, kind }) => group === root.group && (kind === '*' || kind === root.kind))
  );
}

function inNamespace(selector: LabelSelector, names: readonly string[] | undefined): Matcher {
  return ({ namespace, namespaceLabels }) => names?.includes(namespace) !== false && selects(selector, namespaceLabels);
}

function bySubject(users: ReadonlySet<string>, groups: ReadonlySet<string>): Matcher {
  return ({ username, userGroups }) =>
    users.has(username) || (groups.size > 0 && userGroups.some((group) => groups.has(group)));
}

/** Of what is excluded by names alone: these cannot be told from what comes beside them. */
function namedClauses({ namespaceNames, namespaceSelector, objects }: PolicyMatch): readonly Matcher[] {
  const found: Matcher[] = [];
  if (namespaceNames !== undefined && namespaceSelector === undefined) {
    found.push(({ namespace }) => namespaceNames.includes(namespace));
  }
  if (objects !== undefined) found.push(({ group, resource }) => hasKind(objects, group, resource) === true);
  return found;
}

/** Undefined where no kinds are named. */
function hasKind(kinds: readonly PolicyObject[] | undefined, group: string, resource: string): boolean | undefined {
  return kinds?.some((kind) => kind.group === group && (kind.resource === '*' || kind.resource === resource));
}

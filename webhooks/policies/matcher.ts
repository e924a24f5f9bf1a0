import { selects } from '../../src/api/records/label-selector.ts';
import type { LabelSelector } from '../../src/api/records/label-selector.ts';
import type { Policy, PolicyMatch, PolicyObject } from '../../src/api/records/policy.ts';
import type { PolicyContext } from './policy-context.ts';

/** Whether one policy is for what the context says. */
export type Matcher = (context: PolicyContext) => boolean;

/**
 * Plain predicates, made once: whether a policy is for an object of a kind in a namespace, as far as those two names tell, and whether it is
 * for this one of them.
 */
export interface CompiledMatch {
  isForKind(group: string, resource: string, namespace: string): boolean;
  readonly isForObject: Matcher;
}

export function compileMatch({ namespace, match, exclude }: Policy): CompiledMatch {
  const wanted = clauses(match);
  const unwanted = [...clauses(exclude), ...namedClauses(exclude)];
  return {
    isForKind: (group, resource, where) =>
      (namespace === '' || namespace === where) &&
      match.namespaceNames?.includes(where) !== false &&
      hasKind(match.objects, group, resource) !== false,
    isForObject: (context) => wanted.every((clause) => clause(context)) && !unwanted.some((clause) => clause(context)),
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

import { conflictsWith } from '../../src/api/policies/conflicts.ts';
import type { PolicyConflict } from '../../src/api/policies/conflicts.ts';
import { comparePolicies } from '../../src/api/policies/policy-order.ts';
import type { Policy } from '../../src/api/records/policy.ts';
import { compileMatch } from './matcher.ts';
import type { CompiledMatch } from './matcher.ts';
import type { PolicyContext } from './policy-context.ts';

/** All policies in force, made ready to be asked: compiled once, whenever one of them changes. */
export interface PolicySet {
  /** In the order that they decide in; those that are out of force are not among them. */
  readonly policies: readonly Policy[];
  /** What each policy yields to others, by id; absent for none. */
  readonly conflicts: ReadonlyMap<string, readonly PolicyConflict[]>;
  /** Those that are for it, in the order that they decide in. O(policies for its kind and namespace). */
  match(context: PolicyContext): Matching;
}

/** The policies that are for an object. */
export interface Matching {
  readonly policies: readonly Policy[];
  /** Those of which nobody knows. */
  readonly failures: readonly FailedExpression[];
}

/** A policy whose expression gave no answer. */
export interface FailedExpression {
  readonly policy: Policy;
  /** Begins with the path of the expression. */
  readonly message: string;
}

const NOBODY: readonly Policy[] = Object.freeze([]);
const NONE: Matching = Object.freeze({ policies: NOBODY, failures: Object.freeze([]) });

/** No policies: costs nothing to ask. */
export const NO_POLICIES: PolicySet = Object.freeze({
  policies: NOBODY,
  conflicts: new Map<string, readonly PolicyConflict[]>(),
  match: () => NONE,
});

/** Kinds and namespaces that are remembered at a time; more begin anew. */
const MOST_PLACES = 4096;

/** Orders the policies, finds their conflicts, and makes predicates of them. O(policies^2 x size), a few ms for a hundred. */
export function compile(policies: readonly Policy[]): PolicySet {
  if (policies.length === 0) return NO_POLICIES;
  const conflicts = new Map<string, readonly PolicyConflict[]>();
  const inForce: Policy[] = [];
  for (const policy of policies.toSorted(comparePolicies)) {
    const found = conflictsWith(policy, inForce);
    if (found.length > 0) conflicts.set(policy.id, found);
    if (!found.some(({ effect }) => effect === 'blocked')) inForce.push(withoutLabels(policy, found));
  }
  const compiled = inForce.map((policy): Compiled => ({ policy, ...compileMatch(policy) }));
  const places = new Map<string, readonly Compiled[]>();
  const candidates = ({ group, resource, namespace }: PolicyContext): readonly Compiled[] => {
    const place = `${group}/${resource}/${namespace}`;
    const known = places.get(place);
    if (known !== undefined) return known;
    if (places.size >= MOST_PLACES) places.clear();
    const found = compiled.filter((one) => one.isForKind(group, resource, namespace));
    places.set(place, found);
    return found;
  };
  return {
    policies: inForce,
    conflicts,
    match(context) {
      const found: Policy[] = [];
      const failures: FailedExpression[] = [];
      for (const { policy, isForObject } of candidates(context)) {
        const match = isForObject(context);
        if (match === true) found.push(policy);
        else if (match !== false) failures.push({ policy, message: match });
      }
      return found.length + failures.length === 0 ? NONE : { policies: found, failures };
    },
  };
}

interface Compiled extends CompiledMatch {
  readonly policy: Policy;
}

/** The policy without the labels that policies before it select by. */
function withoutLabels(policy: Policy, conflicts: readonly PolicyConflict[]): Policy {
  const paths = new Set(conflicts.filter(({ effect }) => effect === 'label').map(({ path }) => path));
  const { labels } = policy.settings;
  if (paths.size === 0 || labels === undefined) return policy;
  const kept = Object.entries(labels.value).filter(([key]) => !paths.has(`spec.set.labels.values[${key}]`));
  return { ...policy, settings: { ...policy.settings, labels: { ...labels, value: Object.fromEntries(kept) } } };
}

import { apiVersion, MUTATING_POLICY_BINDINGS, VALIDATING_POLICY_BINDINGS } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ConfigurationFact, Read } from '../doctor/facts.ts';
import type { Look } from '../cluster/look.ts';
import type { Release } from './release.ts';

const TYPES = [...MUTATING_POLICY_BINDINGS, VALIDATING_POLICY_BINDINGS];

/** What puts admission policies in force, each with the version that it was read in; none where the kind is not served. */
export async function readBindings(look: Look): Promise<Read<readonly ConfigurationFact[]>> {
  const found = new Map<string, ConfigurationFact>();
  for (const type of TYPES) {
    const read = await look.list(type);
    if (read.kind === 'unread') return read;
    for (const object of read.value) {
      const key = `${type.kind}.${nameOf(object)}`;
      // A newer version has told of it already.
      if (!found.has(key)) found.set(key, { kind: type.kind, object: { ...object, apiVersion: apiVersion(type) } });
    }
  }
  return { kind: 'read', value: [...found.values()] };
}

/**
 * The bindings that Volcano's chart made (`vap_enable`, `map_enable`): by Helm's note on them, or, where the chart was rendered and
 * applied, by the label or the name that it gives them. Without its binding a policy does nothing, so the policies stay. Those that
 * change objects come first: what lacks a change is refused by the others, while nothing unjudged would be.
 */
export function volcanosBindings(
  release: Release | undefined,
  bindings: readonly ConfigurationFact[],
): readonly ConfigurationFact[] {
  const theirs = bindings.filter(({ object }) => isOfChart(release, object));
  return theirs.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
}

function isOfChart(release: Release | undefined, object: JsonObject): boolean {
  const note = (key: string): string => stringAt(object, ['metadata', 'annotations', `meta.helm.sh/${key}`]);
  if (note('release-name') !== '')
    return note('release-name') === release?.name && note('release-namespace') === release.namespace;
  const isLabelled = stringAt(object, ['metadata', 'labels', 'volcano.sh/migration']) === 'vap';
  return isLabelled || CHART_POLICY.test(stringAt(object, ['spec', 'policyName']));
}

const CHART_POLICY = /^volcano-(?:job|queue|podgroup|pod)s?-mutation-policy$/;

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

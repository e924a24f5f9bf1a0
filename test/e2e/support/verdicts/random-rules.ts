import type { SeededRandom } from '../random.ts';
import {
  APPS,
  ARCH,
  ARCHS,
  DISKS,
  HOSTNAME,
  list,
  NAMESPACES,
  RACK,
  RACKS,
  SIZES,
  someOf,
  sometimes,
  TAINT_EFFECTS,
  TAINT_KEYS,
  TAINT_VALUES,
  TEAMS,
  TIERS,
  ZONE,
  ZONES,
} from './vocabulary.ts';

/** Required terms of node affinity; the operators with all that they may be asked. */
export function nodeTerms(random: SeededRandom, nodes: readonly string[]): object {
  return {
    nodeSelectorTerms: list(random, 1, 3, () => ({
      ...sometimes(random, 0.9, 'matchExpressions', () => list(random, 1, 2, () => nodeRequirement(random))),
      ...sometimes(random, 0.15, 'matchFields', () => list(random, 1, 2, () => nameRequirement(random, nodes))),
    })),
  };
}

export function preferredNodeTerms(random: SeededRandom): object[] {
  return list(random, 1, 3, () => ({
    weight: random.between(1, 100),
    preference: { matchExpressions: list(random, 1, 2, () => nodeRequirement(random)) },
  }));
}

function nodeRequirement(random: SeededRandom): object {
  if (random.chance(0.3)) {
    const operator = random.pick(['Gt', 'Lt']);
    return { key: 'size', operator, values: [random.pick(['0', '2', '9', '30', 'large', '9223372036854775807'])] };
  }
  const [key, values] = random.pick<readonly [string, readonly string[]]>([
    ['disk', DISKS],
    [ZONE, ZONES],
    [RACK, RACKS],
    ['size', SIZES],
    ['nobody', ['has']],
  ]);
  const operator = random.pick(['In', 'In', 'NotIn', 'Exists', 'DoesNotExist']);
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
  const wanted = someOf(random, 0.6, values);
  return { key, operator, values: wanted.length === 0 ? [values[0]] : wanted };
}

/** Two names at most: the API server takes one value only. */
function nameRequirement(random: SeededRandom, nodes: readonly string[]): object {
  const name = random.chance(0.1) ? 'nobody' : (nodes[random.between(0, nodes.length - 1)] ?? 'nobody');
  return { key: 'metadata.name', operator: random.pick(['In', 'NotIn', 'NotIn']), values: [name] };
}

export function nodeSelector(random: SeededRandom): object {
  return {
    ...sometimes(random, 0.7, ARCH, () => random.pick(ARCHS)),
    ...sometimes(random, 0.2, 'disk', () => random.pick(DISKS)),
    ...sometimes(random, 0.1, ZONE, () => random.pick(ZONES)),
    ...sometimes(random, 0.05, 'size', () => random.pick(SIZES)),
  };
}

export function toleration(random: SeededRandom): object {
  const effect = random.chance(0.5) ? { effect: random.pick(TAINT_EFFECTS) } : {};
  const kind = random.between(0, 9);
  if (kind === 0) return { operator: 'Exists', ...effect };
  if (kind === 1) return { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', ...effect };
  if (kind < 6) return { key: random.pick(TAINT_KEYS), operator: 'Exists', ...effect };
  const operator = random.chance(0.5) ? { operator: 'Equal' } : {};
  return { key: random.pick(TAINT_KEYS), value: random.pick(TAINT_VALUES), ...operator, ...effect };
}

type Topologies = readonly [string, ...string[]];
/** Large domains hold somebody, and small ones nobody: both happen about as often as not. */
export const NEAR: Topologies = [ZONE, ZONE, RACK, HOSTNAME];
export const FAR: Topologies = [HOSTNAME, HOSTNAME, RACK, ZONE];

/** A term of affinity or anti-affinity between pods. */
function podTerm(random: SeededRandom, topologies: Topologies): object {
  return {
    topologyKey: random.pick(topologies),
    ...sometimes(random, 0.95, 'labelSelector', () => podSelector(random)),
    ...sometimes(random, 0.25, 'namespaces', () => someOf(random, 0.5, [...NAMESPACES, 'nowhere'])),
    ...sometimes(random, 0.3, 'namespaceSelector', () => namespaceSelector(random)),
  };
}

export function podTerms(random: SeededRandom, topologies: Topologies): object[] {
  const most = random.chance(0.3) ? 2 : 1;
  return list(random, 1, most, () => withLabelKeys(random, podTerm(random, topologies)));
}

export function podWishes(random: SeededRandom): object[] {
  return podTerms(random, NEAR).map((podAffinityTerm) => ({ weight: random.between(1, 100), podAffinityTerm }));
}

/** Keys whose values the pod shares, or does not; each key once, and none that the selector speaks of. */
function withLabelKeys(random: SeededRandom, term: object): object {
  if (!('labelSelector' in term) || random.chance(0.7)) return term;
  return random.chance(0.5)
    ? { ...term, matchLabelKeys: ['version', 'absent'] }
    : { ...term, mismatchLabelKeys: ['version'], ...sometimes(random, 0.3, 'matchLabelKeys', () => ['absent']) };
}

function podSelector(random: SeededRandom): object {
  const key = random.pick(['app', 'app', 'tier']);
  const values: readonly string[] = key === 'app' ? APPS : TIERS;
  const kind = random.between(0, 9);
  if (kind === 0) return {};
  if (kind < 5) return { matchLabels: { [key]: values[random.between(0, values.length - 1)] } };
  const operator = random.pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
  const isListed = operator === 'In' || operator === 'NotIn';
  const wanted = someOf(random, 0.6, values);
  const listed = { values: wanted.length === 0 ? [values[0]] : wanted };
  return { matchExpressions: [{ key, operator, ...(isListed ? listed : {}) }] };
}

function namespaceSelector(random: SeededRandom): object {
  const kind = random.between(0, 3);
  if (kind === 0) return {};
  if (kind === 1) return { matchLabels: { 'kubernetes.io/metadata.name': random.pick(NAMESPACES) } };
  return kind === 2
    ? { matchLabels: { team: random.pick(TEAMS) } }
    : { matchExpressions: [{ key: 'team', operator: random.pick(['Exists', 'DoesNotExist']) }] };
}

/** Constraints over different domains: the API server takes each once only. */
export function spreadRules(random: SeededRandom, whenUnsatisfiable: string): object[] {
  const keys = random.shuffled([ZONE, RACK, HOSTNAME]).slice(0, random.chance(0.3) ? 2 : 1);
  return keys
    .map((topologyKey) => ({
      topologyKey,
      whenUnsatisfiable,
      maxSkew: random.between(1, 3),
      ...sometimes(random, 0.95, 'labelSelector', () => podSelector(random)),
      ...(whenUnsatisfiable === 'DoNotSchedule'
        ? sometimes(random, 0.3, 'minDomains', () => random.between(1, 7))
        : {}),
      ...sometimes(random, 0.4, 'nodeAffinityPolicy', () => random.pick(['Honor', 'Ignore'])),
      ...sometimes(random, 0.4, 'nodeTaintsPolicy', () => random.pick(['Honor', 'Ignore'])),
    }))
    .map((rule) => ('labelSelector' in rule && random.chance(0.3) ? { ...rule, matchLabelKeys: ['version'] } : rule));
}

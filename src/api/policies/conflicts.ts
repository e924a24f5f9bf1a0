import { keyPath } from '../../lib/field-error.ts';
import type { Policy, PolicySettings } from '../records/policy.ts';
import { mayOverlap } from './overlap.ts';

/** A field that two policies write differently, or that one writes and the other one selects by. */
export interface PolicyConflict {
  /** Path in the policy that yields. */
  readonly path: string;
  /** Id of the policy that decides. */
  readonly other: string;
  /** `yields`: the other value is written. `label`: this label is not written. `blocked`: the whole policy is out of force. */
  readonly effect: 'yields' | 'label' | 'blocked';
  readonly message: string;
}

/**
 * What a policy yields to those that come before it, in their order. Labels that a policy selects by stay as they came, or it would depend on
 * how often an object is looked at: of two such policies the one that comes later yields. O(earlier policies x size).
 */
export function conflictsWith(policy: Policy, earlier: readonly Policy[]): readonly PolicyConflict[] {
  // Who writes nothing is in nobody's way.
  const writers = earlier.filter(({ enforcement }) => enforcement !== 'DryRun');
  return writers.flatMap((other) => {
    const found = [...fieldConflicts(policy, other), ...labelConflicts(policy, other)];
    return found.length > 0 && mayOverlap(policy, other) ? found : [];
  });
}

/** Settings never change, and each policy is compared with all others. */
const KNOWN_WRITES = new WeakMap<PolicySettings, Writes>();

function writesOf(settings: PolicySettings): Writes {
  const known = KNOWN_WRITES.get(settings);
  if (known !== undefined) return known;
  const writes = readWrites(settings);
  KNOWN_WRITES.set(settings, writes);
  return writes;
}

/** What a policy writes, by path: fields of which the first policy decides. */
function readWrites(settings: PolicySettings): Writes {
  const { queue, minMembers, priorityClass, runtimeClass, labels, annotations } = settings;
  const writes = new Map<string, string>();
  if (queue !== undefined) writes.set('spec.set.queue.name', queue.value);
  if (minMembers !== undefined) writes.set('spec.set.gang.minMembers', String(minMembers.value));
  if (priorityClass !== undefined) writes.set('spec.set.priorityClass.name', priorityClass.value);
  if (runtimeClass !== undefined) writes.set('spec.set.runtimeClass.name', runtimeClass.value);
  for (const wish of ['accelerators', 'dataLocality'] as const) {
    if (settings[wish] !== '') writes.set(`spec.set.${wish}`, settings[wish]);
  }
  for (const [map, entries] of [['labels', labels] as const, ['annotations', annotations] as const]) {
    for (const [key, value] of Object.entries(entries?.value ?? {})) {
      writes.set(keyPath(`spec.set.${map}.values`, key), value);
    }
  }
  return writes;
}

type Writes = ReadonlyMap<string, string>;

function fieldConflicts(policy: Policy, other: Policy): readonly PolicyConflict[] {
  const theirs = writesOf(other.settings);
  return [...writesOf(policy.settings)].flatMap(([path, value]) => {
    const wins = theirs.get(path);
    if (wins === undefined || wins === value) return [];
    const message = `${path}: policy ${other.id} comes first and sets ${wins}`;
    return [{ path, other: other.id, effect: 'yields' as const, message }];
  });
}

function labelConflicts(policy: Policy, other: Policy): readonly PolicyConflict[] {
  const written = Object.keys(policy.settings.labels?.value ?? {}).filter((key) => selectsBy(other, key) !== undefined);
  const read = Object.keys(other.settings.labels?.value ?? {}).flatMap((key) => {
    const part = selectsBy(policy, key);
    return part === undefined ? [] : [{ key, path: `spec.${part}.selector` }];
  });
  return [
    ...written.map((key): PolicyConflict => {
      const path = keyPath('spec.set.labels.values', key);
      const message = `${path}: policy ${other.id} comes first and selects by this label: it is not written`;
      return { path, other: other.id, effect: 'label', message };
    }),
    ...read.map(({ key, path }): PolicyConflict => {
      const message = `${path}: policy ${other.id} comes first and writes the label ${key}: this policy does nothing`;
      return { path, other: other.id, effect: 'blocked', message };
    }),
  ];
}

function selectsBy({ match, exclude }: Policy, key: string): 'match' | 'exclude' | undefined {
  if (match.selector?.some((one) => one.key === key) === true) return 'match';
  return exclude.selector?.some((one) => one.key === key) === true ? 'exclude' : undefined;
}

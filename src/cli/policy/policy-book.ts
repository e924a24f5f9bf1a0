import { mayOverlap } from '../../api/policies/overlap.ts';
import { comparePolicies } from '../../api/policies/policy-order.ts';
import { readPolicy } from '../../api/policies/read-policy.ts';
import type { Policy } from '../../api/records/policy.ts';
import { NAMESPACED_WORKLOAD_POLICIES } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import type { InputMistake, Manifest } from './manifest.ts';
import { policiesOfMap } from './policy-maps.ts';
import { isPolicy, isPolicyMap } from './sorts.ts';
import type { PolicyConflict } from '../../api/policies/conflicts.ts';

/** A policy that can be read. */
export interface PolicyEntry {
  readonly policy: Policy;
  readonly manifest: Manifest;
  /** What it yields to those that come before it. */
  readonly conflicts: readonly PolicyConflict[];
  /** Policies that come before it, write something, and may be for the same objects. */
  readonly earlier: readonly Policy[];
}

/** All policies of some manifests. */
export interface PolicyBook {
  /** In the order in which they decide. */
  readonly entries: readonly PolicyEntry[];
  readonly mistakes: readonly InputMistake[];
}

/** Reads the policies among some manifests as the webhooks do, those in ConfigMaps too. Two of one name are a mistake. */
export function readBook(manifests: readonly Manifest[]): PolicyBook {
  const maps = manifests.filter(({ object }) => isPolicyMap(object)).map(policiesOfMap);
  const mistakes: InputMistake[] = maps.flatMap((map) => map.mistakes);
  const policies = [...manifests.filter(({ object }) => isPolicy(object)), ...maps.flatMap((map) => map.manifests)];
  const found = new Map<string, { readonly policy: Policy; readonly manifest: Manifest }>();
  for (const manifest of policies) {
    const policy = readOne(manifest, mistakes);
    if (policy === undefined) continue;
    if (found.has(policy.id))
      mistakes.push(mistakeAt(manifest, 'metadata.name', `there are two policies ${policy.id}`));
    else found.set(policy.id, { policy, manifest });
  }
  const sorted = [...found.values()].toSorted((a, b) => comparePolicies(a.policy, b.policy));
  const { conflicts } = compile(sorted.map(({ policy }) => policy));
  const entries = sorted.map((one, index) => ({
    ...one,
    conflicts: conflicts.get(one.policy.id) ?? [],
    earlier: sorted
      .slice(0, index)
      .map(({ policy }) => policy)
      .filter((policy) => policy.enforcement !== 'DryRun' && mayOverlap(policy, one.policy)),
  }));
  return { entries, mistakes };
}

function readOne(manifest: Manifest, mistakes: InputMistake[]): Policy | undefined {
  const { object } = manifest;
  const [name, version] = [stringAt(object, ['metadata', 'name']), stringAt(object, ['apiVersion'])];
  const isOfNamespace = stringAt(object, ['kind']) === NAMESPACED_WORKLOAD_POLICIES.kind;
  const served = `${NAMESPACED_WORKLOAD_POLICIES.group}/${NAMESPACED_WORKLOAD_POLICIES.version}`;
  if (version !== served) {
    mistakes.push(mistakeAt(manifest, 'apiVersion', `apiVersion: ${version} is not served; write ${served}`));
    return undefined;
  }
  if (name === '') {
    mistakes.push(mistakeAt(manifest, 'metadata', 'metadata.name: is required'));
    return undefined;
  }
  const read = readPolicy(object, isOfNamespace ? stringAt(object, ['metadata', 'namespace']) : '', name);
  if (read.kind === 'policy') return read.policy;
  for (const { path, message } of read.errors) mistakes.push(mistakeAt(manifest, path, `${path}: ${message}`));
  return undefined;
}

function mistakeAt({ file, placeOf }: Manifest, path: string, message: string): InputMistake {
  return { file, place: placeOf(path), message };
}

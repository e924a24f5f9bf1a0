import type { AccessRole, AccessRule } from '../../../../src/api/access.ts';
import { qualifiedName } from '../../../../src/api/resources.ts';
import { accessOf } from '../../../../src/engine/control/controller-access.ts';
import { deployedRoles } from '../../../../tools/deploy/rights.ts';

/** Requests by the right that each took. */
type Taken = ReadonlySet<string>;

/** Why a right is needed that placing a gang of a Job does not take. The first that fits counts. */
const REASONS: readonly (readonly [right: RegExp, reason: string])[] = [
  [/^list /, 'API servers that do not stream lists, and the comparison with a fresh list every ten minutes'],
  [/ (?!watch)\S*\.(batch|bus|flow|shard|topology)\.volcano\.sh/, "Volcano's Jobs, flows and topologies"],
  [
    / (configmaps|services|networkpolicies\.\S+|secrets|persistentvolumeclaims)$/,
    'plugins and claims of a Job of Volcano',
  ],
  [/^(create|delete|patch) pods$/, "pods of Volcano's Jobs, of abandoned plans, and those that slipped past"],
  [/^create pods\/eviction$/, 'preemption and reclaim'],
  [/^patch pods\/status$/, 'why a pod waits'],
  [/^get (\S+\.(apps|batch)|replicationcontrollers)$/, 'whose a pod or a Job is, by what made it'],
  [/^get (pods|queues\S+|runtimeclasses\S+)$/, 'asked when a view may be late'],
  [/^patch persistentvolumes$/, 'volumes of claims'],
  [/^(create|patch|delete) resourceclaims\./, 'devices of claims'],
  [/^(create|patch|delete) resourceclaimtemplates\./, 'wishes for devices of claims'],
  [/datasets/, 'data locality'],
  [/workloadpolicies\S*\/status$/, 'how a policy is told what it does'],
  [/^(create|patch|delete) (namespaced)?workloadpolicies\.\S+$/, 'policies that are made from other objects'],
  [/^create subjectaccessreviews/, 'submitters who are no admin'],
  [/^delete podgroups/, "groups of Volcano's Jobs"],
  [/^patch queues\.\S+sh$/, 'states of queues'],
  [/^create queues/, 'clusters without the queue default'],
  [/^create leases/, 'a Lease that somebody deleted'],
];

/** Rights of these roles that none of the requests took, and for which no reason is known. */
export function unexplained(taken: Taken, roles: readonly AccessRole[]): readonly string[] {
  const granted = new Set(roles.flatMap(accessOf).flatMap(rightsOf));
  return [...granted].filter((right) => !taken.has(right) && !REASONS.some(([pattern]) => pattern.test(right)));
}

/** Reasons that explain nothing: all rights that they speak of were taken, or there are none such. */
export function idleReasons(): readonly string[] {
  const granted = deployedRoles('built-in').flatMap(accessOf).flatMap(rightsOf);
  return REASONS.filter(([pattern]) => !granted.some((right) => pattern.test(right))).map(([, reason]) => reason);
}

/** `get pods` for each verb of a rule, as the audit log has it. */
export function rightsOf({ type, subresource, verbs }: AccessRule): readonly string[] {
  const part = subresource === '' ? '' : `/${subresource}`;
  return verbs.map((verb) => `${verb} ${qualifiedName(type)}${part}`);
}

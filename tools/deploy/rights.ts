import { isNameable } from '../../src/api/access.ts';
import type { AccessRole, AccessRule, AccessVerb } from '../../src/api/access.ts';
import { WORKLOADS_ROLE_LABEL } from '../../src/api/keys.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { BUILT_IN_KINDS } from '../../webhooks/frameworks/workload-kinds.ts';
import { NAME } from './settings.ts';
import type { CertificateMode } from './settings.ts';

/** Roles of a running process. Installing is done by a person with rights of their own, so it has none. */
export function deployedRoles(mode: CertificateMode): readonly AccessRole[] {
  const ofCertificates = mode === 'built-in' ? 'authority' : mode;
  return ['webhook', 'scheduler', 'controllers', 'certificates', ofCertificates, 'configuration'];
}

const RBAC = 'rbac.authorization.k8s.io';

/** The roles of a part of Sluice and their bindings, generated from what it asks of the API server. */
export function roleObjects(role: AccessRole, namespace: string): readonly JsonObject[] {
  const everywhere = accessOf(role).filter((rule) => rule.scope === 'cluster');
  const own = accessOf(role).filter((rule) => rule.scope === 'own');
  return [...boundRole(role, 'Cluster', everywhere, namespace), ...boundRole(role, '', own, namespace)];
}

/** Reading objects of workload kinds: those that Sluice knows by itself, and whatever roles with the label add. */
export function workloadRoles(namespace: string): readonly JsonObject[] {
  const name = 'sluice-workloads';
  const labels = { [WORKLOADS_ROLE_LABEL]: 'true' };
  const role = { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole' };
  return [
    // Without rules: those are the aggregating controller's, and a second apply would quarrel with it.
    { ...role, metadata: { name }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] } },
    { ...role, metadata: { name: `${name}-built-in`, labels }, rules: workloadRules() },
    binding('Cluster', name, { name }, namespace),
  ];
}

/** `pods/binding`, as rules of roles name it. */
export function resourceName({ type, subresource }: AccessRule): string {
  return subresource === '' ? type.plural : `${type.plural}/${subresource}`;
}

function workloadRules(): readonly JsonObject[] {
  const byGroup = Map.groupBy(BUILT_IN_KINDS, ({ group }) => group);
  return [...byGroup].map(([group, kinds]) => {
    return { apiGroups: [group], resources: kinds.map(({ resource }) => resource), verbs: ['get', 'list', 'watch'] };
  });
}

/** The role and its binding; nothing when there is nothing to allow. */
export function boundRole(
  role: string,
  prefix: 'Cluster' | '',
  rules: readonly AccessRule[],
  namespace: string,
): readonly JsonObject[] {
  if (rules.length === 0) return [];
  const name = `sluice-${role}`;
  const metadata = prefix === 'Cluster' ? { name } : { name, namespace };
  return [
    { apiVersion: `${RBAC}/v1`, kind: `${prefix}Role`, metadata, rules: rules.flatMap(policyRules) },
    binding(prefix, name, metadata, namespace),
  ];
}

/** Gives a role to the service account of a namespace. */
export function binding(prefix: 'Cluster' | '', name: string, metadata: JsonObject, namespace: string): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: `${prefix}RoleBinding`,
    metadata,
    roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  };
}

/** A rule with names is split: a request to create or list carries no name that could match. */
function policyRules(rule: AccessRule): readonly JsonObject[] {
  if (rule.names.length === 0) return [policyRule(rule, rule.verbs)];
  const free = rule.verbs.filter((verb) => !isNameable(verb, rule));
  const named = rule.verbs.filter((verb) => isNameable(verb, rule));
  const limited = { ...policyRule(rule, named), resourceNames: rule.names };
  return free.length === 0 ? [limited] : [limited, policyRule(rule, free)];
}

function policyRule(rule: AccessRule, verbs: readonly AccessVerb[]): JsonObject {
  return { apiGroups: [rule.type.group], resources: [resourceName(rule)], verbs };
}

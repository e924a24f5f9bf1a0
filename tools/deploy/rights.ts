import { isNameable } from '../../src/api/access.ts';
import type { AccessRole, AccessRule, AccessVerb } from '../../src/api/access.ts';
import { WORKLOADS_ROLE_LABEL } from '../../src/api/keys.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { BUILT_IN_KINDS } from '../../webhooks/frameworks/workload-kinds.ts';
import { NAME, WEBHOOK_ACCOUNT } from './settings.ts';
import type { CertificateMode } from './settings.ts';

/** Roles of a running process. Installing is done by a person with rights of their own, so it has none. */
export function deployedRoles(mode: CertificateMode): readonly AccessRole[] {
  return [...READING, ...(mode === 'built-in' ? (['serving'] as const) : [mode]), ...writingRoles(mode)];
}

/** Those of who answers reviews: he writes nothing. A SubjectAccessReview is created, and nothing of it is stored. */
const READING = ['webhook', 'read-only'] as const;
const READERS: ReadonlySet<AccessRole> = new Set([...READING, 'serving', 'cert-manager']);

function writingRoles(mode: CertificateMode): readonly AccessRole[] {
  const authority = mode === 'built-in' ? (['authority'] as const) : [];
  return ['scheduler', 'controllers', 'certificates', ...authority, 'registrar', 'submitters', 'configuration'];
}

/** What the pods of one account may do. */
export function rolesOf(account: string, mode: CertificateMode): readonly AccessRole[] {
  return deployedRoles(mode).filter((role) => accountOf(role) === account);
}

function accountOf(role: AccessRole): string {
  return READERS.has(role) ? WEBHOOK_ACCOUNT : NAME;
}

const RBAC = 'rbac.authorization.k8s.io';

/** The roles of a part of Sluice and their bindings, generated from what it asks of the API server. */
export function roleObjects(role: AccessRole, namespace: string): readonly JsonObject[] {
  const everywhere = accessOf(role).filter((rule) => rule.scope === 'cluster');
  const own = accessOf(role).filter((rule) => rule.scope === 'own');
  const [account, ...more] = [accountOf(role), ...beforeDivision(role)].map((name) => ({ name, namespace }));
  if (account === undefined) return [];
  return [...boundRole(role, 'Cluster', everywhere, account, more), ...boundRole(role, '', own, account, more)];
}

/**
 * Releases with one Deployment answered reviews as the account that writes. Their pods are there for a while beside ours, and have to
 * ask who may use a queue all the while.
 */
function beforeDivision(role: AccessRole): readonly string[] {
  return role === 'webhook' ? [NAME] : [];
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
    binding(
      'Cluster',
      name,
      { name },
      [NAME, WEBHOOK_ACCOUNT].map((account) => ({ name: account, namespace })),
    ),
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
  account: Account,
  more: readonly Account[] = [],
): readonly JsonObject[] {
  if (rules.length === 0) return [];
  const name = `sluice-${role}`;
  const metadata = prefix === 'Cluster' ? { name } : { name, namespace: account.namespace };
  return [
    { apiVersion: `${RBAC}/v1`, kind: `${prefix}Role`, metadata, rules: rules.flatMap(policyRules) },
    binding(prefix, name, metadata, [account, ...more]),
  ];
}

/** A service account. */
interface Account {
  readonly name: string;
  readonly namespace: string;
}

/** Gives a role to service accounts. */
export function binding(
  prefix: 'Cluster' | '',
  name: string,
  metadata: JsonObject,
  accounts: readonly Account[],
): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: `${prefix}RoleBinding`,
    metadata,
    roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name },
    subjects: accounts.map((account) => ({ kind: 'ServiceAccount', ...account })),
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

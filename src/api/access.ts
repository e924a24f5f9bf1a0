import type { JsonObject } from '../lib/json.ts';
import {
  COLOCATION_CONFIGURATIONS,
  CRON_VCJOBS,
  HYPER_NODES,
  ISSUERS,
  NODE_SHARDS,
  NUMATOPOLOGIES,
  ACCESS_REVIEWS,
  CERTIFICATE_REQUESTS,
  CERTIFICATES,
  COMMANDS,
  CONFIG_MAPS,
  CRDS,
  CRON_JOBS,
  CSI_DRIVERS,
  CSI_NODES,
  DAEMON_SETS,
  DATASETS,
  DEPLOYMENTS,
  DEVICE_CLASSES,
  CLAIM_TEMPLATES,
  DEVICE_TAINT_RULES,
  DISRUPTION_BUDGETS,
  ENDPOINT_SLICES,
  CORE_EVENTS,
  JOBFLOWS,
  JOBS,
  JOBTEMPLATES,
  LEASES,
  MUTATING_WEBHOOKS,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  NODES,
  PODS,
  POD_GROUPS,
  PRIORITY_CLASSES,
  QUEUES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  RESOURCE_CLAIMS,
  RESOURCE_QUOTAS,
  RESOURCE_SLICES,
  RUNTIME_CLASSES,
  SECRETS,
  STATEFUL_SETS,
  STORAGE_CAPACITIES,
  STORAGE_CLASSES,
  SUBJECT_ACCESS_REVIEWS,
  VALIDATING_WEBHOOKS,
  VCJOBS,
  VOLUME_CLAIMS,
  VOLUMES,
  WORKLOAD_KINDS,
  WORKLOAD_POLICIES,
  apiVersion,
  qualifiedName,
} from './resources.ts';
import type { ResourceType } from './resources.ts';

export type AccessVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** Something that a part of Sluice does with one kind of object. */
export interface AccessRule {
  readonly type: ResourceType;
  /** `status`, `binding`, `eviction` or empty. */
  readonly subresource: string;
  readonly verbs: readonly AccessVerb[];
  /** `own`: only in the namespace that Sluice runs in. */
  readonly scope: 'cluster' | 'own';
  /** Only these objects; empty for all. Creating cannot be limited by name, so it never is. */
  readonly names: readonly string[];
  /** Lists and watches select their object by its name, so that the names limit them as well. */
  readonly isSelected: boolean;
}

/**
 * `certificates` is what the running server needs for its webhook configurations, `authority` for certificates of its own making,
 * `cert-manager` to say what is wrong with those of cert-manager, `submitters` to make the keys that submitters are signed with.
 * `read-only` is what `serve --read-only` needs beside the webhook's, `serving` what it needs of the built-in authority, and `registrar`
 * what who fills in the configurations for it needs besides. `configuration` is what `serve --scheduler-configmap` needs, `install` what
 * `serve --install` needs.
 */
export type AccessRole =
  | 'webhook'
  | 'scheduler'
  | 'controllers'
  | 'submitters'
  | 'certificates'
  | 'authority'
  | 'cert-manager'
  | 'read-only'
  | 'serving'
  | 'registrar'
  | 'configuration'
  | 'install';

/** Names of the objects that are Sluice's own. */
const OWN_CONFIGURATION = 'sluice-scheduler';
/** Of the keys that submitters are signed with. */
export const SUBMITTER_SECRET = 'sluice-submitters';
/** Of the ConfigMap that says how cards are cut: Volcano's own. */
export const GEOMETRIES = 'volcano-vgpu-device-config';
const SERVING_SECRET = 'sluice-serving';
export const OWN_SECRETS = ['sluice-ca', SERVING_SECRET];
/** The Certificate of cert-manager that the manifests make. */
export const OWN_CERTIFICATE = 'sluice-webhook';
export const OWN_NAME = ['sluice'];
const OWN_CRDS = [
  POD_GROUPS,
  QUEUES,
  DATASETS,
  WORKLOAD_POLICIES,
  NAMESPACED_WORKLOAD_POLICIES,
  VCJOBS,
  COMMANDS,
  CRON_VCJOBS,
  HYPER_NODES,
  NUMATOPOLOGIES,
  NODE_SHARDS,
  COLOCATION_CONFIGURATIONS,
  JOBTEMPLATES,
  JOBFLOWS,
  WORKLOAD_KINDS,
].map(qualifiedName);
const WATCH: readonly AccessVerb[] = ['list', 'watch'];
const WRITE_EVENTS = accessRule(CORE_EVENTS, ['create']);
const HOLD_LEASE = accessRule(LEASES, ['get', 'create', 'update'], { scope: 'own', names: OWN_NAME });
const KEEP_SECRETS = accessRule(SECRETS, ['get', 'create', 'patch'], { scope: 'own', names: OWN_SECRETS });
const KEEP_SUBMITTER_KEYS = accessRule(SECRETS, ['get', 'create', 'patch'], {
  scope: 'own',
  names: [SUBMITTER_SECRET],
});
const READ_SUBMITTER_KEYS = accessRule(SECRETS, ['get'], { scope: 'own', names: [SUBMITTER_SECRET] });
const KEEP_QUEUE_STATUS = accessRule(QUEUES, ['patch'], { subresource: 'status' });

/**
 * What Sluice asks of an API server, but for rows of the table of controllers: manifests/rbac and the check at start are
 * made from both.
 */
export const REQUIRED_ACCESS: Readonly<Record<AccessRole, readonly AccessRule[]>> = {
  webhook: [
    accessRule(QUEUES, ['get', ...WATCH]),
    accessRule(NAMESPACES, WATCH),
    accessRule(POD_GROUPS, WATCH),
    accessRule(PRIORITY_CLASSES, WATCH),
    accessRule(RUNTIME_CLASSES, ['get', ...WATCH]),
    accessRule(DATASETS, WATCH),
    accessRule(WORKLOAD_POLICIES, WATCH),
    accessRule(NAMESPACED_WORKLOAD_POLICIES, WATCH),
    accessRule(CRDS, WATCH),
    accessRule(WORKLOAD_KINDS, WATCH),
    accessRule(SUBJECT_ACCESS_REVIEWS, ['create']),
    // A pod that leads others, or drives them, tells their group.
    accessRule(PODS, ['get']),
    // What made a pod or a Job tells whose it is.
    ...[CRON_JOBS, DEPLOYMENTS, JOBS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS].map((type) =>
      accessRule(type, ['get']),
    ),
    READ_SUBMITTER_KEYS,
  ],
  scheduler: [
    accessRule(PODS, ['get', ...WATCH, 'delete']),
    accessRule(PODS, ['create'], { subresource: 'binding' }),
    accessRule(PODS, ['create'], { subresource: 'eviction' }),
    accessRule(PODS, ['patch'], { subresource: 'status' }),
    accessRule(NODES, WATCH),
    accessRule(NAMESPACES, WATCH),
    accessRule(POD_GROUPS, [...WATCH, 'patch']),
    accessRule(PRIORITY_CLASSES, WATCH),
    accessRule(DISRUPTION_BUDGETS, WATCH),
    accessRule(VOLUME_CLAIMS, [...WATCH, 'patch']),
    accessRule(VOLUMES, [...WATCH, 'patch']),
    accessRule(STORAGE_CLASSES, WATCH),
    accessRule(CSI_NODES, WATCH),
    accessRule(CSI_DRIVERS, WATCH),
    accessRule(STORAGE_CAPACITIES, WATCH),
    accessRule(RESOURCE_SLICES, WATCH),
    accessRule(DEVICE_CLASSES, WATCH),
    accessRule(DEVICE_TAINT_RULES, WATCH),
    accessRule(CLAIM_TEMPLATES, WATCH),
    // A finalizer; devices and pods that may use them, which the API server wants two rights for.
    // Of pods that ask for what classes serve it makes the claims itself.
    accessRule(RESOURCE_CLAIMS, [...WATCH, 'patch', 'create', 'delete']),
    accessRule(RESOURCE_CLAIMS, ['patch'], { subresource: 'status' }),
    accessRule(RESOURCE_CLAIMS, ['patch'], { subresource: 'binding' }),
    accessRule(RESOURCE_QUOTAS, WATCH),
    accessRule(DATASETS, [...WATCH, 'patch']),
    accessRule(HYPER_NODES, WATCH),
    accessRule(NUMATOPOLOGIES, WATCH),
    // Where it stands is for the configuration to say, under another name as well: that takes another right.
    accessRule(CONFIG_MAPS, WATCH, { names: [GEOMETRIES], isSelected: true }),
    accessRule(QUEUES, WATCH),
    KEEP_QUEUE_STATUS,
    READ_SUBMITTER_KEYS,
    WRITE_EVENTS,
    HOLD_LEASE,
  ],
  controllers: [
    accessRule(JOBS, WATCH),
    accessRule(REPLICA_SETS, WATCH),
    accessRule(STATEFUL_SETS, WATCH),
    accessRule(REPLICATION_CONTROLLERS, WATCH),
    accessRule(DAEMON_SETS, WATCH),
    accessRule(PODS, [...WATCH, 'patch']),
    accessRule(POD_GROUPS, [...WATCH, 'create', 'patch', 'delete']),
    accessRule(NAMESPACES, WATCH),
    accessRule(QUEUES, [...WATCH, 'create']),
    accessRule(CRDS, WATCH),
    accessRule(WORKLOAD_KINDS, WATCH),
    KEEP_QUEUE_STATUS,
    READ_SUBMITTER_KEYS,
    WRITE_EVENTS,
    HOLD_LEASE,
  ],
  submitters: [KEEP_SUBMITTER_KEYS],
  certificates: [
    accessRule(MUTATING_WEBHOOKS, ['get', 'patch'], { names: OWN_NAME }),
    accessRule(VALIDATING_WEBHOOKS, ['get', 'patch'], { names: OWN_NAME }),
  ],
  authority: [KEEP_SECRETS],
  'cert-manager': [
    accessRule(CERTIFICATES, ['get'], { scope: 'own', names: [OWN_CERTIFICATE] }),
    accessRule(CERTIFICATE_REQUESTS, ['list'], { scope: 'own' }),
    accessRule(ISSUERS, ['get'], { scope: 'own' }),
  ],
  'read-only': [
    accessRule(MUTATING_WEBHOOKS, ['get'], { names: OWN_NAME }),
    accessRule(VALIDATING_WEBHOOKS, ['get'], { names: OWN_NAME }),
    // How large the cluster is, and which devices it has.
    ...[NODES, RESOURCE_SLICES, DEVICE_CLASSES, HYPER_NODES].map((type) => accessRule(type, WATCH)),
    // What nodes have left, as the leader says.
    accessRule(LEASES, ['get'], { scope: 'own', names: OWN_NAME }),
  ],
  serving: [accessRule(SECRETS, ['get'], { scope: 'own', names: [SERVING_SECRET] })],
  registrar: [accessRule(ENDPOINT_SLICES, ['list'], { scope: 'own' })],
  configuration: [configurationAccess(OWN_CONFIGURATION)],
  install: [
    accessRule(CRDS, ['get', 'create', 'patch'], { names: OWN_CRDS }),
    accessRule(NAMESPACES, ['create']),
    accessRule(MUTATING_WEBHOOKS, ['create', 'patch', 'delete'], { names: OWN_NAME }),
    accessRule(VALIDATING_WEBHOOKS, ['create', 'patch', 'delete'], { names: OWN_NAME }),
  ],
};

/** Who binds pods and writes, in an installation in that namespace. */
export function ownAccount(namespace: string): string {
  return `system:serviceaccount:${namespace}:${OWN_NAME.join('')}`;
}

/** Following one ConfigMap of that name, in the namespace that is asked about. */
export function configurationAccess(name: string): AccessRule {
  return accessRule(CONFIG_MAPS, WATCH, { scope: 'own', names: [name], isSelected: true });
}

/** One question to the API server: may we do this? */
export interface AccessCheck {
  readonly type: ResourceType;
  readonly subresource: string;
  readonly verb: AccessVerb;
  readonly scope: 'cluster' | 'own';
  /** Empty for all objects. */
  readonly name: string;
}

/** The questions for some rules, each asked once. */
export function accessChecks(rules: readonly AccessRule[]): readonly AccessCheck[] {
  const checks = rules.flatMap(ruleChecks);
  return [...new Map(checks.map((check) => [describeAccess(check, ''), check])).values()];
}

/** The SelfSubjectAccessReview that asks it. */
export function accessReview(check: AccessCheck, ownNamespace: string): JsonObject {
  return {
    apiVersion: apiVersion(ACCESS_REVIEWS),
    kind: ACCESS_REVIEWS.kind,
    spec: { resourceAttributes: resourceAttributes(check, ownNamespace) },
  };
}

/** The SubjectAccessReview that asks it of a service account. */
export function accountReview(
  account: { readonly namespace: string; readonly name: string },
  check: AccessCheck,
  ownNamespace: string,
): JsonObject {
  const accounts = 'system:serviceaccounts';
  return {
    apiVersion: apiVersion(SUBJECT_ACCESS_REVIEWS),
    kind: SUBJECT_ACCESS_REVIEWS.kind,
    spec: {
      user: `system:serviceaccount:${account.namespace}:${account.name}`,
      groups: [accounts, `${accounts}:${account.namespace}`, 'system:authenticated'],
      resourceAttributes: resourceAttributes(check, ownNamespace),
    },
  };
}

function resourceAttributes(check: AccessCheck, ownNamespace: string): JsonObject {
  const { group, version, plural } = check.type;
  return {
    group,
    version,
    resource: plural,
    subresource: check.subresource,
    verb: check.verb,
    name: check.name,
    namespace: check.scope === 'own' ? ownNamespace : '',
  };
}

/** The right in words: `patch pods/status`, `get secrets "sluice-ca" in namespace sluice-system`. */
export function describeAccess(check: AccessCheck, ownNamespace: string): string {
  const resource = qualifiedName(check.type);
  const part = check.subresource === '' ? '' : `/${check.subresource}`;
  const name = check.name === '' ? '' : ` "${check.name}"`;
  return `${check.verb} ${resource}${part}${name}${check.scope === 'own' ? ` in namespace ${ownNamespace}` : ''}`;
}

/** True for verbs of the rule that a list of object names can restrict. */
export function isNameable(verb: AccessVerb, { isSelected }: Pick<AccessRule, 'isSelected'>): boolean {
  return verb !== 'create' && (isSelected || (verb !== 'list' && verb !== 'watch'));
}

/** Verbs on one kind: everywhere and on all objects, unless the options say otherwise. */
export function accessRule(
  type: ResourceType,
  verbs: readonly AccessVerb[],
  options: Partial<Pick<AccessRule, 'subresource' | 'scope' | 'names' | 'isSelected'>> = {},
): AccessRule {
  return { type, verbs, subresource: '', scope: 'cluster', names: [], isSelected: false, ...options };
}

function ruleChecks(rule: AccessRule): readonly AccessCheck[] {
  const { type, subresource, verbs, scope, names } = rule;
  return verbs.flatMap((verb) => {
    const asked = isNameable(verb, rule) && names.length > 0 ? names : [''];
    return asked.map((name) => ({ type, subresource, verb, scope, name }));
  });
}

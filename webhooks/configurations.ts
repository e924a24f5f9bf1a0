import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../src/api/keys.ts';
import { apiVersion, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import type { JsonObject, JsonValue } from '../src/lib/json.ts';
import { SETTLED_EXPRESSION } from './pods/settled.ts';
import { DAEMON_SET_CONTROLLER_EXPRESSION } from './requester.ts';
import type { RegistryEntry } from './registry-entry.ts';

/** Both configuration objects have this name. */
export const CONFIGURATION_NAME = 'sluice';

/** Where the API server sends reviews: a Service of the cluster, or for a local run a URL (`https://127.0.0.1:9443`). */
export type WebhookAddress =
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string; readonly port: number }
  | { readonly kind: 'url'; readonly base: string };

export interface ConfigurationOptions {
  readonly address: WebhookAddress;
  /** PEM bundle in base64; empty until the server puts its own in. */
  readonly caBundle: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: Readonly<Record<Phase, number>>;
  readonly excludedNamespaces: readonly string[];
  /** Who Sluice is to the API server: what it writes itself was decided by the same rules already. */
  readonly ownUser: string;
}

/** What fits every cluster; the address and the authority are the caller's. */
export const CONFIGURATION_DEFAULTS: Omit<ConfigurationOptions, 'address' | 'caBundle'> = Object.freeze({
  failurePolicy: 'Fail',
  timeoutSeconds: Object.freeze({ mutate: 3, validate: 5 }),
  excludedNamespaces: Object.freeze(['kube-system', 'kube-node-lease', 'kube-public', 'sluice-system']),
  ownUser: 'system:serviceaccount:sluice-system:sluice',
});

/** The MutatingWebhookConfiguration for the table's mutate rows. */
export function mutatingConfiguration(table: readonly RegistryEntry[], options: ConfigurationOptions): JsonObject {
  return configuration(MUTATING_WEBHOOKS, 'mutate', table, options);
}

/** The ValidatingWebhookConfiguration for the table's validate rows. */
export function validatingConfiguration(table: readonly RegistryEntry[], options: ConfigurationOptions): JsonObject {
  return configuration(VALIDATING_WEBHOOKS, 'validate', table, options);
}

type Phase = RegistryEntry['phase'];

function configuration(
  type: ResourceType,
  phase: Phase,
  table: readonly RegistryEntry[],
  options: ConfigurationOptions,
): JsonObject {
  const rows = table.filter((entry) => entry.phase === phase);
  // The API server asks no namespaceSelector about cluster-scoped objects, so those rows can share the opted-in entry.
  const everywhere = rows.filter((entry) => entry.scope === 'Namespaced' && !entry.optedInOnly);
  const selected = rows.filter((entry) => !everywhere.includes(entry));
  const webhooks = [
    ...(selected.length === 0 ? [] : [webhook(`${phase}.sluice.dev`, phase, selected, options, true)]),
    ...(everywhere.length === 0 ? [] : [webhook(`${phase}-everywhere.sluice.dev`, phase, everywhere, options, false)]),
  ];
  return { apiVersion: apiVersion(type), kind: type.kind, metadata: { name: CONFIGURATION_NAME }, webhooks };
}

function webhook(
  name: string,
  phase: Phase,
  rows: readonly RegistryEntry[],
  options: ConfigurationOptions,
  optedInOnly: boolean,
): JsonObject {
  return {
    name,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: options.failurePolicy,
    matchPolicy: 'Equivalent',
    timeoutSeconds: options.timeoutSeconds[phase],
    // A second review follows only when another webhook changed what we had seen; alone in a cluster we get one.
    ...(phase === 'mutate' ? { reinvocationPolicy: 'IfNeeded' } : {}),
    clientConfig: { ...address(options.address, phase), caBundle: options.caBundle },
    namespaceSelector: { matchExpressions: namespaces(options, optedInOnly) },
    matchConditions: [...CONDITIONS[phase], ...(phase === 'validate' ? [notOwn(options.ownUser)] : [])],
    rules: rows.map(rule),
  };
}

function address(where: WebhookAddress, phase: Phase): JsonObject {
  if (where.kind === 'url') return { url: `${where.base.replace(/\/+$/, '')}/${phase}` };
  const { namespace, name, port } = where;
  return { service: { namespace, name, port, path: `/${phase}` } };
}

function namespaces(options: ConfigurationOptions, optedInOnly: boolean): readonly JsonValue[] {
  const notOurs = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...options.excludedNamespaces] };
  return optedInOnly ? [{ key: ADMISSION_LABEL, operator: 'In', values: [ADMISSION_ENABLED] }, notOurs] : [notOurs];
}

function rule({ operations, group, version, resource, scope }: RegistryEntry): JsonObject {
  return { operations: [...operations], apiGroups: [group], apiVersions: [version], resources: [resource], scope };
}

function notOwn(user: string): JsonObject {
  return { name: 'not-from-sluice', expression: `request.userInfo.username != ${JSON.stringify(user)}` };
}

/** Reviews that would end in "leave it as it is" are not sent at all. An error in one counts as a failed review. */
const CONDITIONS: Readonly<Record<Phase, readonly JsonObject[]>> = Object.freeze({
  mutate: [
    // Kubelets create nothing but the mirror pods of their static pods.
    { name: 'not-from-a-node', expression: '!("system:nodes" in request.userInfo.groups)' },
    {
      name: 'not-of-a-daemon-set',
      expression:
        `request.resource.resource != "pods" || !(${DAEMON_SET_CONTROLLER_EXPRESSION}) || ` +
        '!has(object.metadata.ownerReferences) || !object.metadata.ownerReferences.exists(o, o.kind == "DaemonSet" && has(o.controller) && o.controller)',
    },
    // Pods that come stamped out of their Job's template are most of all pods: asking about each would cost the API
    // server more than anything else that Sluice adds to a pod.
    { name: 'not-stamped-yet', expression: `request.resource.resource != "pods" || !(${SETTLED_EXPRESSION})` },
  ],
  validate: [
    // Our own writes to a group's metadata (bind plans) are by far the most updates, and there is no rule about those.
    {
      name: 'spec-may-have-changed',
      expression:
        'request.operation != "UPDATE" || !has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec',
    },
  ],
});

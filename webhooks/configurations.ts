import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../src/api/keys.ts';
import { apiVersion, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import { arrayAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../src/lib/json.ts';
import type { Condition } from './conditions.ts';
import type { AdmissionRow } from './row.ts';

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
  readonly excludedNamespaces: readonly string[];
  /** Who Sluice is to the API server: what it writes itself was decided by the same rules already. */
  readonly ownUser: string;
  /** Who does Sluice's work on this cluster: another user than that one outside of a cluster. */
  readonly worker: string;
}

/** What fits every cluster; the address and the authority are the caller's. */
export const CONFIGURATION_DEFAULTS: Omit<ConfigurationOptions, 'address' | 'caBundle'> = Object.freeze({
  failurePolicy: 'Fail',
  excludedNamespaces: Object.freeze(['kube-system', 'kube-node-lease', 'kube-public', 'sluice-system']),
  ownUser: 'system:serviceaccount:sluice-system:sluice',
  worker: 'system:serviceaccount:sluice-system:sluice',
});

/** The two configuration objects for some rows: those whose resource the cluster serves. Pure: the same rows, the same objects. */
export interface Configurations {
  readonly mutating: JsonObject;
  readonly validating: JsonObject;
}

/** One entry a row, under the row's id: what is slow, fails or is switched off is then one row, and not all. */
export function configurations(rows: readonly AdmissionRow[], options: ConfigurationOptions): Configurations {
  return {
    mutating: configuration(MUTATING_WEBHOOKS, 'mutate', rows, options),
    validating: configuration(VALIDATING_WEBHOOKS, 'validate', rows, options),
  };
}

/** One configuration object and its kind. */
export interface OwnConfiguration {
  readonly type: ResourceType;
  readonly object: JsonObject;
}

/** The validating one first: with it in place nothing gets in that the mutating one would not have let in. */
export function listed({ validating, mutating }: Configurations): readonly OwnConfiguration[] {
  return [
    { type: VALIDATING_WEBHOOKS, object: validating },
    { type: MUTATING_WEBHOOKS, object: mutating },
  ];
}

type Phase = AdmissionRow['phase'];

function configuration(
  type: ResourceType,
  phase: Phase,
  rows: readonly AdmissionRow[],
  options: ConfigurationOptions,
): JsonObject {
  const webhooks = rows.filter((row) => row.phase === phase).map((row) => webhook(row, ownPlace(row), options));
  return configurationObject(type, CONFIGURATION_NAME, webhooks);
}

/** A configuration object with its entries. */
export function configurationObject(type: ResourceType, name: string, webhooks: readonly JsonObject[]): JsonObject {
  return { apiVersion: apiVersion(type), kind: type.kind, metadata: { name }, webhooks };
}

/** How the entry of a row is called, and where the API server asks. */
export interface WebhookPlace {
  readonly name: string;
  readonly path: string;
}

/** Under the row's id. */
export function ownPlace({ id, phase }: AdmissionRow): WebhookPlace {
  return { name: `${id}.sluice.dev`, path: `/${phase}/${id}` };
}

/** The entry of a row. */
export function webhook(row: AdmissionRow, { name, path }: WebhookPlace, options: ConfigurationOptions): JsonObject {
  const { phase, when } = row;
  const conditions = [...when, ...(phase === 'validate' ? [notOwn(row, options)] : [])].map((one) => ({ ...one }));
  return {
    name,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: row.failureMode === 'allow' ? 'Ignore' : options.failurePolicy,
    matchPolicy: 'Equivalent',
    timeoutSeconds: row.timeoutSeconds,
    ...(phase === 'mutate' ? { reinvocationPolicy: REINVOCATION } : {}),
    clientConfig: { ...address(options.address, path), caBundle: options.caBundle },
    namespaceSelector: { matchExpressions: namespaces(row, options) },
    // The API server stores no empty list, and what it stores is compared with this.
    ...(conditions.length === 0 ? {} : { matchConditions: conditions }),
    rules: [rule(row)],
  };
}

/** Whether the entries of a configuration were made here, under whatever name it stands and wherever it leads. */
export function isOwnConfiguration(object: JsonObject): boolean {
  return arrayAt(object, 'webhooks').some(
    (entry) =>
      stringAt(entry, ['reinvocationPolicy']) === REINVOCATION ||
      arrayAt(entry, 'matchConditions').some((one) => stringAt(one, ['name']) === NOT_OWN),
  );
}

/** Of mutating entries: a second review follows only when another webhook changed what we had seen; alone in a cluster we get one. */
const REINVOCATION = 'IfNeeded';
/** Every validating entry has this condition. */
const NOT_OWN = 'not-from-sluice';

function address(where: WebhookAddress, path: string): JsonObject {
  if (where.kind === 'url') return { url: `${where.base.replace(/\/+$/, '')}${path}` };
  const { namespace, name, port } = where;
  return { service: { namespace, name, port, path } };
}

/** The API server asks no namespaceSelector about cluster-scoped objects. */
function namespaces({ selector }: AdmissionRow, options: ConfigurationOptions): readonly JsonValue[] {
  const notOurs = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...options.excludedNamespaces] };
  if (selector === 'everywhere') return [notOurs];
  const operator = selector === 'optedIn' ? 'In' : 'NotIn';
  return [{ key: ADMISSION_LABEL, operator, values: [ADMISSION_ENABLED] }, notOurs];
}

function rule({ operations, group, version, resource, scope }: AdmissionRow): JsonObject {
  return { operations: [...operations], apiGroups: [group], apiVersions: [version], resources: [resource], scope };
}

function notOwn({ isOwnTask }: AdmissionRow, { ownUser, worker }: ConfigurationOptions): Condition {
  const users = isOwnTask ? [...new Set([ownUser, worker])] : [ownUser];
  return { name: NOT_OWN, expression: `!(request.userInfo.username in ${JSON.stringify(users)})` };
}

import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../src/api/keys.ts';
import { apiVersion, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import { arrayAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../src/lib/json.ts';
import { allOf } from './conditions.ts';
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

/**
 * One entry for each name that rows give theirs. The API server looks at the namespaces of every entry for every request of any
 * kind, so rows that are told alike share one.
 */
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
  const entries = entriesOf(rows.filter((row) => row.phase === phase));
  const webhooks = entries.map((entry) => webhook(entry, ownPlace(entry), options));
  return configurationObject(type, CONFIGURATION_NAME, webhooks);
}

/** A configuration object with its entries. */
export function configurationObject(type: ResourceType, name: string, webhooks: readonly JsonObject[]): JsonObject {
  return { apiVersion: apiVersion(type), kind: type.kind, metadata: { name }, webhooks };
}

/** Rows of one entry, which differ in nothing but what they are about. */
export type EntryRows = readonly [AdmissionRow, ...(readonly AdmissionRow[])];

/** Rows of one phase by their entries, in the order of the table. */
export function entriesOf(rows: readonly AdmissionRow[]): readonly EntryRows[] {
  const entries = [...Map.groupBy(rows, ({ entry }) => entry).values()];
  return entries.flatMap(([first, ...others]) => (first === undefined ? [] : [[first, ...others] as const]));
}

/** How an entry is called, and where the API server asks. */
export interface WebhookPlace {
  readonly name: string;
  readonly path: string;
}

/** A row by itself is asked under its id. Rows that share an entry are all that is asked about their requests: the phase will do. */
export function ownPlace([row, ...others]: EntryRows): WebhookPlace {
  const { entry, phase, id } = row;
  return { name: `${entry}.sluice.dev`, path: others.length > 0 ? `/${phase}` : `/${phase}/${id}` };
}

/** The entry of some rows. */
export function webhook(rows: EntryRows, { name, path }: WebhookPlace, options: ConfigurationOptions): JsonObject {
  const [row] = rows;
  const { phase, when } = row;
  const conditions = [...(phase === 'validate' ? [notOwn(row, options)] : []), ...when];
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
    ...(conditions.length === 0 ? {} : { matchConditions: [{ name: CONDITION, expression: allOf(conditions) }] }),
    rules: rows.map(rule),
  };
}

/** Whether the entries of a configuration were made here, under whatever name it stands and wherever it leads. */
export function isOwnConfiguration(object: JsonObject): boolean {
  return arrayAt(object, 'webhooks').some(
    (entry) =>
      stringAt(entry, ['reinvocationPolicy']) === REINVOCATION ||
      arrayAt(entry, 'matchConditions').some((one) => OWN_CONDITIONS.includes(stringAt(one, ['name']))),
  );
}

/** Of mutating entries: a second review follows only when another webhook changed what we had seen; alone in a cluster we get one. */
const REINVOCATION = 'IfNeeded';
/** The one condition of an entry: the API server evaluates all that it is given, but of one only as far as it takes. */
const CONDITION = 'sluice-has-to-look';
const NOT_OWN = 'not-from-sluice';
/** Every validating entry has one of these; the other one is of releases that wrote each condition by itself. */
const OWN_CONDITIONS: readonly string[] = [CONDITION, NOT_OWN];

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

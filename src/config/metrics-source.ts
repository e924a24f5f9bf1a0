import { durationMs } from '../lib/duration.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import { PLAIN_URL } from './argument-rule.ts';
import type { TextForm } from './argument-rule.ts';
import { refuseOtherKeys } from './read-shape.ts';

/** Whom a connection trusts. */
export interface SourceTls {
  /** Anybody: what is sent may be read by others. */
  readonly isUnchecked: boolean;
  /** PEM file of the authorities; empty: those that the platform knows. */
  readonly caFile: string;
}

interface Elasticsearch {
  readonly type: 'elasticsearch';
  /** Pattern of names; `{{DATE}}` and `{{TIME}}` stand for the day and the hour. */
  readonly index: string;
  /** The field that holds the name of the node. */
  readonly hostnameField: string;
  /** Empty: nobody in particular. */
  readonly username: string;
  readonly password: string;
  /** Read at each reading, in place of the password; empty: none. */
  readonly passwordFile: string;
}

/** Where measurements of nodes come from. */
export type MetricsSource = {
  /** Its URL, without a slash at the end; of custom metrics the API group. */
  readonly address: string;
  /** Between two readings. */
  readonly intervalMs: number;
  /** Absent: the authorities that the platform knows. */
  readonly tls?: SourceTls | undefined;
} & (Elasticsearch | { readonly type: 'prometheus' | 'prometheus_adaptor' });

const DEFAULT_INTERVAL_MS = 30_000;
const LEAST_INTERVAL_MS = 1000;
const MOST_INTERVAL_MS = 5 * 60_000;
const CUSTOM_METRICS = 'custom.metrics.k8s.io';

const KEYS = {
  prometheus: ['type', 'address', 'interval', 'tls'],
  prometheus_adaptor: ['type', 'interval'],
  elasticsearch: ['type', 'address', 'interval', 'tls', 'elasticsearch'],
} as const;

type SourceType = keyof typeof KEYS;

/** Reads Volcano's `metrics`; undefined when there is none. */
export function readMetricsSource(raw: unknown, errors: FieldError[]): MetricsSource | undefined {
  const given = member(raw, 'metrics');
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) {
    errors.push(fieldError('metrics', 'FieldValueInvalid', given, 'must be a map'));
    return undefined;
  }
  const type = readType(given, errors);
  refuseOtherKeys(given, KEYS[type], 'metrics', errors);
  const intervalMs = readInterval(given, errors);
  if (type === 'prometheus_adaptor') return { type, address: CUSTOM_METRICS, intervalMs };
  const address = readAddress(given, errors);
  const tls = given['tls'] === undefined ? {} : { tls: readTls(given['tls'], errors) };
  if (type === 'prometheus') return { type, address, intervalMs, ...tls };
  return { ...readElasticsearch(given['elasticsearch'], errors), address, intervalMs, ...tls };
}

function readType(given: JsonObject, errors: FieldError[]): SourceType {
  const { type } = given;
  if (type === 'prometheus' || type === 'prometheus_adaptor' || type === 'elasticsearch') return type;
  const message = `must be one of ${Object.keys(KEYS).join(', ')}`;
  // Without one nobody is asked, whatever else is there.
  const path = type === undefined ? 'metrics' : 'metrics.type';
  errors.push(fieldError(path, 'FieldValueNotSupported', type, path === 'metrics' ? `its type ${message}` : message));
  return 'prometheus';
}

function readAddress(given: JsonObject, errors: FieldError[]): string {
  const address = given['address'];
  if (typeof address === 'string' && PLAIN_URL.isOf(address)) return address.replace(/\/+$/, '');
  errors.push(fieldError('metrics.address', 'FieldValueInvalid', address, `must be ${PLAIN_URL.words}`));
  return '';
}

function readInterval(given: JsonObject, errors: FieldError[]): number {
  const interval = given['interval'];
  if (interval === undefined) return DEFAULT_INTERVAL_MS;
  const ms = typeof interval === 'string' ? durationMs(interval) : undefined;
  if (ms !== undefined && ms >= LEAST_INTERVAL_MS && ms <= MOST_INTERVAL_MS) return ms;
  errors.push(fieldError('metrics.interval', 'FieldValueInvalid', interval, 'must be a duration from 1s to 5m'));
  return DEFAULT_INTERVAL_MS;
}

function readTls(raw: JsonValue | undefined, errors: FieldError[]): SourceTls {
  const path = 'metrics.tls';
  const map = mapOf(raw, path, errors);
  refuseOtherKeys(map, ['insecureSkipVerify', 'caFile'], path, errors);
  const given = map['insecureSkipVerify'] ?? false;
  const isUnchecked = given === true || given === 'true';
  if (!isUnchecked && given !== false && given !== 'false') {
    errors.push(fieldError(`${path}.insecureSkipVerify`, 'FieldValueInvalid', given, 'must be true or false'));
  }
  return { isUnchecked, caFile: readText(map, 'caFile', FILE, path, errors) };
}

function readElasticsearch(given: JsonValue | undefined, errors: FieldError[]): Elasticsearch {
  const path = 'metrics.elasticsearch';
  const map = mapOf(given, path, errors);
  refuseOtherKeys(map, ['index', 'hostnameFieldName', 'username', 'password', 'passwordFile'], path, errors);
  const text = (key: string, form: TextForm): string => readText(map, key, form, path, errors);
  const found: Elasticsearch = {
    type: 'elasticsearch',
    index: text('index', INDEX) || 'metricbeat-*',
    hostnameField: text('hostnameFieldName', FIELD) || 'host.hostname',
    username: text('username', TEXT),
    password: text('password', TEXT),
    passwordFile: text('passwordFile', FILE),
  };
  const passwords = [found.password, found.passwordFile].filter((each) => each !== '').length;
  if (passwords > (found.username === '' ? 0 : 1)) {
    const message = 'must give a username with a password, and the password or its file, not both';
    errors.push(fieldError(path, 'FieldValueInvalid', undefined, message));
  }
  return found;
}

function mapOf(given: JsonValue | undefined, path: string, errors: FieldError[]): JsonObject {
  if (given === undefined || given === null) return {};
  if (isJsonObject(given)) return given;
  errors.push(fieldError(path, 'FieldValueInvalid', undefined, 'must be a map'));
  return {};
}

/** Empty when it is absent. What is wrong is not told again: it may be a password. */
function readText(map: JsonObject, key: string, form: TextForm, path: string, errors: FieldError[]): string {
  const given = map[key] ?? '';
  if (given === '') return '';
  if (typeof given === 'string' && form.isOf(given)) return given;
  errors.push(fieldError(`${path}.${key}`, 'FieldValueInvalid', undefined, `must be ${form.words}`));
  return '';
}

const TEXT: TextForm = { words: 'a text', isOf: () => true };
const FILE: TextForm = { words: 'the path of a file, from the root', isOf: (text) => text.startsWith('/') };
const FIELD: TextForm = { words: 'a field such as host.hostname', isOf: (text) => /^[\w.@-]+$/.test(text) };
const INDEX: TextForm = { words: 'an index such as metricbeat-*', isOf: (text) => /^[\w.,*{}-]+$/.test(text) };

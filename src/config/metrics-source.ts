import { durationMs } from '../lib/duration.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import { PLAIN_URL } from './argument-rule.ts';
import { refuseOtherKeys } from './read-shape.ts';

/** Where measurements of nodes come from. */
export interface MetricsSource {
  readonly type: 'prometheus';
  /** Its URL, without a slash at the end. */
  readonly address: string;
  /** Between two readings. */
  readonly intervalMs: number;
}

const DEFAULT_INTERVAL_MS = 30_000;
const LEAST_INTERVAL_MS = 1000;
const MOST_INTERVAL_MS = 5 * 60_000;

/** Kinds of sources that Volcano has beside, and what to do. */
const NOT_READ: ReadonlyMap<string, string> = new Map([
  ['prometheus_adaptor', 'custom metrics of the API server are not read; name the Prometheus behind them'],
  ['elasticsearch', 'Elasticsearch is not read; name a Prometheus'],
]);

/** Reads Volcano's `metrics`; undefined when there is none. */
export function readMetricsSource(raw: unknown, errors: FieldError[]): MetricsSource | undefined {
  const given = member(raw, 'metrics');
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) {
    errors.push(fieldError('metrics', 'FieldValueInvalid', given, 'must be a map'));
    return undefined;
  }
  refuseOtherKeys(given, ['type', 'address', 'interval'], 'metrics', errors);
  const type = given['type'];
  if (type !== 'prometheus') {
    const word = NOT_READ.get(typeof type === 'string' ? type : '') ?? 'must be prometheus';
    errors.push(fieldError('metrics.type', 'FieldValueNotSupported', type, word));
  }
  return { type: 'prometheus', address: readAddress(given, errors), intervalMs: readInterval(given, errors) };
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

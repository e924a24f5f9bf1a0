import { SUBDOMAIN_PATTERN } from '../api/patterns.ts';
import type { ShardedScheduler, ShardingSettings } from '../api/sharding.ts';
import { durationMs } from '../lib/duration.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import type { Reading } from './reading.ts';
import { readPolicies } from './read-shard-policies.ts';
import { listAt, refuseOtherKeys } from './read-shape.ts';

const TOP = ['schedulerConfigs', 'shardSyncPeriod', 'enableNodeEventTrigger'];
const SCHEDULER = [
  'name',
  'type',
  'policies',
  'cpuUtilizationMin',
  'cpuUtilizationMax',
  'preferWarmupNodes',
  'minNodes',
  'maxNodes',
];
/** Volcano's own. */
const USUAL_SYNC_MS = 60_000;
/** More often would only write. */
const SHORTEST_SYNC_MS = 1000;

/** Reads Volcano's sharding configuration; undefined where nothing is said. Keys that nobody knows are left out and told. */
export function readSharding(raw: unknown): Reading<ShardingSettings | undefined> {
  if (raw === null) return { kind: 'value', value: undefined, trimmed: [] };
  const errors: FieldError[] = [];
  const trimmed: FieldError[] = [];
  if (!isJsonObject(raw)) errors.push(fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map'));
  refuseOtherKeys(raw, TOP, '', trimmed);
  const list = listAt(raw, 'schedulerConfigs', 'schedulerConfigs', errors);
  if (list.length === 0) {
    errors.push(fieldError('schedulerConfigs', 'FieldValueRequired', undefined, 'must have at least one scheduler'));
  }
  const schedulers = list.map((each, at) => readScheduler(each, `schedulerConfigs[${at}]`, errors, trimmed));
  for (const [at, { name }] of schedulers.entries()) {
    if (schedulers.findIndex((other) => other.name === name) === at) continue;
    errors.push(fieldError(`schedulerConfigs[${at}].name`, 'FieldValueDuplicate', name, 'is told twice'));
  }
  const value = { schedulers, syncMs: readSync(raw, errors), isEventful: readEventful(raw, errors) };
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'value', value, trimmed };
}

function readScheduler(raw: JsonValue, path: string, errors: FieldError[], trimmed: FieldError[]): ShardedScheduler {
  refuseOtherKeys(raw, SCHEDULER, path, trimmed);
  const name = stringAt(raw, ['name']);
  if (!new RegExp(SUBDOMAIN_PATTERN).test(name)) {
    errors.push(fieldError(`${path}.name`, 'FieldValueInvalid', name, 'must be the name of a scheduler'));
  }
  return { name, policies: readPolicies(raw, path, errors, trimmed) };
}

function readSync(raw: unknown, errors: FieldError[]): number {
  const said = member(raw, 'shardSyncPeriod');
  if (said === undefined || said === null) return USUAL_SYNC_MS;
  const ms = typeof said === 'string' ? durationMs(said) : undefined;
  if (ms !== undefined && ms >= SHORTEST_SYNC_MS) return ms;
  errors.push(fieldError('shardSyncPeriod', 'FieldValueInvalid', said, 'must be a duration of a second or more'));
  return USUAL_SYNC_MS;
}

function readEventful(raw: unknown, errors: FieldError[]): boolean {
  const said = member(raw, 'enableNodeEventTrigger') ?? true;
  if (typeof said === 'boolean') return said;
  errors.push(fieldError('enableNodeEventTrigger', 'FieldValueInvalid', said, 'must be true or false'));
  return true;
}

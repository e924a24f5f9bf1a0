import type { ShardPolicy } from '../api/sharding.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { member, memberAt, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { listAt, notSupported, refuseOtherKeys } from './read-shape.ts';

/** The label that Volcano gives nodes that are kept warm. */
const WARM = { label: 'node.volcano.sh/warmup', value: 'true' };
/** A score is 1 at most, so that warm nodes come before all others. */
const WARM_FIRST = 2;

/** What each policy can be told. */
const ARGUMENTS: Readonly<Record<ShardPolicy['name'], readonly string[]>> = {
  'allocation-rate': ['minCPUUtil', 'maxCPUUtil'],
  warmup: ['warmupLabel', 'warmupLabelValue'],
  'node-limit': ['minNodes', 'maxNodes'],
};

/** The policies of one scheduler: its list, and what stands for policies in the older form. */
export function readPolicies(
  raw: JsonValue,
  path: string,
  errors: FieldError[],
  trimmed: FieldError[],
): readonly ShardPolicy[] {
  const listed = listAt(raw, 'policies', `${path}.policies`, errors).flatMap((each, at) =>
    readPolicy(each, `${path}.policies[${at}]`, errors, trimmed),
  );
  return [...listed, ...readOlderForm(raw, path, errors)];
}

function readPolicy(raw: JsonValue, path: string, errors: FieldError[], trimmed: FieldError[]): readonly ShardPolicy[] {
  refuseOtherKeys(raw, ['name', 'weight', 'arguments'], path, trimmed);
  const name = stringAt(raw, ['name']);
  if (!isPolicy(name)) {
    errors.push(notSupported(`${path}.name`, name, Object.keys(ARGUMENTS)));
    return [];
  }
  const said = memberAt(raw, 'arguments');
  const at = `${path}.arguments`;
  refuseOtherKeys(said, ARGUMENTS[name], at, trimmed);
  const weight = wholeAt(raw, 'weight', path, 1, errors);
  if (name === 'allocation-rate') return [rate(said, ['minCPUUtil', 'maxCPUUtil'], at, weight, errors)];
  if (name === 'node-limit') return [limit(said, at, errors)];
  const label = stringAt(said, ['warmupLabel']) || WARM.label;
  return [{ name, weight, label, value: stringAt(said, ['warmupLabelValue']) || WARM.value }];
}

function readOlderForm(raw: JsonValue, path: string, errors: FieldError[]): readonly ShardPolicy[] {
  const has = (...keys: readonly string[]): boolean => keys.some((key) => member(raw, key) !== undefined);
  const bounds = ['cpuUtilizationMin', 'cpuUtilizationMax'] as const;
  const warm = member(raw, 'preferWarmupNodes') ?? false;
  if (typeof warm !== 'boolean') {
    errors.push(fieldError(`${path}.preferWarmupNodes`, 'FieldValueInvalid', warm, 'must be true or false'));
  }
  return [
    ...(has(...bounds) ? [rate(raw, bounds, path, 1, errors)] : []),
    ...(warm === true ? [{ name: 'warmup', weight: WARM_FIRST, ...WARM } as const] : []),
    ...(has('minNodes', 'maxNodes') ? [limit(raw, path, errors)] : []),
  ];
}

function rate(
  raw: unknown,
  [minKey, maxKey]: readonly [string, string],
  path: string,
  weight: number,
  errors: FieldError[],
): ShardPolicy {
  const share = (key: string, usual: number): number => {
    const said = member(raw, key) ?? usual;
    if (typeof said === 'number' && said >= 0 && said <= 1) return said;
    errors.push(fieldError(`${path}.${key}`, 'FieldValueInvalid', said, 'must be a number from 0 to 1'));
    return usual;
  };
  const [min, max] = [share(minKey, 0), share(maxKey, 1)];
  if (min > max) errors.push(fieldError(`${path}.${maxKey}`, 'FieldValueInvalid', max, `must be ${minKey} or more`));
  return { name: 'allocation-rate', weight, min, max };
}

function limit(raw: unknown, path: string, errors: FieldError[]): ShardPolicy {
  const min = wholeAt(raw, 'minNodes', path, 0, errors);
  // Volcano's word for no limit.
  const max = wholeAt(raw, 'maxNodes', path, 0, errors) || Infinity;
  if (min > max) errors.push(fieldError(`${path}.maxNodes`, 'FieldValueInvalid', max, 'must be minNodes or more'));
  return { name: 'node-limit', min, max };
}

function wholeAt(raw: unknown, key: string, path: string, usual: number, errors: FieldError[]): number {
  const said = member(raw, key) ?? usual;
  if (typeof said === 'number' && Number.isSafeInteger(said) && said >= 0) return said;
  errors.push(fieldError(`${path}.${key}`, 'FieldValueInvalid', said, 'must be a whole number of 0 or more'));
  return usual;
}

function isPolicy(name: string): name is ShardPolicy['name'] {
  return Object.hasOwn(ARGUMENTS, name);
}

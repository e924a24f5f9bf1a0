import { arrayAt, member, objectAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { parseQuantity } from '../../../lib/quantity.ts';
import type {
  CapacityPolicy,
  CapacityRange,
  CounterSet,
  DeviceAttribute,
  DeviceCapacity,
  DeviceReach,
  DeviceRecord,
} from '../../records/device-records.ts';
import { objects, text } from '../metadata.ts';
import { valueAmounts } from './device-amounts.ts';
import { deviceReach } from './device-reach.ts';
import { deviceTaint } from './device-taint.ts';

/** The slice that a device stands in. */
interface OwnSlice {
  readonly driver: string;
  readonly pool: string;
  readonly reach: DeviceReach | undefined;
}

export function readDevice(raw: JsonObject, { driver, pool, reach }: OwnSlice): DeviceRecord {
  return {
    driver,
    pool,
    name: text(raw, 'name'),
    attributes: attributes(objectAt(raw, 'attributes'), driver),
    capacity: new Map(Object.entries(objectAt(raw, 'capacity')).flatMap(([name, one]) => capacity(name, one))),
    consumes: objects(raw, 'consumesCounters').map(consumed),
    reach: reach ?? deviceReach(raw),
    taints: objects(raw, 'taints').map(deviceTaint),
    allowsMultiple: member(raw, 'allowMultipleAllocations') === true,
    bindsToNode: member(raw, 'bindsToNode') === true,
    bindingConditions: texts(raw, 'bindingConditions'),
    bindingFailureConditions: texts(raw, 'bindingFailureConditions'),
  };
}

/** What a device says that Sluice does not look at: off in Kubernetes 1.37 unless somebody switches it on. */
export function deviceTroubles(raw: JsonObject): readonly string[] {
  const isList = Object.values(objectAt(raw, 'attributes')).some((attribute) =>
    LISTS.some((key) => member(attribute, key) !== undefined),
  );
  const isGrouped = objects(raw, 'consumesCounters').some((one) => arrayAt(one, 'compatibilityGroups').length > 0);
  const isMapped = Object.keys(objectAt(raw, 'nodeAllocatableResources')).length > 0;
  return [
    ...(isList ? ['attributes that are lists'] : []),
    ...(isGrouped ? ['compatibilityGroups'] : []),
    ...(isMapped ? ['nodeAllocatableResources'] : []),
  ];
}

const LISTS = ['ints', 'bools', 'strings', 'versions'];

export function texts(raw: JsonObject, key: string): readonly string[] {
  return arrayAt(raw, key).filter((entry) => typeof entry === 'string');
}

function attributes(raw: JsonObject, driver: string): ReadonlyMap<string, DeviceAttribute> {
  const known = new Map<string, DeviceAttribute>();
  for (const [name, value] of Object.entries(raw)) {
    const attribute = readAttribute(value);
    if (attribute !== undefined) known.set(name.includes('/') ? name : `${driver}/${name}`, attribute);
  }
  return known;
}

function readAttribute(raw: unknown): DeviceAttribute | undefined {
  const int = member(raw, 'int');
  if (typeof int === 'number' && Number.isInteger(int)) return { kind: 'int', value: BigInt(int) };
  const bool = member(raw, 'bool');
  if (typeof bool === 'boolean') return { kind: 'bool', value: bool };
  const string = member(raw, 'string');
  if (typeof string === 'string') return { kind: 'string', value: string };
  const version = member(raw, 'version');
  return typeof version === 'string' ? { kind: 'version', value: version } : undefined;
}

function capacity(name: string, raw: unknown): readonly (readonly [string, DeviceCapacity])[] {
  const value = parseQuantity(member(raw, 'value'));
  if (value === undefined) return [];
  const policy = objectAt(raw, 'requestPolicy');
  return [[name, { value, policy: Object.keys(policy).length === 0 ? undefined : capacityPolicy(policy) }]];
}

function capacityPolicy(raw: JsonObject): CapacityPolicy {
  return {
    fallback: parseQuantity(member(raw, 'default')),
    values: arrayAt(raw, 'validValues')
      .flatMap((value) => parseQuantity(value) ?? [])
      .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    range: capacityRange(objectAt(raw, 'validRange')),
  };
}

function capacityRange(raw: JsonObject): CapacityRange | undefined {
  const min = parseQuantity(member(raw, 'min'));
  if (min === undefined) return undefined;
  return { min, max: parseQuantity(member(raw, 'max')), step: parseQuantity(member(raw, 'step')) };
}

function consumed(raw: JsonObject): CounterSet {
  return { set: text(raw, 'counterSet'), counters: valueAmounts(objectAt(raw, 'counters')) };
}

import { parseSemver } from '../../cel/semver.ts';
import { MadeMap, Quantity } from '../../cel/value.ts';
import type { MapKey, Value } from '../../cel/value.ts';
import type { DeviceAttribute, DeviceRecord } from '../records/device-records.ts';

const NOTHING = new MadeMap(new Map());
const values = new WeakMap<DeviceRecord, MadeMap>();

/** A device as Kubernetes shows it to selectors; a domain of which it says nothing has no entries. */
export function deviceValue(device: DeviceRecord): MadeMap {
  let value = values.get(device);
  if (value === undefined) values.set(device, (value = makeValue(device)));
  return value;
}

function makeValue({ driver, attributes, capacity, allowsMultiple }: DeviceRecord): MadeMap {
  return new MadeMap(
    new Map<MapKey, Value>([
      ['driver', driver],
      ['allowMultipleAllocations', allowsMultiple],
      ['attributes', byDomain(attributes, driver, attributeValue)],
      ['capacity', byDomain(capacity, driver, ({ value }) => new Quantity(value))],
    ]),
  );
}

/** `domain/name`; without a domain it is the driver's own. */
function byDomain<T>(
  entries: ReadonlyMap<string, T>,
  driver: string,
  valueOf: (entry: T) => Value | undefined,
): MadeMap {
  const domains = new Map<MapKey, Map<MapKey, Value>>();
  for (const [qualified, entry] of entries) {
    const slash = qualified.indexOf('/');
    const domain = slash < 0 ? driver : qualified.slice(0, slash);
    const value = valueOf(entry);
    if (value === undefined) continue;
    const names = domains.get(domain) ?? new Map<MapKey, Value>();
    names.set(qualified.slice(slash + 1), value);
    domains.set(domain, names);
  }
  const maps = [...domains].map(([domain, names]): [MapKey, Value] => [domain, new MadeMap(names)]);
  return new MadeMap(new Map(maps), NOTHING);
}

/** Undefined for a text that is no version, which the API server does not store. */
function attributeValue(attribute: DeviceAttribute): Value | undefined {
  return attribute.kind === 'version' ? parseSemver(attribute.value) : attribute.value;
}

import type { DeviceRecord, SliceRecord } from '../../src/api/records/device-records.ts';

export const DRIVER = 'gpu.example.com';
/** Billionths of one. */
export const ONE = 1_000_000_000n;

/** A device of its slice, without anything that could keep it from somebody. */
export function makeDevice(name: string, overrides: Partial<DeviceRecord> = {}): DeviceRecord {
  return {
    driver: DRIVER,
    pool: 'pool',
    name,
    attributes: new Map(),
    capacity: new Map(),
    consumes: [],
    reach: undefined,
    taints: [],
    allowsMultiple: false,
    bindsToNode: false,
    bindingConditions: [],
    bindingFailureConditions: [],
    ...overrides,
  };
}

/** The only slice of the node's pool, which has the node's name. */
export function makeSlice(
  node: string,
  devices: readonly DeviceRecord[],
  overrides: Partial<SliceRecord> = {},
): SliceRecord {
  const { pool = node, driver = DRIVER, reach = { kind: 'node', node } } = overrides;
  return {
    name: `${node}-slice`,
    generation: 1,
    sliceCount: 1,
    sharedCounters: [],
    troubles: [],
    ...overrides,
    driver,
    pool,
    reach: 'reach' in overrides ? overrides.reach : reach,
    devices: devices.map((device) => ({ ...device, driver, pool })),
  };
}

import type {
  AllocatedDevice,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceRecord,
  DeviceRequestRecord,
  DeviceSelector,
  SliceRecord,
} from '../../src/api/records/device-records.ts';

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

/** The device of a pool as a claim has it, to itself. */
export function makeAllocated(pool: string, device: string, overrides: Partial<AllocatedDevice> = {}): AllocatedDevice {
  return {
    request: 'gpu',
    driver: DRIVER,
    pool,
    device,
    adminAccess: false,
    tolerations: [],
    bindingConditions: [],
    bindingFailureConditions: [],
    share: undefined,
    consumed: new Map(),
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

export function makeDeviceClass(name: string, selectors: readonly DeviceSelector[] = []): DeviceClassRecord {
  return { name, createdMs: 0, selectors, config: [], extendedResourceName: '' };
}

/** One device of class `gpu`, unless overridden. */
export function makeAsk(overrides: Partial<DeviceAsk> = {}): DeviceAsk {
  return {
    name: '',
    className: 'gpu',
    selectors: [],
    mode: 'ExactCount',
    count: 1,
    adminAccess: false,
    tolerations: [],
    capacity: new Map(),
    ...overrides,
  };
}

export function makeRequest(name: string, ...asks: readonly Partial<DeviceAsk>[]): DeviceRequestRecord {
  return { name, asks: (asks.length === 0 ? [{}] : asks).map(makeAsk) };
}

/** A claim of namespace `ns`, not allocated. */
export function makeDeviceClaim(
  name: string,
  requests: readonly DeviceRequestRecord[],
  overrides: Partial<DeviceClaimRecord> = {},
): DeviceClaimRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    deleting: false,
    ownerUid: '',
    requests,
    constraints: [],
    config: [],
    allocation: undefined,
    reservedFor: [],
    isProtected: false,
    statuses: [],
    troubles: [],
    ...overrides,
  };
}

/** Matches by what is written here, not by the text. */
export function selecting(text: string, matches: DeviceSelector['matches']): DeviceSelector {
  return { text, unsupported: undefined, matches };
}

/** Names and values that devices of a random world are made of, and the classes that every world has. */
export const DRIVERS = {
  /** Each device is given out once. */
  whole: 'whole.example.com',
  /** Devices that overlap, so that counters decide. */
  part: 'part.example.com',
  /** Devices that claims share. */
  share: 'share.example.com',
  /** Devices that several nodes reach. */
  net: 'net.example.com',
} as const;
export const MODELS = ['a', 'b'] as const;
export const LEVELS = [1, 2, 3] as const;
export const TAINTS = ['sick', 'old'] as const;

/** The class whose devices pods may ask for as for a resource of nodes, and the resource. */
export const SERVED_CLASS = 'any';
export const SERVED = 'example.com/served';

/** Name and condition of each class. */
export const DEVICE_CLASSES: ReadonlyMap<string, string> = new Map([
  ['any', 'true'],
  ...Object.entries(DRIVERS).map(([name, driver]): [string, string] => [name, `device.driver == "${driver}"`]),
  [
    'large',
    'has(device.capacity["whole.example.com"].memory) && device.capacity["whole.example.com"].memory.compareTo(quantity("20Gi")) >= 0',
  ],
]);

/** Conditions of requests; none fails on any device. */
export const SELECTORS = [
  'has(device.attributes["whole.example.com"].model) && device.attributes["whole.example.com"].model == "a"',
  'has(device.attributes["whole.example.com"].level) && device.attributes["whole.example.com"].level >= 2',
  '"numa" in device.attributes["topo.example.com"] && device.attributes["topo.example.com"].numa == 1',
  'device.driver.startsWith("whole") || device.driver in ["net.example.com", "part.example.com"]',
  'has(device.attributes["whole.example.com"].version) && device.attributes["whole.example.com"].version.isGreaterThan(semver("1.1.0"))',
  'has(device.attributes["whole.example.com"].model) && ["a", "z"].exists(m, device.attributes["whole.example.com"].model == m)',
  'device.allowMultipleAllocations == true || device.driver != "share.example.com"',
] as const;

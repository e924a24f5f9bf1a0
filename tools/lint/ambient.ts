/** A global object that reads or changes the world outside a function's arguments. */
export interface AmbientGlobal {
  readonly name: string;
  readonly message: string;
}

/** One property of an otherwise harmless global; without an object the property is refused everywhere. */
export interface AmbientProperty {
  readonly object?: string;
  readonly property: string;
  readonly message: string;
}

const CLOCK = 'Take the time from the input or from the Clock port.';
const CHANCE = 'Take the seed from the input or from the Randomness port.';
const TIMER = 'Use the Clock port.';
const WORLD = 'Only src/adapters and src/cli know the process.';
const NETWORK = 'Only src/adapters talks to the network.';
const ALIAS = 'A way around the other bans.';
const LOCALE = 'Depends on the locale of the machine; compare code units instead.';

/** Globals that no platform-free folder may name. */
export const AMBIENT_GLOBALS: readonly AmbientGlobal[] = [
  ...named(CLOCK, ['performance']),
  ...named(CHANCE, ['crypto']),
  ...named(TIMER, ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']),
  ...named(TIMER, ['queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback']),
  ...named(WORLD, ['process', 'console', 'Buffer', 'navigator', 'localStorage', 'sessionStorage', 'require', 'module']),
  ...named(WORLD, ['__dirname', '__filename', 'FinalizationRegistry', 'WeakRef']),
  ...named(NETWORK, [
    'fetch',
    'WebSocket',
    'EventSource',
    'XMLHttpRequest',
    'BroadcastChannel',
    'MessageChannel',
    'Worker',
  ]),
  ...named(ALIAS, ['globalThis', 'global', 'window', 'self', 'eval', 'Function']),
  ...named(LOCALE, ['Intl']),
];

/** Properties that no platform-free folder may read. */
export const AMBIENT_PROPERTIES: readonly AmbientProperty[] = [
  { object: 'Date', property: 'now', message: CLOCK },
  { object: 'Math', property: 'random', message: CHANCE },
  { object: 'AbortSignal', property: 'timeout', message: TIMER },
  { object: 'Atomics', property: 'wait', message: TIMER },
  { object: 'Atomics', property: 'waitAsync', message: TIMER },
  { property: 'localeCompare', message: LOCALE },
  { property: 'toLocaleString', message: LOCALE },
];

/** A platform-free file that may name one of those globals, with the reason. */
export interface AmbientExemption {
  readonly file: string;
  readonly global: string;
  readonly reason: string;
}

export const AMBIENT_EXEMPTIONS: readonly AmbientExemption[] = [
  {
    file: 'src/lib/cron/zone.ts',
    global: 'Intl',
    reason: 'What clocks of a zone show is known to it alone; locale, zone and moment are all given.',
  },
];

function named(message: string, names: readonly string[]): readonly AmbientGlobal[] {
  return names.map((name) => ({ name, message }));
}

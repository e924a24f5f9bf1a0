import type { SeededRandom } from '../random.ts';

/** Names and values that nodes and pods of a random world are made of: few, so that they meet. */
export const NAMESPACES = ['red', 'green', 'blue'] as const;
export const HOSTNAME = 'kubernetes.io/hostname';
export const ZONE = 'topology.kubernetes.io/zone';
export const RACK = 'example.com/rack';
export const ARCH = 'kubernetes.io/arch';
export const ARCHS = ['amd64', 'arm64'] as const;
export const ZONES = ['a', 'b', 'c'] as const;
export const RACKS = ['1', '2', '3', '4', '5', '6'] as const;
export const DISKS = ['ssd', 'hdd', 'nvme'] as const;
/** Numbers and what is none: not even 64 bits hold the last but one. */
export const SIZES = ['1', '2', '10', '007', 'large', '', '9223372036854775808', '40'] as const;
export const APPS = ['web', 'db', 'cache'] as const;
export const TIERS = ['front', 'back'] as const;
export const VERSIONS = ['v1', 'v2'] as const;
export const TEAMS = ['x', 'y'] as const;
export const TAINT_KEYS = ['dedicated', 'gpu', 'spot'] as const;
export const TAINT_VALUES = ['a', 'b', ''] as const;
export const TAINT_EFFECTS = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'] as const;
export const DEVICE = 'example.com/device';
export const HUGE = 'hugepages-2Mi';
/** A runtime class whose pods have an overhead. */
export const HEAVY_RUNTIME = 'heavy';

export type Labels = Readonly<Record<string, string>>;

/** The named entry with the probability, else nothing: to be spread into an object. */
export function sometimes<K extends string, V>(
  random: SeededRandom,
  probability: number,
  key: K,
  value: () => V,
): { readonly [P in K]?: V } {
  return random.chance(probability) ? ({ [key]: value() } as { readonly [P in K]?: V }) : {};
}

export function list<T>(random: SeededRandom, min: number, max: number, make: (index: number) => T): T[] {
  return Array.from({ length: random.between(min, max) }, (_, index) => make(index));
}

/** Some of the choices, each at most once, in their order. */
export function someOf<T>(random: SeededRandom, probability: number, choices: readonly T[]): T[] {
  return choices.filter(() => random.chance(probability));
}

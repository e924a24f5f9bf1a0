import type { AcceleratorVendor, DeviceModel } from './catalogue/vendor.ts';

/**
 * Drivers keep some memory for themselves: a device counts for its nominal size, and what it publishes may be up to a
 * fifteenth less (an H100 of 80 GB publishes 81559 MiB).
 */
const KEPT_BY_DRIVER = 1 / 15;

/** The least that a device may publish so that it counts for so much, MiB. */
export function leastPublished(memoryMib: number): number {
  return Math.ceil(memoryMib * (1 - KEPT_BY_DRIVER));
}

/** `NVIDIA-H100-80GB-HBM3` has the words nvidia, h100, 80gb, hbm3. */
export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The words stand one after another. */
export function isSpelled(words: readonly string[], spelling: readonly string[]): boolean {
  return words.some((_, at) => spelling.every((word, index) => words[at + index] === word));
}

export function spellingsOf({ name, spellings }: DeviceModel): readonly (readonly string[])[] {
  return spellings ?? [wordsOf(name)];
}

/** The models of the vendor that a name stands for. */
export function modelsNamed({ models }: AcceleratorVendor, name: string): readonly DeviceModel[] {
  return models.filter((model) => model.name === name || (model.aliases ?? []).includes(name));
}

/** How a vendor may spell one of the names; names that nobody knows are spelled as they are. */
export function spellingsFor(vendor: AcceleratorVendor, names: readonly string[]): readonly (readonly string[])[] {
  return names.flatMap((name) => {
    const known = modelsNamed(vendor, name);
    return known.length === 0 ? [wordsOf(name)].filter((words) => words.length > 0) : known.flatMap(spellingsOf);
  });
}

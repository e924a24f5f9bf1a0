import { ClassMembers } from './class-members.ts';
import type { DeviceFacts } from './device-facts.ts';

/** How many devices there are of a class, busy or not; parts of one device count each. Kept until slices or classes change. */
export class ClassTotals {
  readonly #facts: DeviceFacts;
  readonly #totals = new Map<string, number>();
  #version = -1;
  readonly #members = new ClassMembers();

  constructor(facts: DeviceFacts) {
    this.#facts = facts;
  }

  /** O(devices) for new ones, and once after a change. */
  of(className: string): number {
    if (this.#version !== this.#facts.version) this.#totals.clear();
    this.#version = this.#facts.version;
    let total = this.#totals.get(className);
    if (total === undefined) this.#totals.set(className, (total = this.#count(className)));
    return total;
  }

  #count(className: string): number {
    const deviceClass = this.#facts.classes.get(className);
    if (deviceClass === undefined) return 0;
    let count = 0;
    for (const { isComplete, problem, slices } of this.#facts.pools.all()) {
      if (!isComplete || problem !== undefined) continue;
      for (const { devices } of slices) {
        for (const device of devices) if (this.#members.has(device, deviceClass)) count += 1;
      }
    }
    return count;
  }
}

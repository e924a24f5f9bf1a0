import type { DeviceClassRecord, DeviceRecord } from '../../api/records/device-records.ts';
import type { DeviceFacts } from './device-facts.ts';

/** How many devices there are of a class, busy or not; parts of one device count each. Kept until slices or classes change. */
export class ClassTotals {
  readonly #facts: DeviceFacts;
  readonly #totals = new Map<string, number>();
  #version = -1;
  /** Classes change rarely, and devices far less often than slices are looked at. */
  readonly #members = new WeakMap<DeviceClassRecord, WeakMap<DeviceRecord, boolean>>();

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
    let members = this.#members.get(deviceClass);
    if (members === undefined) this.#members.set(deviceClass, (members = new WeakMap()));
    let count = 0;
    for (const { isComplete, problem, slices } of this.#facts.pools.all()) {
      if (!isComplete || problem !== undefined) continue;
      for (const { devices } of slices) {
        for (const device of devices) if (isMember(device, deviceClass, members)) count += 1;
      }
    }
    return count;
  }
}

function isMember(
  device: DeviceRecord,
  { selectors }: DeviceClassRecord,
  known: WeakMap<DeviceRecord, boolean>,
): boolean {
  let answer = known.get(device);
  if (answer === undefined) known.set(device, (answer = selectors.every(({ matches }) => matches(device) === true)));
  return answer;
}

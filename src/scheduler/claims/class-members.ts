import type { DeviceClassRecord, DeviceRecord } from '../../api/records/device-records.ts';

/** Which devices are of which class. Kept, since classes change rarely and devices far less often than they are looked at. */
export class ClassMembers {
  readonly #known = new WeakMap<DeviceClassRecord, WeakMap<DeviceRecord, boolean>>();

  has(device: DeviceRecord, deviceClass: DeviceClassRecord): boolean {
    let known = this.#known.get(deviceClass);
    if (known === undefined) this.#known.set(deviceClass, (known = new WeakMap()));
    let answer = known.get(device);
    if (answer === undefined) {
      answer = deviceClass.selectors.every(({ matches }) => matches(device) === true);
      known.set(device, answer);
    }
    return answer;
  }
}

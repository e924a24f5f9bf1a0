import type { DeviceAttribute, DeviceConstraint, DeviceRecord } from '../../api/records/device-records.ts';

/** One constraint of a claim in the middle of a choice: which values its devices have so far. */
export class AttributeConstraint {
  readonly #constraint: DeviceConstraint;
  readonly #values: DeviceAttribute[] = [];

  constructor(constraint: DeviceConstraint) {
    this.#constraint = constraint;
  }

  /** Whether it is about devices of the request, or of this alternative of it. */
  concerns(request: string, full: string): boolean {
    const { requests } = this.#constraint;
    return requests.length === 0 || requests.includes(request) || requests.includes(full);
  }

  /** Takes the device in; false when it may not be beside those that are. */
  add(device: DeviceRecord): boolean {
    const value = device.attributes.get(this.#constraint.attribute);
    if (value === undefined) return false;
    const [first] = this.#values;
    const isFit =
      this.#constraint.kind === 'match'
        ? first === undefined || isSame(first, value)
        : !this.#values.some((other) => isSame(other, value));
    if (isFit) this.#values.push(value);
    return isFit;
  }

  /** Takes out what was taken in last. */
  removeLast(): void {
    this.#values.pop();
  }
}

function isSame(a: DeviceAttribute, b: DeviceAttribute): boolean {
  return a.kind === b.kind && a.value === b.value;
}

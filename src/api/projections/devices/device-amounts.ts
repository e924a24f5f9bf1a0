import { member } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { parseQuantity } from '../../../lib/quantity.ts';
import type { DeviceAmounts } from '../../records/device-records.ts';

/** Quantities by name, in billionths; what is none is left out. */
export function deviceAmounts(raw: JsonObject): DeviceAmounts {
  return amountsOf(raw, (value) => value);
}

/** The same of `name: { value: … }`, as counters are written. */
export function valueAmounts(raw: JsonObject): DeviceAmounts {
  return amountsOf(raw, (entry) => member(entry, 'value'));
}

function amountsOf(raw: JsonObject, quantityOf: (entry: unknown) => unknown): DeviceAmounts {
  const amounts = new Map<string, bigint>();
  for (const [name, entry] of Object.entries(raw)) {
    const amount = parseQuantity(quantityOf(entry));
    if (amount !== undefined) amounts.set(name, amount);
  }
  return amounts;
}

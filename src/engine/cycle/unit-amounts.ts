import { askedUnits } from '../../api/accelerators/asked-units.ts';
import { DEVICE_CLASSES } from '../../api/accelerators/device-class.ts';
import { deviceUnit } from '../../api/accelerators/unit-class.ts';
import type { ResourceAmounts, SchedulingShape } from '../../api/records/scheduling-shape.ts';

/** Names for devices of all vendors in one unit, and for their memory. */
const UNITS = DEVICE_CLASSES.flatMap((name) => [`sluice.dev/${name}`, `sluice.dev/${name}-memory`]).flatMap((name) => {
  const unit = deviceUnit(name);
  return unit === undefined ? [] : [{ name, unit }];
});

/** What pods ask for, with what that comes to in the units of all vendors, under their names. Kept by shape: most pods are like others. */
export class UnitAmounts {
  readonly #known = new WeakMap<SchedulingShape, ResourceAmounts>();

  of(shape: SchedulingShape): ResourceAmounts {
    // Names of devices have a domain, and most pods ask for none.
    if (!shape.requests.keys().some((name) => name.includes('/'))) return shape.requests;
    let amounts = this.#known.get(shape);
    if (amounts === undefined) this.#known.set(shape, (amounts = withUnits(shape)));
    return amounts;
  }
}

function withUnits(shape: SchedulingShape): ResourceAmounts {
  const amounts = new Map(shape.requests);
  for (const { name, unit } of UNITS) {
    const { units } = askedUnits(shape, unit);
    if (units > 0) amounts.set(name, (amounts.get(name) ?? 0) + units);
  }
  return amounts;
}

import { parseQuantity } from '../../lib/quantity.ts';
import type { JsonObject } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';

/** Amounts given as `cpu=1000m,memory=100Mi`; nothing for an empty text. Throws a SetupError for anything else. */
export function resourceList(given: string): JsonObject {
  if (given === '') return {};
  return Object.fromEntries(given.split(',').map(resourceAmount));
}

function resourceAmount(statement: string): readonly [string, string] {
  const [name = '', amount, ...rest] = statement.split('=');
  if (amount === undefined || rest.length > 0) {
    throw new SetupError(`invalid argument syntax ${statement}, expected <resource>=<value>`);
  }
  if (parseQuantity(amount) === undefined) throw new SetupError(`${name}=${amount}: ${amount} is not a quantity`);
  return [name, amount];
}

import { arrayAt, memberAt, objectAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';

/** Amounts by resource, in exact thousandths. Read by nobody's code but the oracle's own. */
export type Amounts = ReadonlyMap<string, bigint>;

const FACTORS: Readonly<Record<string, bigint>> = {
  m: 1n,
  '': 1000n,
  Ki: 1000n * 1024n,
  Mi: 1000n * 1024n ** 2n,
  Gi: 1000n * 1024n ** 3n,
};

/** The forms that these tests write; any other is a mistake in the test, not a zero. */
function readQuantity(value: unknown): bigint {
  const [, digits, suffix] = /^(\d+)(m|Ki|Mi|Gi)?$/.exec(String(value)) ?? [];
  const factor = FACTORS[suffix ?? ''];
  if (digits === undefined || factor === undefined)
    throw new Error(`the oracle cannot read the quantity ${String(value)}`);
  return BigInt(digits) * factor;
}

/** Every member of a resource list. */
export function readAmounts(list: JsonObject): Amounts {
  return new Map(Object.entries(list).map(([name, value]) => [name, readQuantity(value)]));
}

/** What a pod holds of its node, its place in the node's count of pods included. */
export function podAmounts(pod: JsonObject): Amounts {
  if (memberAt(pod, 'spec', 'initContainers') !== undefined || memberAt(pod, 'spec', 'overhead') !== undefined) {
    throw new Error('the oracle knows plain containers only');
  }
  const total = new Map<string, bigint>([['pods', 1000n]]);
  for (const container of arrayAt(pod, 'spec', 'containers')) {
    for (const [name, amount] of readAmounts(objectAt(container, 'resources', 'requests'))) {
      total.set(name, (total.get(name) ?? 0n) + amount);
    }
  }
  return total;
}

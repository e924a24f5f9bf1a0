import type { AcceleratorVendor, DeviceModel } from '../../src/api/accelerators/catalogue/vendor.ts';
import { leastPublished, modelsNamed, wordsOf } from '../../src/api/accelerators/device-model.ts';
import { memoryInWords } from './device-facts.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** Models of the vendor that some device as wished may be of, by what the catalogue knows; unknown names are not judged. */
export function modelsFor(vendor: AcceleratorVendor, wish: AcceleratorWish): readonly DeviceModel[] {
  const named = wish.models.length === 0 ? vendor.models : wish.models.flatMap((name) => modelsNamed(vendor, name));
  return [...new Set(named)].filter(
    (model) =>
      (model.memoryMib === 0 || model.memoryMib >= leastPublished(wish.memoryMib)) &&
      (wish.compute === 0 || (model.compute ?? 0) >= wish.compute) &&
      (!wish.isOneDomain || wish.count === 1 || model.isLinked === true),
  );
}

/** Values of the vendor's model label that are known and as wished. */
export function productsFor(vendor: AcceleratorVendor, wish: AcceleratorWish): readonly string[] {
  return modelsFor(vendor, wish).flatMap(({ products = [], memoryMib }) =>
    products.filter((product) => {
      const words = wordsOf(product);
      const memory = memoryInWords(words) ?? memoryMib;
      const isLinked = !wish.isOneDomain || wish.count === 1 || !words.includes('pcie');
      return isLinked && memory >= leastPublished(wish.memoryMib);
    }),
  );
}

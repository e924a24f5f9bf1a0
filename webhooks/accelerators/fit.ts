import type { AcceleratorVendor, DeviceOffer } from '../../src/api/accelerators/catalogue/vendor.ts';
import {
  isSpelled,
  leastPublished,
  modelsNamed,
  spellingsFor,
  spellingsOf,
  wordsOf,
} from '../../src/api/accelerators/device-model.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** The devices are what the wish asks for, but for their number. */
export function suits(
  vendor: AcceleratorVendor,
  offer: DeviceOffer,
  facts: DeviceFacts,
  wish: AcceleratorWish,
): boolean {
  return (
    isOfModel(vendor, offer, facts, wish.models) &&
    (wish.memoryMib === 0 || facts.memoryMib >= leastPublished(wish.memoryMib)) &&
    (wish.compute === 0 || (facts.model?.compute ?? 0) >= wish.compute) &&
    (!wish.isOneDomain || wish.count === 1 || isLinked(facts)) &&
    (wish.topology === '' || facts.kind.labels.get(vendor.topologyLabel ?? '') === wish.topology) &&
    isGrain(offer, facts, wish)
  );
}

function isOfModel(
  vendor: AcceleratorVendor,
  { model }: DeviceOffer,
  { words }: DeviceFacts,
  names: readonly string[],
): boolean {
  if (names.length === 0) return true;
  if (model !== undefined) {
    const families = names.flatMap((name) => modelsNamed(vendor, name));
    const own = wordsOf(model.replace(vendor.name, ''));
    return families.some(
      (known) => known.name === model || spellingsOf(known).some((spelling) => isSpelled(own, spelling)),
    );
  }
  return spellingsFor(vendor, names).some((spelling) => isSpelled(words, spelling));
}

/** A card in a slot has no link of its own, whatever its chip could do. */
function isLinked({ model, words }: DeviceFacts): boolean {
  const isCard = words.includes('pcie') && !words.includes('nvl');
  return !isCard && (model?.isLinked === true || words.some((word) => word.startsWith('sxm')));
}

function isGrain(offer: DeviceOffer, facts: DeviceFacts, { profile, share, sharedMib }: AcceleratorWish): boolean {
  switch (offer.grain) {
    case 'whole':
      return !facts.isSliced && facts.replicas === 1;
    case 'profile':
      // Of a resource with a `*` the name says the profile.
      return offer.resource.includes('*') || isSpelled(facts.words, ['mig', ...wordsOf(profile)]);
    case 'replica':
      return facts.replicas > 1 && share > 0 && share * facts.replicas <= 100;
    case 'share':
      return [...(sharedMib > 0 ? [offer.memory] : []), ...(share > 0 ? [offer.cores] : [])].every(
        (name) => name !== undefined && (facts.kind.resources.get(name) ?? 0) > 0,
      );
  }
}

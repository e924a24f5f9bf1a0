import { CATALOGUE } from '../../src/api/accelerators/catalogue/table.ts';
import type { AcceleratorVendor } from '../../src/api/accelerators/catalogue/vendor.ts';
import { isSpelled, modelsNamed, spellingsFor, wordsOf } from '../../src/api/accelerators/device-model.ts';
import { deviceFacts } from './device-facts.ts';
import { starOf } from './inventory.ts';
import type { DeviceInventory, NodeKind } from './inventory.ts';
import { modelsFor } from './known-products.ts';
import { vendorsFor } from './offers.ts';
import type { Candidate } from './offers.ts';
import { formatWish, memoryText } from '../../src/api/accelerators/wish.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** Enough to choose from, short enough for a terminal. */
const MAX_LISTED = 6;

/** Why the wish means nothing whatever nodes there will ever be; undefined when it may come true. */
export function meaningless(wish: AcceleratorWish, inventory: DeviceInventory | undefined): string | undefined {
  const vendors = vendorsFor(wish);
  if (vendors.length === 0) return unknownVendor(wish);
  const unknown = wish.models.find((name) => !isKnown(name, vendors, inventory));
  if (unknown !== undefined) return unknownModel(unknown, vendors, inventory);
  if (vendors.some((vendor) => mayHave(vendor, wish, vendors))) return undefined;
  return `no device that is known is ${needText(wish)}; ${present(wish, inventory)}`;
}

/** What no node has, and what nodes have. */
export function absent(wish: AcceleratorWish, all: readonly Candidate[], inventory: DeviceInventory): string {
  const most = Math.max(0, ...all.flatMap(({ suiting }) => suiting.map(({ amount }) => amount)));
  const few = most > 0 && most < wish.count ? `, and the most that any node has is ${most}${acrossNodes(wish)}` : '';
  // What would do but for its number is what one looks for.
  const near = new Set(all.flatMap(({ suiting }) => suiting.map(({ kind }) => kind)));
  const kinds = inventory.kinds.toSorted((a, b) => Number(near.has(b)) - Number(near.has(a)));
  return `no node has ${needText(wish)}${few}; ${present(wish, { ...inventory, kinds })}`;
}

/** Who wishes for a link has more than one node in mind. */
function acrossNodes({ isOneDomain }: AcceleratorWish): string {
  const how = 'ask for what one pod gets, and say "one NVLink domain for the group"';
  return isOneDomain ? `; more take several pods: ${how}` : '';
}

function needText(wish: AcceleratorWish): string {
  return formatWish({ ...wish, container: '', mayCome: false });
}

function isKnown(name: string, vendors: readonly AcceleratorVendor[], inventory: DeviceInventory | undefined): boolean {
  if (vendors.some((vendor) => modelsNamed(vendor, name).length > 0)) return true;
  // What the catalogue has not heard of yet is known as soon as a node has it.
  return (inventory?.kinds ?? []).some((kind) =>
    vendors.some((vendor) =>
      productsOf(vendor, kind).some((product) =>
        spellingsFor(vendor, [name]).some((spelling) => isSpelled(wordsOf(product), spelling)),
      ),
    ),
  );
}

/** The vendor may have such devices, by what the catalogue knows; of models that only nodes know, nodes say it. */
function mayHave(vendor: AcceleratorVendor, wish: AcceleratorWish, vendors: readonly AcceleratorVendor[]): boolean {
  if (modelsFor(vendor, wish).length > 0) return true;
  if (wish.models.length === 0) return vendor.models.length === 0;
  return wish.models.some((name) => !vendors.some((known) => modelsNamed(known, name).length > 0));
}

/** What the kind's devices of the vendor are called. */
function productsOf(vendor: AcceleratorVendor, kind: NodeKind): readonly string[] {
  return vendor.offers
    .flatMap((offer) => {
      return [...kind.resources.keys()]
        .filter((resource) => starOf(resource, offer.resource) !== undefined)
        .map((resource) => deviceFacts(vendor, offer, resource, kind).product);
    })
    .filter((product) => product !== '');
}

function unknownVendor({ vendor, deviceClass }: AcceleratorWish): string {
  const names = CATALOGUE.filter((known) => deviceClass === 'device' || known.deviceClass === deviceClass).map(
    ({ name }) => name,
  );
  return `no vendor ${vendor} of that class is known; there are ${names.join(', ')}`;
}

function unknownModel(
  name: string,
  vendors: readonly AcceleratorVendor[],
  inventory: DeviceInventory | undefined,
): string {
  const all = vendors.flatMap(({ models }) => models.map((model) => model.name));
  const near = all.filter((known) => known.startsWith(name.slice(0, 2)) || name.startsWith(known));
  const shown = (near.length > 0 ? near : all).slice(0, 2 * MAX_LISTED).join(', ');
  const known = shown === '' ? 'no model of that class is known by name' : `known are ${shown}`;
  return `model ${name} is not known: ${known}; ${presentOf(vendors, inventory)}`;
}

function present(wish: AcceleratorWish, inventory: DeviceInventory | undefined): string {
  return presentOf(vendorsFor(wish), inventory);
}

/** What the nodes have of these vendors, the most frequent first. */
function presentOf(vendors: readonly AcceleratorVendor[], inventory: DeviceInventory | undefined): string {
  if (inventory === undefined) return 'which nodes there are is not known yet';
  const lines = inventory.kinds.flatMap((kind) => vendors.flatMap((vendor) => kindLines(vendor, kind)));
  const shown = [...new Set(lines)].slice(0, MAX_LISTED);
  if (shown.length === 0) return 'nodes have none of that class at all';
  const more = lines.length > shown.length ? ' and others' : '';
  return `there are: ${shown.join('; ')}${more}`;
}

function kindLines(vendor: AcceleratorVendor, kind: NodeKind): readonly string[] {
  const seen = new Set<string>();
  return vendor.offers.flatMap((offer) =>
    [...kind.resources.keys()]
      .filter((resource) => starOf(resource, offer.resource) !== undefined)
      .filter((resource) => !seen.has(resource) && seen.add(resource))
      .map((resource) => {
        const { amount, product, memoryMib } = deviceFacts(vendor, offer, resource, kind);
        const memory = memoryMib === 0 ? '' : ` of ${memoryText(memoryMib)}`;
        const name = product === '' || product === resource ? '' : ` (${product}${memory})`;
        return `${kind.nodes} nodes with ${amount} x ${resource}${name}`;
      }),
  );
}

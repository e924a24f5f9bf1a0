import type { AcceleratorVendor } from './catalogue/vendor.ts';
import type { VendorClaim } from './catalogue/claim-offers.ts';
import { leastPublished, modelsNamed, spellingsFor, spellingsOf } from './device-model.ts';
import type { AcceleratorWish } from './wish.ts';

/**
 * Conditions in CEL that a device meets if it is as wished, as Kubernetes reads them. Each asks first whether the device says
 * the attribute at all: without that kube-scheduler would end the whole allocation at the first device that does not.
 */
export function claimSelectors({ vendor, claim }: VendorClaim, wish: AcceleratorWish): readonly string[] {
  const { driver, kind, model, memory, compute, profile } = claim;
  const attribute = (name: string): string => `device.attributes['${driver}'].${name}`;
  const where = (field: string, condition: string): string => `has(${field}) && ${condition}`;
  const conditions: string[] = [];
  const ask = (name: string | undefined, condition: (field: string) => string): void => {
    if (name !== undefined) conditions.push(where(attribute(name), condition(attribute(name))));
  };
  ask(kind?.attribute, (field) => `${field} == '${kind?.value}'`);
  const spellings = wantedSpellings(vendor, wish, claim);
  if (spellings !== undefined) ask(model, (field) => spelled(field, spellings));
  if (isLinkAsked(wish)) ask(model, (field) => linked(vendor, field));
  if (wish.compute > 0) ask(compute, (field) => `${field}.compareTo(semver('${versionText(wish.compute)}')) >= 0`);
  if (wish.profile !== '') ask(profile, (field) => `${field} == '${wish.profile}'`);
  if (wish.memoryMib > 0 && memory !== undefined) {
    const field = `device.capacity['${driver}'].${memory}`;
    const least = `${leastPublished(wish.memoryMib)}Mi`;
    conditions.push(where(field, `${field}.compareTo(quantity('${least}')) >= 0`));
  }
  return conditions;
}

/** Undefined where any model will do; what no attribute tells is asked for by the models that have it. */
function wantedSpellings(
  vendor: AcceleratorVendor,
  { models, memoryMib, compute }: AcceleratorWish,
  { memory, compute: computeName }: VendorClaim['claim'],
): Spellings | undefined {
  const byMemory = memoryMib > 0 && memory === undefined ? leastPublished(memoryMib) : 0;
  const byCompute = compute > 0 && computeName === undefined ? compute : 0;
  if (byMemory === 0 && byCompute === 0) return models.length === 0 ? undefined : spellingsFor(vendor, models);
  const named = models.length === 0 ? vendor.models : models.flatMap((name) => modelsNamed(vendor, name));
  return named.filter((model) => model.memoryMib >= byMemory && (model.compute ?? 0) >= byCompute).flatMap(spellingsOf);
}

type Spellings = readonly (readonly string[])[];

function isLinkAsked({ isOneDomain, count }: AcceleratorWish): boolean {
  return isOneDomain && count > 1;
}

/** A card in a slot has no link of its own, whatever its chip could do. */
function linked(vendor: AcceleratorVendor, field: string): string {
  const models = vendor.models.filter(({ isLinked }) => isLinked === true).flatMap(spellingsOf);
  const hasLink = `(${spelled(field, models)} || ${field}.matches('(?i)(^|[^a-z0-9])sxm'))`;
  return `${hasLink} && (!${spelled(field, [['pcie']])} || ${spelled(field, [['nvl']])})`;
}

/** The words of one of the spellings stand in the text one after another, whatever is between them; none of no spellings does. */
function spelled(field: string, spellings: Spellings): string {
  if (spellings.length === 0) return 'false';
  const all = [...new Set(spellings.map((words) => words.join('[^a-z0-9]+')))];
  return `${field}.matches('(?i)(^|[^a-z0-9])(${all.join('|')})($|[^a-z0-9])')`;
}

/** 8.9 is version 8.9.0. */
function versionText(compute: number): string {
  return `${Math.trunc(compute / 100)}.${compute % 100}.0`;
}

import { ACCELERATORS_APPLIED_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import type { Injection, Toleration } from '../injection/injection.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { ACCELERATOR_CLAIM, claimDemand } from '../../src/api/accelerators/claim-template.ts';
import type { ClaimDemand } from '../../src/api/accelerators/claim-template.ts';
import { isOurs, isThere, leftovers } from './earlier-wish.ts';
import { amountsFor, deviceUnits } from './amounts.ts';
import { formatApplied, readApplied } from '../../src/api/accelerators/applied-wish.ts';
import type { AppliedWish, DeviceAmounts } from '../../src/api/accelerators/applied-wish.ts';
import { askedDevices, mainContainer } from './asked.ts';
import type { AskedDevices } from './asked.ts';
import { starOf } from './inventory.ts';
import type { DeviceInventory } from './inventory.ts';
import { linkTier } from './link-tier.ts';
import { modelsFor } from './known-products.ts';
import { absent, meaningless } from './no-fit.ts';
import { bestCandidate, candidates, devicesOn, grainsFor, profileResource, vendorsFor } from './offers.ts';
import type { Candidate } from './offers.ts';
import { nodeDemands } from './requirements.ts';
import { formatWish } from '../../src/api/accelerators/wish.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** A wish, and the field that it was read from. */
export interface NamedWish {
  readonly wish: AcceleratorWish;
  readonly path: string;
}

/** What becomes of a wish. */
export interface Translation {
  readonly injection: Injection;
  readonly warnings: readonly string[];
  readonly errors: readonly FieldError[];
}

/** What a translation has to know of the cluster. */
export interface TranslationFacts {
  readonly inventory: DeviceInventory | undefined;
  /** The cluster has a RuntimeClass of that name. */
  hasRuntimeClass(this: void, name: string): boolean;
}

/**
 * Turns a wish into what the vendor's nodes understand: resources on one container, requirements on nodes, tolerations and the
 * runtime class. A wish that was applied to this pod or template already changes nothing, whatever nodes there are now.
 * Pure; O(offers x kinds of nodes).
 */
export function translate(named: NamedWish, template: TemplateFacts, facts: TranslationFacts): Translation {
  const { wish, path } = named;
  const text = formatWish(wish);
  const asked = askedDevices(template);
  const applied = readApplied(template.annotations);
  if (applied?.wish === text && isThere(applied, asked, template.spec)) return NOTHING_NEW;
  const container = mainContainer(template, wish.container);
  if (container === undefined) return refused(path, text, `no container is called ${wish.container}`);
  const own = asked.filter((one) => !isOurs(applied, one));
  const choice = choose(wish, own, facts.inventory);
  if (choice.kind === 'none') return refused(path, text, choice.message);
  const { vendor, offer } = choice.candidate;
  const amounts = amountsFor(choice.candidate, wish);
  const errors = [
    ...contradictions(own, amounts, template.path, text),
    ...leftovers(applied, asked, { amounts, isClaim: offer.claim !== undefined }, template),
  ];
  const tier = linkTier(vendor, wish, facts.inventory, template.path !== '');
  if (tier.kind === 'refused') return refused(path, text, tier.message);
  if (errors.length > 0) return { injection: NO_INJECTION, warnings: [], errors };
  const { requirements, untold } = nodeDemands(choice.candidate, wish);
  const target = own[0] ?? { container: container.index, name: container.name };
  const record: AppliedWish = {
    wish: text,
    vendor: vendor.name,
    stack: offer.stack,
    devices: deviceUnits(wish),
    container: target.name,
    resources: amounts,
    claim: offer.claim && claimDemand(offer.claim.className, wish),
  };
  return {
    injection: {
      ...NO_INJECTION,
      annotations: { ...tier.annotations, [ACCELERATORS_APPLIED_ANNOTATION]: formatApplied(record) },
      tolerations: vendor.taints.map(anyTaint),
      nodeRequirements: requirements,
      ...given(record, target.container),
      ...runtimeFor(choice.candidate, template, facts),
    },
    warnings: [
      ...choice.warnings,
      ...untold.map((part) => `${path}: ${part} is told by no label of ${vendor.name} here: it is not looked after`),
      ...classWarning(record.claim, path, facts.inventory),
      ...(offer.caveat === undefined ? [] : [`${path}: ${offer.stack}: ${offer.caveat}`]),
      ...tier.warnings.map((warning) => `${path}: ${warning}`),
      ...(applied !== undefined && applied.wish !== text ? [`${path}: ${OLD_DEMANDS}`] : []),
    ],
    errors: [],
  };
}

const NOTHING_NEW: Translation = { injection: NO_INJECTION, warnings: [], errors: [] };

/** A taint of that key, whatever its value and effect. */
function anyTaint(key: string): Toleration {
  return { key, operator: 'Exists', value: '', effect: '' };
}

/** What the container gets. */
function given({ resources, claim }: AppliedWish, container: number): Pick<Injection, 'resources' | 'claims'> {
  return {
    resources: Object.entries(resources).map(([name, amount]) => ({ container, name, amount: String(amount) })),
    claims: claim === undefined ? [] : [{ container, name: ACCELERATOR_CLAIM, template: claim.template }],
  };
}

/** Devices of claims are brought into the container without one. */
function runtimeFor(
  { vendor, offer }: Candidate,
  { spec }: TemplateFacts,
  { hasRuntimeClass }: TranslationFacts,
): Pick<Injection, 'runtimeClassName'> {
  const name = offer.claim === undefined ? vendor.runtimeClassName : undefined;
  const isOpen = name !== undefined && !Object.hasOwn(spec, 'runtimeClassName');
  return isOpen && hasRuntimeClass(name) ? { runtimeClassName: name } : {};
}

function classWarning(
  claim: ClaimDemand | undefined,
  path: string,
  inventory: DeviceInventory | undefined,
): readonly string[] {
  if (claim === undefined || inventory?.classes.has(claim.className) === true) return [];
  return [`${path}: there is no DeviceClass ${claim.className}: pods wait for it`];
}

const OLD_DEMANDS = 'what an earlier wish asks of nodes stays in the template; replace the object to be rid of it';

type Choice =
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly warnings: readonly string[] }
  | { readonly kind: 'none'; readonly message: string };

/** What containers ask for by themselves decides between the resources that would do. */
function choose(wish: AcceleratorWish, own: readonly AskedDevices[], inventory: DeviceInventory | undefined): Choice {
  const never = meaningless(wish, inventory);
  if (never !== undefined) return { kind: 'none', message: never };
  const all = candidates(wish, inventory ?? NO_NODES);
  const names = new Set(own.flatMap(({ resources }) => Object.keys(resources)));
  const open = names.size === 0 ? all : all.filter(({ resource }) => names.has(resource));
  const best = bestCandidate(open);
  if (best !== undefined) return { kind: 'candidate', candidate: best, warnings: otherVendors(best, open) };
  if (inventory !== undefined && !wish.mayCome) return { kind: 'none', message: absent(wish, all, inventory) };
  const hoped = hopedFor(wish, names, inventory ?? NO_NODES);
  if (hoped === undefined)
    return { kind: 'none', message: 'only nodes tell the name of the resource, and none has it yet' };
  const why = inventory === undefined ? 'which nodes there are is not known yet' : 'no node has it yet';
  return { kind: 'candidate', candidate: hoped, warnings: [`accelerators: ${why}: ${hoped.resource} is asked for`] };
}

const NO_NODES: DeviceInventory = {
  kinds: [],
  unlisted: 0,
  classes: new Set(),
  tiers: new Map(),
  domainLabels: new Map(),
};

/** For nodes that are to come: what the vendor's nodes publish already, else the first that the catalogue knows. */
function hopedFor(
  wish: AcceleratorWish,
  names: ReadonlySet<string>,
  { kinds }: DeviceInventory,
): Candidate | undefined {
  const grains = grainsFor(wish);
  for (const vendor of vendorsFor(wish)) {
    if (vendor.models.length > 0 && modelsFor(vendor, wish).length === 0) continue;
    const open = vendor.offers.flatMap((offer) => {
      if (!grains.includes(offer.grain) || (offer.resource.includes('*') && offer.grain !== 'profile')) return [];
      if (offer.model !== undefined && !modelsFor(vendor, wish).some(({ name }) => name === offer.model)) return [];
      const resource = profileResource(offer.resource, wish.profile);
      return names.size === 0 || names.has(resource) ? [{ offer, resource }] : [];
    });
    const isPublished = ({ offer }: (typeof open)[number]): boolean =>
      kinds.some(({ resources }) => [...resources.keys()].some((name) => starOf(name, offer.resource) !== undefined));
    const best = open.find(isPublished) ?? open[0];
    if (best !== undefined) return { vendor, ...best, all: [], suiting: [], fits: [] };
  }
  return undefined;
}

/** A class alone does not say whose devices an image is made for. */
function otherVendors(best: Candidate, open: readonly Candidate[]): readonly string[] {
  const others = open.filter(({ vendor, fits }) => vendor !== best.vendor && devicesOn(fits) > 0);
  const [other] = others;
  if (other === undefined) return [];
  const both = `${best.vendor.name} and ${other.vendor.name} would do`;
  return [
    `accelerators: ${both}, ${best.vendor.name} has more and is taken; say "vendor ${other.vendor.name}" for the other`,
  ];
}

/** What containers ask for themselves must be what the wish comes to. */
function contradictions(
  own: readonly AskedDevices[],
  amounts: DeviceAmounts,
  path: string,
  text: string,
): readonly FieldError[] {
  return own.flatMap(({ container, resources }, index) =>
    Object.entries(resources)
      .filter(([name, amount]) => index > 0 || amounts[name] !== amount)
      .map(([name, amount]) => {
        const where = keyPath(`${path}spec.containers[${container}].resources.limits`, name);
        const wanted = amounts[name] === undefined ? 'another resource' : String(amounts[name]);
        const message = `the wish "${text}" comes to ${wanted} for one container of each pod; take one of the two out`;
        return fieldError(where, 'FieldValueInvalid', String(amount), message);
      }),
  );
}

function refused(path: string, text: string, message: string): Translation {
  return {
    injection: NO_INJECTION,
    warnings: [],
    errors: [fieldError(path, 'FieldValueNotSupported', text, message)],
  };
}

import type { NodeTerm, ResourceAmounts, SchedulingShape } from '../records/scheduling-shape.ts';
import { CATALOGUE } from './catalogue/table.ts';
import type { AcceleratorVendor, DeviceOffer } from './catalogue/vendor.ts';
import type { DeviceClass } from './device-class.ts';
import { isSpelled, spellingsOf, wordsOf } from './device-model.ts';
import { isAsked, isWanted, names } from './device-units.ts';
import type { DeviceUnits } from './device-units.ts';
import { mostMemory } from './unit-class.ts';

/** What tells how much memory the devices of a pod have: its requests, and the nodes that it may go to. */
export type AskedDevices = Pick<SchedulingShape, 'requests' | 'nodeSelector' | 'requiredTerms'>;

/** KiB of one MiB. */
const KIB = 1024;

/**
 * The memory of the devices of the class that a pod asks for, of whatever vendor; `units` are KiB. A whole device has that of the
 * largest of the models that the pod is held to by its nodes; `unknown` are resources for which it names none, so that the largest
 * of the class counts. O(resources x offers).
 */
export function deviceMemory(asked: AskedDevices, wanted: DeviceClass): DeviceUnits {
  let units = 0;
  const unknown: string[] = [];
  for (const [resource, amount] of asked.requests) {
    if (amount <= 0) continue;
    for (const vendor of CATALOGUE) {
      const own = isWanted(vendor, wanted) ? vendor.offers.filter((offer) => isOf(offer, resource)) : [];
      const [first] = own;
      if (first === undefined) continue;
      const memory = sliceMemory(first, resource) ?? shareMemory(own, asked.requests) ?? heldModel(vendor, own, asked);
      const part = memory === undefined ? 1 : shareOfCores(own, asked.requests);
      units += Math.ceil(amount * (memory ?? mostMemory(wanted)) * part * KIB);
      if (memory === undefined) unknown.push(resource);
    }
  }
  return { units, unknown };
}

/** Nodes publish the resource for that. */
export function isOf(offer: DeviceOffer, resource: string): boolean {
  return offer.claim === undefined && names(offer.resource, resource);
}

/** MiB of `3g.40gb`; undefined for what is no slice. */
function sliceMemory({ grain, resource }: DeviceOffer, asked: string): number | undefined {
  return grain === 'profile' ? profileMemory(asked.slice(resource.indexOf('*'))) : undefined;
}

/** MiB that a profile says; undefined where it says none. */
export function profileMemory(profile: string): number | undefined {
  const gigabytes = Number(/^\d+g\.(\d+)gb/.exec(profile)?.[1] ?? 0);
  return gigabytes === 0 ? undefined : gigabytes * KIB;
}

/** MiB that a share names, of each device. */
function shareMemory(own: readonly DeviceOffer[], requests: ResourceAmounts): number | undefined {
  const share = own.find(({ memory }) => memory !== undefined && (requests.get(memory) ?? 0) > 0);
  return share?.memory === undefined ? undefined : requests.get(share.memory);
}

/** The part of a device that a share by cores alone is. */
function shareOfCores(own: readonly DeviceOffer[], requests: ResourceAmounts): number {
  const share = own.find((offer) => offer.grain === 'share' && isAsked(offer, requests));
  if (share?.cores === undefined || shareMemory(own, requests) !== undefined) return 1;
  return Math.min(1, (requests.get(share.cores) ?? 100) / 100);
}

/** MiB of the largest model that the resource, or the nodes that the pod may go to, stand for; undefined where they name none. */
function heldModel(vendor: AcceleratorVendor, own: readonly DeviceOffer[], asked: AskedDevices): number | undefined {
  const [named] = own.flatMap(({ model }) => (model === undefined ? [] : [memoryOf(vendor, model)]));
  if (named !== undefined) return named;
  for (const { key, isInKey } of vendor.modelLabels) {
    if (isInKey === true) continue;
    const values = valuesOf(key, asked);
    const memories = values?.map((value) => memoryOf(vendor, value)) ?? [];
    const known = memories.filter((memory) => memory !== undefined);
    if (known.length > 0 && known.length === memories.length) return Math.max(...known);
  }
  return undefined;
}

/** What the label of its node may be; undefined where it may be anything. */
function valuesOf(key: string, { nodeSelector, requiredTerms }: AskedDevices): readonly string[] | undefined {
  const selected = nodeSelector.get(key);
  if (selected !== undefined) return [selected];
  const ofTerms = requiredTerms?.map((term) => valuesIn(key, term)) ?? [];
  return ofTerms.length > 0 && ofTerms.every((values) => values !== undefined) ? ofTerms.flat() : undefined;
}

function valuesIn(key: string, { labels }: NodeTerm): readonly string[] | undefined {
  return labels.find((requirement) => requirement.key === key && requirement.operator === 'In')?.values;
}

function memoryOf({ models }: AcceleratorVendor, value: string): number | undefined {
  const words = wordsOf(value);
  const known = models.filter(
    (model) =>
      model.name === value.toLowerCase() ||
      (model.products ?? []).includes(value) ||
      spellingsOf(model).some((spelling) => isSpelled(words, spelling)),
  );
  if (known.length === 0) return undefined;
  const most = Math.max(...known.map(({ memoryMib }) => memoryMib));
  const said = words.find((word) => SIZE.test(word));
  return said === undefined ? most : Math.min(most, Number.parseInt(said, 10) * KIB);
}

/** In the name of a model that comes with more or less memory: `NVIDIA-H100-80GB-HBM3`. */
const SIZE = /^\d+gb$/;

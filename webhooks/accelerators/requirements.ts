import type { NodeRequirement } from '../injection/injection.ts';
import type { DeviceLabel } from '../../src/api/accelerators/catalogue/vendor.ts';
import { labelValues } from './device-facts.ts';
import type { DeviceFacts } from './device-facts.ts';
import { leastPublished } from '../../src/api/accelerators/device-model.ts';
import { productsFor } from './known-products.ts';
import { devicesOn } from './offers.ts';
import type { Candidate } from './offers.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** What nodes have to say of themselves, and what of the wish no label tells. */
export interface NodeDemands {
  readonly requirements: readonly NodeRequirement[];
  /** Parts of the wish, in words. */
  readonly untold: readonly string[];
}

/**
 * The requirements that keep a pod to nodes with devices as wished. Their number is that of the labels, and of the values that
 * do not fit where those stand in keys: a pod's terms have to match in all of them.
 */
export function nodeDemands(candidate: Candidate, wish: AcceleratorWish): NodeDemands {
  // Claims ask the devices themselves.
  if (candidate.offer.claim !== undefined) return { requirements: [], untold: [] };
  const memory =
    wish.memoryMib === 0 || candidate.offer.grain === 'profile' ? [] : memoryDemand(candidate, wish.memoryMib);
  const model = memory === undefined || asksForModel(wish) ? modelDemand(candidate, wish) : [];
  const topology = topologyDemand(candidate, wish.topology);
  return {
    requirements: [
      ...(memory ?? []),
      ...(model ?? []),
      ...(topology ?? []),
      ...sharingDemand(candidate),
      ...(model === undefined || model.length === 0 ? slicedDemand(candidate) : []),
    ],
    untold: [...(model === undefined ? ['the model'] : []), ...(topology === undefined ? ['the topology'] : [])],
  };
}

function asksForModel({ models, compute, isOneDomain, count }: AcceleratorWish): boolean {
  return models.length > 0 || compute > 0 || (isOneDomain && count > 1);
}

/** Undefined where no label tells it. */
function topologyDemand({ vendor }: Candidate, topology: string): readonly NodeRequirement[] | undefined {
  if (topology === '') return [];
  return vendor.topologyLabel === undefined ? undefined : [isIn(vendor.topologyLabel, [topology])];
}

/** Undefined where no label of its own tells the memory. */
function memoryDemand({ vendor, fits, all }: Candidate, memoryMib: number): readonly NodeRequirement[] | undefined {
  const label = labelFor(vendor.memoryLabels, fits);
  if (label === undefined) return undefined;
  const least = leastPublished(memoryMib);
  if (label.unit === 'Mi') return [{ key: label.key, operator: 'Gt', values: [String(least - 1)] }];
  if (fits.length === 0) return undefined;
  return oneOf(label, fits, all, []);
}

/** None where the resource is of one model alone; undefined where no label tells the model. */
function modelDemand(
  { vendor, offer, fits, all }: Candidate,
  wish: AcceleratorWish,
): readonly NodeRequirement[] | undefined {
  if (offer.model !== undefined || (offer.grain === 'whole' && offer.resource.includes('*'))) return [];
  const label = labelFor(vendor.modelLabels, fits);
  const known = productsFor(vendor, wish);
  if (label === undefined || (fits.length === 0 && known.length === 0)) return undefined;
  return oneOf(label, fits, all, known);
}

/** The label that tells it of the most devices; before any node was seen the first one. */
function labelFor<L extends DeviceLabel>(labels: readonly L[], fits: readonly DeviceFacts[]): L | undefined {
  if (fits.length === 0) return labels[0];
  let best: L | undefined;
  let most = 0;
  for (const label of labels) {
    const told = devicesOn(fits.filter(({ kind }) => labelValues(label, kind).length > 0));
    if (told > most) [best, most] = [label, told];
  }
  return best;
}

/**
 * Requirements hold together, so of keys that hold their value only one can be asked for: where several would do, those that
 * would not are ruled out instead.
 */
function oneOf(
  label: DeviceLabel,
  fits: readonly DeviceFacts[],
  all: readonly DeviceFacts[],
  known: readonly string[],
): readonly NodeRequirement[] {
  const fitting = new Set(fits.flatMap(({ kind }) => labelValues(label, kind)));
  if (label.isInKey === undefined) return [isIn(label.key, [...new Set([...known, ...fitting])].toSorted())];
  const [only = ''] = fitting;
  if (fitting.size === 1) return [{ key: `${label.key}${only}`, operator: 'Exists', values: [] }];
  const others = new Set(all.flatMap(({ kind }) => labelValues(label, kind)).filter((value) => !fitting.has(value)));
  return [...others].toSorted().map((value) => ({ key: `${label.key}${value}`, operator: 'DoesNotExist', values: [] }));
}

/** Whole devices are not promised twice; a part of one is. */
function sharingDemand({ vendor, offer, fits }: Candidate): readonly NodeRequirement[] {
  const { sharing } = vendor;
  if (sharing === undefined) return [];
  if (offer.grain === 'whole') return [{ key: sharing.key, operator: 'NotIn', values: [...sharing.values] }];
  if (offer.grain !== 'replica') return [];
  const replicas = [...new Set(fits.map((facts) => String(facts.replicas)))].toSorted();
  return [isIn(sharing.key, sharing.values), ...(replicas.length === 0 ? [] : [isIn(sharing.replicas, replicas)])];
}

/** Where slices count as devices the product says so: whole devices are not among those, and slices are those of the profile. */
function slicedDemand({ vendor, offer, fits, all }: Candidate): readonly NodeRequirement[] {
  const [label] = vendor.modelLabels;
  if (label === undefined) return [];
  if (offer.grain === 'whole') {
    const sliced = all.filter(({ isSliced }) => isSliced).map(({ product }) => product);
    return sliced.length === 0 ? [] : [{ key: label.key, operator: 'NotIn', values: [...new Set(sliced)].toSorted() }];
  }
  const isCounted = offer.grain === 'profile' && !offer.resource.includes('*');
  const ofProfile = isCounted ? fits.map(({ product }) => product) : [];
  return ofProfile.length === 0 ? [] : [isIn(label.key, [...new Set(ofProfile)].toSorted())];
}

function isIn(key: string, values: readonly string[]): NodeRequirement {
  return { key, operator: 'In', values: [...values] };
}

import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { parseAmounts } from '../amounts.ts';
import { CARD_TYPES_ANNOTATION, NO_CARD_TYPES_ANNOTATION, VGPU_MODE_ANNOTATION } from '../keys.ts';
import { objects, text } from '../projections/metadata.ts';
import type { CardRequest, CardWish } from '../records/card-records.ts';
import type { ResourceAmounts } from '../records/scheduling-shape.ts';
import {
  ALL_CORES,
  GPU_MEMORY,
  GPU_NUMBER,
  VGPU_CORES,
  VGPU_MEMORY,
  VGPU_MEMORY_PERCENTAGE,
  VGPU_NUMBER,
} from './card-resources.ts';

const PREFIX = 'volcano.sh/';
const VGPU = [VGPU_NUMBER, VGPU_MEMORY];
const SHARED = [GPU_MEMORY, GPU_NUMBER];

const NO_CARD: CardRequest = { count: 0, memory: 0, percent: 0, cores: 0 };

/** What a pod asks of cards; undefined for most, and for one that asks in a way that nobody can meet (`cardTroubles`). */
export function readCardWish(spec: JsonObject, annotations: JsonObject): CardWish | undefined {
  if (!asksForCards(spec) || cardTroubles(spec).length > 0) return undefined;
  const limits = objects(spec, 'containers').map(amountsOf);
  const isVgpu = limits.some((amounts) => asksFor(amounts, VGPU));
  const wish = isVgpu
    ? vgpuWish(limits, annotations)
    : sharedWish(limits, objects(spec, 'initContainers').map(amountsOf));
  return wish === undefined ? undefined : { key: JSON.stringify(wish), ...wish };
}

/** What about the pod's wish for cards no device plugin could give it, in words. */
export function cardTroubles(spec: unknown): readonly string[] {
  if (!isJsonObject(spec) || !asksForCards(spec)) return [];
  const containers = objects(spec, 'containers').map(amountsOf);
  const steps = objects(spec, 'initContainers').map(amountsOf);
  const kinds = [VGPU, [GPU_MEMORY], [GPU_NUMBER]].filter((kind) =>
    containers.some((amounts) => asksFor(amounts, kind)),
  );
  return [
    ...(steps.some((amounts) => asksFor(amounts, VGPU)) ? ['vGPUs of init containers'] : []),
    ...(kinds.length > 1 ? ['parts of cards that are asked for in several ways'] : []),
  ];
}

function vgpuWish(limits: readonly ResourceAmounts[], annotations: JsonObject): Omit<CardWish, 'key'> {
  return {
    scheme: 'vgpu',
    by: 'vgpu',
    requests: limits.map(vgpuRequest),
    types: listed(annotations, CARD_TYPES_ANNOTATION),
    otherTypes: listed(annotations, NO_CARD_TYPES_ANNOTATION),
    mode: text(annotations, VGPU_MODE_ANNOTATION),
  };
}

/** Who names no amount of memory wants all of a card's; who names only memory wants one card. */
function vgpuRequest(amounts: ResourceAmounts): CardRequest {
  const memory = amounts.get(VGPU_MEMORY) ?? 0;
  const count = amounts.get(VGPU_NUMBER) ?? (memory > 0 ? 1 : 0);
  if (count === 0) return NO_CARD;
  const percent = memory > 0 ? 0 : (amounts.get(VGPU_MEMORY_PERCENTAGE) ?? 100);
  return { count, memory, percent, cores: amounts.get(VGPU_CORES) ?? 0 };
}

/** All containers of a pod have the same cards; a start-up step has them before the others do. */
function sharedWish(
  limits: readonly ResourceAmounts[],
  steps: readonly ResourceAmounts[],
): Omit<CardWish, 'key'> | undefined {
  const most = (resource: string): number => {
    const sum = limits.reduce((total, amounts) => total + (amounts.get(resource) ?? 0), 0);
    return Math.max(sum, ...steps.map((amounts) => amounts.get(resource) ?? 0));
  };
  const [memory, count] = [most(GPU_MEMORY), most(GPU_NUMBER)];
  if (memory === 0 && count === 0) return undefined;
  const request =
    count > 0 ? { count, memory: 0, percent: 0, cores: ALL_CORES } : { count: 1, memory, percent: 0, cores: 0 };
  const by = count > 0 ? 'number' : 'memory';
  return { scheme: 'share', by, requests: [request], types: [], otherTypes: [], mode: '' };
}

function asksFor(amounts: ResourceAmounts, resources: readonly string[]): boolean {
  return resources.some((resource) => (amounts.get(resource) ?? 0) > 0);
}

/** Each pod is asked, and hardly any does. */
function asksForCards(spec: JsonObject): boolean {
  return objects(spec, 'containers').some(namesCards) || objects(spec, 'initContainers').some(namesCards);
}

function namesCards(container: JsonObject): boolean {
  const limits = member(member(container, 'resources'), 'limits');
  if (!isJsonObject(limits)) return false;
  for (const name in limits) if (name.startsWith(PREFIX) && (VGPU.includes(name) || SHARED.includes(name))) return true;
  return false;
}

function amountsOf(container: JsonObject): ResourceAmounts {
  return parseAmounts(member(member(container, 'resources'), 'limits'), 'up').amounts;
}

function listed(annotations: JsonObject, key: string): readonly string[] {
  const names = text(annotations, key).toUpperCase().split(',');
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

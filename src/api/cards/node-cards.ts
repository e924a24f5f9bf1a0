import type { JsonObject } from '../../lib/json.ts';
import { UNHEALTHY_CARDS_ANNOTATION, VGPU_HANDSHAKE_ANNOTATION, VGPU_REGISTER_ANNOTATION } from '../keys.ts';
import { text } from '../projections/metadata.ts';
import type { CardRecord, NodeCards } from '../records/card-records.ts';
import type { ResourceAmounts } from '../records/scheduling-shape.ts';
import {
  ALL_CORES,
  GPU_MEMORY,
  GPU_NUMBER,
  VGPU_CORES,
  VGPU_MEMORY,
  VGPU_MEMORY_PERCENTAGE,
} from './card-resources.ts';

/** More than any machine has: what says so is no card's memory. */
const MOST_CARDS = 1024;
/** How vGPUs are shared where the device plugin does not say. */
const DEFAULT_MODE = 'hami-core';
/** Shared cards are bounded by their memory alone. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** The cards of a node from its annotations and amounts; undefined for most, which have none that are shared. */
export function readNodeCards(annotations: JsonObject, allocatable: ResourceAmounts): NodeCards | undefined {
  const register = text(annotations, VGPU_REGISTER_ANNOTATION);
  if (register !== '') {
    const hasLeft = text(annotations, VGPU_HANDSHAKE_ANNOTATION).startsWith('Deleted');
    return hasLeft ? undefined : registered(register);
  }
  return sharedCards(allocatable.get(GPU_NUMBER) ?? 0, allocatable.get(GPU_MEMORY) ?? 0, annotations);
}

/**
 * What the node offers, with the amounts of vGPUs that some device plugins do not tell the kubelet: how much there is of all
 * cards together. Which card has it is for the scheduler to say.
 */
export function withCardAmounts(allocatable: ResourceAmounts, cards: NodeCards | undefined): ResourceAmounts {
  if (cards?.scheme !== 'vgpu') return allocatable;
  const sums: readonly (readonly [string, number])[] = [
    [VGPU_MEMORY, cards.cards.reduce((sum, { memory }) => sum + memory, 0)],
    [VGPU_MEMORY_PERCENTAGE, ALL_CORES * cards.cards.length],
    [VGPU_CORES, ALL_CORES * cards.cards.length],
  ];
  return new Map([...sums, ...allocatable]);
}

/** `uuid,sharers,memory,type,healthy,mode:` for each card; the mode may be missing. A text with a card that cannot be read has none. */
function registered(register: string): NodeCards | undefined {
  const entries = register.split(':').filter((entry) => entry !== '');
  const cards = entries.flatMap((entry) => registeredCard(entry) ?? []);
  if (cards.length === 0 || cards.length !== entries.length || cards.length > MOST_CARDS) return undefined;
  return { scheme: 'vgpu', mode: entries.at(-1)?.split(',')[5] ?? DEFAULT_MODE, cards };
}

function registeredCard(entry: string): CardRecord | undefined {
  const [id = '', sharers = '', memory = '', type = '', health = ''] = entry.split(',');
  if (id === '' || !WHOLE.test(sharers) || !WHOLE.test(memory)) return undefined;
  return {
    id,
    memory: Number(memory),
    sharers: Number(sharers),
    type: type.toUpperCase(),
    isHealthy: health === 'true',
  };
}

const WHOLE = /^\d{1,12}$/;

/** All of one size; where only their number is told they are given away whole. */
function sharedCards(count: number, memory: number, annotations: JsonObject): NodeCards | undefined {
  if (count < 1 || count > MOST_CARDS) return undefined;
  const unhealthy = new Set(text(annotations, UNHEALTHY_CARDS_ANNOTATION).split(','));
  const cards = Array.from({ length: count }, (_, index): CardRecord => {
    const id = String(index);
    return { id, memory: Math.floor(memory / count), sharers: NO_BOUND, type: '', isHealthy: !unhealthy.has(id) };
  });
  return { scheme: 'share', mode: '', cards };
}

import type { JsonObject } from '../../lib/json.ts';
import {
  GPU_INDEX_ANNOTATION,
  PREDICATE_TIME_ANNOTATION,
  VGPU_BIND_PHASE_ANNOTATION,
  VGPU_BIND_TIME_ANNOTATION,
  VGPU_IDS_ANNOTATION,
  VGPU_NODE_ANNOTATION,
  VGPU_TIME_ANNOTATION,
  VGPU_TO_ALLOCATE_ANNOTATION,
} from '../keys.ts';
import { text } from '../projections/metadata.ts';
import type { CardChoice, CardScheme, CardWish, PodCards } from '../records/card-records.ts';
import { readCardWish } from './card-wish.ts';
import { choiceText, parseChoice } from './choice-text.ts';

/** The pod waits for its device plugin. */
const ALLOCATING = 'allocating';

/** What a pod asks of cards and has of them; undefined for most, which do neither. */
export function readPodCards(spec: JsonObject, annotations: JsonObject): PodCards | undefined {
  const wish = readCardWish(spec, annotations);
  const held = heldCards(wish, annotations);
  return wish === undefined && held.length === 0 ? undefined : { wish, held };
}

/**
 * What the device plugins read on a pod when its kubelet takes it: in which container which card comes, in Volcano's words. They
 * go with the binding, so that a pod has them as soon as it has its node, and not before.
 */
export function cardAnnotations(
  scheme: CardScheme,
  choice: CardChoice,
  { node, nowMs }: { readonly node: string; readonly nowMs: number },
): Readonly<Record<string, string>> {
  if (scheme === 'share') {
    const index = choice.flatMap((parts) => parts.map(({ card }) => card)).join(',');
    // Nanoseconds, which a number could not hold.
    return { [GPU_INDEX_ANNOTATION]: index, [PREDICATE_TIME_ANNOTATION]: `${Math.floor(nowMs)}000000` };
  }
  const ids = choiceText(choice);
  const seconds = String(Math.floor(nowMs / 1000));
  return {
    [VGPU_NODE_ANNOTATION]: node,
    [VGPU_TIME_ANNOTATION]: seconds,
    [VGPU_IDS_ANNOTATION]: ids,
    [VGPU_TO_ALLOCATE_ANNOTATION]: ids,
    [VGPU_BIND_PHASE_ANNOTATION]: ALLOCATING,
    [VGPU_BIND_TIME_ANNOTATION]: seconds,
  };
}

function heldCards(wish: CardWish | undefined, annotations: JsonObject): CardChoice {
  const ids = text(annotations, VGPU_IDS_ANNOTATION);
  if (ids !== '') return parseChoice(ids);
  const request = wish?.scheme === 'share' ? wish.requests[0] : undefined;
  const index = text(annotations, GPU_INDEX_ANNOTATION);
  if (request === undefined || index === '') return NOTHING;
  const { memory, cores } = request;
  return [index.split(',').map((card) => ({ card: card.trim(), memory, cores }))];
}

const NOTHING: CardChoice = [];

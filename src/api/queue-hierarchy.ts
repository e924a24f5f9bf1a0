import { HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION, ROOT_QUEUE } from './keys.ts';
import type { QueueHierarchy } from './records/queue-record.ts';

/** A part of the way from the root to a queue. */
export interface HierarchyPart {
  readonly name: string;
  /** At least 1. */
  readonly weight: number;
}

export type HierarchyResult =
  | { readonly kind: 'parts'; readonly parts: readonly HierarchyPart[] }
  /** `problem` goes on after the annotation and its value. */
  | { readonly kind: 'problem'; readonly annotation: string; readonly value: string; readonly problem: string };

/**
 * Reads Volcano's annotations of a Queue: `root/science/dev` and `1/8/2`. The root, which has nobody beside it, may be left
 * out; weights below 1 count as 1, and so does each when none are given.
 */
export function readHierarchy({ path, weights }: QueueHierarchy): HierarchyResult {
  const names = path.split('/');
  const numbers = weights === '' ? names.map(() => 1) : weights.split('/').map(weightOf);
  if (names.includes('')) {
    return { kind: 'problem', annotation: HIERARCHY_ANNOTATION, value: path, problem: 'has an empty part' };
  }
  if (numbers.length !== names.length || numbers.some((number) => Number.isNaN(number))) {
    const problem = `has no number for each part of ${path}`;
    return { kind: 'problem', annotation: HIERARCHY_WEIGHTS_ANNOTATION, value: weights, problem };
  }
  const parts = names.map((name, i) => ({ name, weight: numbers[i] ?? 1 }));
  return { kind: 'parts', parts: names[0] === ROOT_QUEUE ? parts.slice(1) : parts };
}

function weightOf(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? Math.max(1, number) : NaN;
}

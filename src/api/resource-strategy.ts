import { isJsonObject } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';

export const STRATEGY_TYPES = ['LeastAllocated', 'MostAllocated'] as const;
export type StrategyType = (typeof STRATEGY_TYPES)[number];

/** How full the nodes of a pod should be, as it says itself; what it does not say is for the configuration. */
export interface ResourceStrategy {
  readonly type: StrategyType | undefined;
  /** By resource, each above 0. */
  readonly weights: ReadonlyMap<string, number> | undefined;
}

/** Characters; nobody has so many resources. */
const LONGEST_TEXT = 1000;

/** One text for pods that say the same in Volcano's two annotations; empty where they say nothing that can be read. */
export function strategyText(type: string, weights: string): string {
  if (weights.length > LONGEST_TEXT) return '';
  const known = STRATEGY_TYPES.find((each) => each === type);
  const read = readWeights(weights);
  return known === undefined && read === undefined ? '' : JSON.stringify([known ?? '', [...(read ?? [])]]);
}

/** Of the text that `strategyText` makes. */
export function readStrategy(text: string): ResourceStrategy {
  const [type, weights] = JSON.parse(text) as readonly [string, readonly (readonly [string, number])[]];
  return {
    type: STRATEGY_TYPES.find((each) => each === type),
    weights: weights.length === 0 ? undefined : new Map(weights),
  };
}

function readWeights(text: string): ReadonlyMap<string, number> | undefined {
  const value = parsed(text);
  if (!isJsonObject(value)) return undefined;
  const weights = Object.entries(value).flatMap(([name, weight]): readonly (readonly [string, number])[] =>
    typeof weight === 'number' && weight > 0 && Number.isFinite(weight) ? [[name, weight]] : [],
  );
  return weights.length === 0 ? undefined : new Map(weights);
}

function parsed(text: string): JsonValue | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

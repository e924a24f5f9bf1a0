import { isMode, isTier, networkWish, resourcesWish } from '../src/api/group-wish.ts';
import {
  GROUP_MIN_RESOURCES_ANNOTATION,
  NETWORK_TOPOLOGY_MODE_ANNOTATION,
  NETWORK_TOPOLOGY_TIER_ANNOTATION,
} from '../src/api/keys.ts';
import type { NetworkRule } from '../src/api/records/network-rule.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';
import { keyPath } from '../src/lib/field-error.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** How near to each other the pods of a group have to be; of the same annotation the last one counts. */
export function wishedNetwork(...annotations: readonly JsonObject[]): NetworkRule | undefined {
  return networkWish((key) => lastSaid(key, annotations));
}

/** What they need together, where that is said otherwise than by their requests. */
export function wishedRoom(...annotations: readonly JsonObject[]): ResourceAmounts | undefined {
  return resourcesWish(lastSaid(GROUP_MIN_RESOURCES_ANNOTATION, annotations));
}

function lastSaid(key: string, annotations: readonly JsonObject[]): string {
  return annotations.map((each) => stringAt(each, [key])).findLast((text) => text !== '') ?? '';
}

const RULES = [
  [NETWORK_TOPOLOGY_MODE_ANNOTATION, isMode, 'hard or soft'],
  [NETWORK_TOPOLOGY_TIER_ANNOTATION, isTier, 'a whole number'],
  [GROUP_MIN_RESOURCES_ANNOTATION, (text: string) => resourcesWish(text) !== undefined, 'JSON such as {"cpu":"4"}'],
] as const;

/** Volcano passes over what it cannot read, and so do we; whoever wrote it is told. `path` is where the object stands that carries it. */
export function wishWarnings(annotations: JsonObject, path: string): readonly string[] {
  return RULES.flatMap(([key, isRead, what]) => {
    const written = stringAt(annotations, [key]);
    if (written === '' || isRead(written)) return [];
    return [`${keyPath(`${path}metadata.annotations`, key)}: ignored, not ${what}`];
  });
}

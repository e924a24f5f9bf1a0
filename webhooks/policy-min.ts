import { POLICY_MIN_MEMBER_ANNOTATION } from '../src/api/keys.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ObjectPatch } from './object-patch.ts';
import { MAX_COUNT } from './whole-number.ts';

const AT = ['metadata', 'annotations', POLICY_MIN_MEMBER_ANNOTATION] as const;

/** The lower bound of its gang that a policy gave to an object when it was made; undefined for none. */
export function policyMinOf(annotations: JsonObject): number | undefined {
  const min = Number(stringAt(annotations, [POLICY_MIN_MEMBER_ANNOTATION]));
  return Number.isSafeInteger(min) && min >= 1 && min <= MAX_COUNT ? min : undefined;
}

/** Writes it; what stands there without a policy is nobody's. */
export function writePolicyMin(patch: ObjectPatch, min: number | undefined): void {
  if (min === undefined) patch.remove(AT);
  else patch.set(AT, String(min));
}

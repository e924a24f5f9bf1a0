import type { Place } from '../../src/api/field-path.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { RoleRule } from '../../src/api/kinds/workload-kind.ts';
import { memberAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { sumOfRoom } from '../room.ts';
import { placeAt } from './fields.ts';
import type { Part } from './fields.ts';
import { declaredSize } from './declared-size.ts';

const NOTHING: ResourceAmounts = new Map();

/** Where the template of a role's pods is, or the pod spec that has none around it. */
export interface RoleTemplate {
  readonly place: Place;
  readonly isSpecOnly: boolean;
}

/** Undefined where the object has none. */
export function roleTemplate(part: Part, { template, podSpec }: RoleRule): RoleTemplate | undefined {
  const place = template === undefined ? undefined : placeAt(part, template);
  if (place !== undefined) return { place, isSpecOnly: false };
  const bare = podSpec === undefined ? undefined : placeAt(part, podSpec);
  return bare && { place: bare, isSpecOnly: true };
}

/** What one pod of the role asks for, as far as the object says it. */
export function roleSize(part: Part, rule: RoleRule, template: RoleTemplate | undefined): ResourceAmounts {
  const spec = template === undefined ? specLike(part, rule) : specOf(template);
  if (spec !== undefined) return podRequests(spec);
  return (rule.size ?? []).reduce((sum, one) => sumOfRoom(sum, declaredSize(part, one)), NOTHING);
}

/** The spec of the pods that are made from the template. */
export function specOf({ place, isSpecOnly }: RoleTemplate): JsonValue | undefined {
  return isSpecOnly ? place.value : memberAt(place.value, 'spec');
}

function specLike(part: Part, { sizeFrom }: RoleRule): JsonValue | undefined {
  return sizeFrom === undefined ? undefined : memberAt(placeAt(part, sizeFrom)?.value, 'spec');
}

import { GROUP_ORIGIN_ANNOTATION } from '../../src/api/keys.ts';
import { arrayAt, member, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** The parts of a PodGroup that the rules are about; read once. */
export interface PodGroupFacts {
  readonly group: JsonObject;
  readonly annotations: JsonObject;
  /** Kind and name of the object that Sluice made it for; empty for a group that somebody made by hand. */
  readonly origin: string;
  readonly queue: string;
  readonly priorityClassName: string;
  readonly minMember: JsonValue | undefined;
  readonly minTaskMember: JsonObject;
  readonly minResources: JsonObject;
  /** Policies by which it is split into parts. */
  readonly subGroups: readonly JsonValue[];
}

/** Reads the facts. */
export function readPodGroupFacts(group: JsonObject): PodGroupFacts {
  const annotations = objectAt(group, 'metadata', 'annotations');
  const spec = objectAt(group, 'spec');
  const subGroups = arrayAt(spec, 'subGroupPolicy');
  return {
    group,
    annotations,
    origin: stringAt(annotations, [GROUP_ORIGIN_ANNOTATION]),
    queue: stringAt(spec, ['queue']),
    priorityClassName: stringAt(spec, ['priorityClassName']),
    minMember: member(spec, 'minMember'),
    minTaskMember: objectAt(spec, 'minTaskMember'),
    minResources: objectAt(spec, 'minResources'),
    subGroups,
  };
}

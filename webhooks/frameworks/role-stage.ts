import { placesAt } from '../../src/api/field-path.ts';
import type { RoleRule } from '../../src/api/kinds/workload-kind.ts';
import { holds } from './fields.ts';
import type { Part } from './fields.ts';

/** A role whose stage is not known yet. */
export interface UnstagedRole {
  readonly name: string;
  readonly part: Part;
  readonly rule: RoleRule;
  /** Its place in the list or map. */
  readonly index: number;
}

/** Deeper chains than this are circles, or as good as one: their roles start together. */
const MOST_STAGES = 100;

/** The stage of each role, by name. Roles that wait for each other in a circle are in one stage: none would ever start. */
export function roleStages(roles: readonly UnstagedRole[]): ReadonlyMap<string, number> {
  const stages = new Map(roles.map((role) => [role.name, ownStage(role)]));
  const after = new Map(roles.map((role) => [role.name, waitsFor(role)]));
  if ([...after.values()].every((names) => names.length === 0)) return stages;
  for (let round = 0; round < MOST_STAGES; round += 1) {
    if (!raise(stages, after)) return stages;
  }
  return new Map(roles.map(({ name }) => [name, 0]));
}

/** One more step along all chains; false when nothing moved. */
function raise(stages: Map<string, number>, after: ReadonlyMap<string, readonly string[]>): boolean {
  let isMoved = false;
  for (const [name, names] of after) {
    for (const before of names) {
      const least = (stages.get(before) ?? -1) + 1;
      if ((stages.get(name) ?? 0) >= least) continue;
      stages.set(name, least);
      isMoved = true;
    }
  }
  return isMoved;
}

function ownStage({ part, rule: { stage = {} }, index }: UnstagedRole): number {
  if (stage.inOrderWhen !== undefined) return holds(part, stage.inOrderWhen) ? index : 0;
  return holds(part, stage.when) ? (stage.number ?? 0) : 0;
}

function waitsFor({ part, rule }: UnstagedRole): readonly string[] {
  const path = rule.stage?.after;
  if (path === undefined) return [];
  const names = placesAt(path, part.object, part.place, MOST_NAMES).map(({ value }) => value);
  return names.filter((name) => typeof name === 'string');
}

const MOST_NAMES = 64;

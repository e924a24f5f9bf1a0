import { parseBindPlan, uidToken } from '../../../../src/api/bind-plan.ts';

/** A PodGroup as the history has it; kept after its deletion, because bindings may be on their way then. */
export interface KnownGroup {
  readonly minMember: number;
  readonly queue: string;
  readonly bindPlan: string;
  readonly isDeleted: boolean;
}

/**
 * - `coming`: some members are bound.
 * - `whole`: minMember members are bound, or have come to a good end.
 * - `broken`: it was whole, and lost members.
 * - `over`: it was broken, or was withdrawn on its way, and those that were left have left or come to their end.
 */
export type GangState = 'coming' | 'whole' | 'broken' | 'over';

/** From the first bound member to the last one that left. */
export interface GangLife {
  state: GangState;
  /** When it came into this state. */
  sinceMs: number;
  /** Members that count for it: bound, and neither failed nor told to go. */
  placed: number;
  /** Those of them that hold their node still. */
  running: number;
}

/** A life that ended, or lasts, while the gang was not whole. */
export interface PartialLife {
  readonly group: string;
  readonly lastedMs: number;
  /** It had been whole. */
  readonly isBroken: boolean;
}

/** Where the standing plan puts a pod; undefined when no plan names it. */
export function plannedNode(group: KnownGroup, uid: string): string | undefined {
  const token = uidToken(uid);
  return parseBindPlan(group.bindPlan)?.binds.find((bind) => bind.token === token)?.node;
}

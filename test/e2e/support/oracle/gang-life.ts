import { parseBindPlan, uidToken } from '../../../../src/api/bind-plan.ts';

/** A PodGroup as the history has it; kept after its deletion, because bindings may be on their way then. */
export interface KnownGroup {
  readonly minMember: number;
  readonly queue: string;
  readonly bindPlan: string;
  readonly isDeleted: boolean;
}

/** From the first bound member to the last one that left. */
export interface GangLife {
  readonly startMs: number;
  /** minMember members were bound at some point of it. */
  isWhole: boolean;
  placed: number;
}

/** A life that ended, or lasts, without the gang ever having been whole. */
export interface PartialLife {
  readonly group: string;
  readonly lastedMs: number;
}

/** Where the standing plan puts a pod; undefined when no plan names it. */
export function plannedNode(group: KnownGroup, uid: string): string | undefined {
  const token = uidToken(uid);
  return parseBindPlan(group.bindPlan)?.binds.find((bind) => bind.token === token)?.node;
}

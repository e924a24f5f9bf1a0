import type { ReasonCode } from '../../api/reasons.ts';
import type { Refusal } from '../model/refusal.ts';

/** Reasons that have to do with how much there is of nodes; all others stay whatever nodes are added. */
const ABOUT_NODES: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'NotEnoughResources',
  'NoDomainFits',
  'NeverFits',
  'WaitingInQueue',
  'QueueOverused',
  'QueueLimit',
  'RoomReserved',
  'RoomPlanned',
  'StartPlanned',
]);

/**
 * More or larger nodes could mend what keeps the group waiting. Autoscalers add nodes for pods that are told
 * `Unschedulable`; where a limit of a queue or a missing pod is the reason, they would do so for nothing.
 */
export function nodesHelp({ code, isDeclared = false }: Refusal): boolean {
  return ABOUT_NODES.has(code) && !isDeclared;
}

import { GUARANTEE_KEPT, PARENT_KNOWN } from '../../api/queue-conditions.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { Queue, QueueProblems } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { QueueStatusDecision } from './decision.ts';

/** What the queue's status should say at the end of a cycle. */
export function queueStatus(queue: Queue, resources: ResourceTable): QueueStatusDecision {
  const { name, problems } = queue;
  const all = Array.from({ length: resources.size }, (_, r) => queue.heldWithin(r));
  const past = queue.usage?.told;
  return {
    kind: 'queueStatus',
    queue: name,
    allocated: resources.amounts(all),
    conditions: conditionsOf(problems),
    ...(past === undefined ? {} : { usage: past }),
  };
}

function conditionsOf({ guarantee, parent }: QueueProblems): QueueStatusDecision['conditions'] {
  return [
    ...untrue(GUARANTEE_KEPT, 'GuaranteeTooLarge', guarantee),
    ...untrue(PARENT_KNOWN, 'QueueTreeBroken', parent),
  ];
}

function untrue(type: string, reason: ReasonCode, message: string): QueueStatusDecision['conditions'] {
  return message === '' ? [] : [{ type, status: 'False', reason, message }];
}

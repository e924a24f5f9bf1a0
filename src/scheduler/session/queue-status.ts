import { GUARANTEE_KEPT } from '../../api/queue.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { QueueStatusDecision } from './decision.ts';

/** What the queue's status should say at the end of a cycle. */
export function queueStatus(queue: Queue, resources: ResourceTable): QueueStatusDecision {
  const { name, allocated, problem } = queue;
  const condition =
    problem === ''
      ? undefined
      : { type: GUARANTEE_KEPT, status: 'False', reason: GUARANTEE_TOO_LARGE, message: problem };
  return { kind: 'queueStatus', queue: name, allocated: resources.amounts(allocated), condition };
}

const GUARANTEE_TOO_LARGE: ReasonCode = 'GuaranteeTooLarge';

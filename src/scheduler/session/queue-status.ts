import { GUARANTEE_KEPT } from '../../api/queue.ts';
import type { ReasonCode } from '../../api/reasons.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { QueueStatusDecision } from './decision.ts';

/** What the queue's status should say at the end of a cycle. */
export function queueStatus(queue: Queue, resources: ResourceTable): QueueStatusDecision {
  const { name, allocated, below, problem } = queue;
  const all = Array.from({ length: Math.max(allocated.length, below.length) }, (_, r) => {
    return (allocated[r] ?? 0) + (below[r] ?? 0);
  });
  const condition =
    problem === ''
      ? undefined
      : { type: GUARANTEE_KEPT, status: 'False', reason: GUARANTEE_TOO_LARGE, message: problem };
  return { kind: 'queueStatus', queue: name, allocated: resources.amounts(all), condition };
}

const GUARANTEE_TOO_LARGE: ReasonCode = 'GuaranteeTooLarge';

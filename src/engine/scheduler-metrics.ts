import type { Decision } from '../scheduler/decision.ts';
import type { Snapshot } from '../scheduler/snapshot.ts';
import { CPU_IX, MEMORY_IX } from '../scheduler/resource-table.ts';
import type { Metrics } from './ports.ts';

/** Volcano's scheduler metrics after one cycle; queues only when their ledger was reported. */
export function reportCycle(metrics: Metrics, snapshot: Snapshot, decisions: readonly Decision[], tookMs: number): void {
  metrics.observe('volcano_e2e_scheduling_latency_milliseconds', {}, tookMs);
  let refused = 0;
  for (const decision of decisions) {
    if (decision.kind === 'refusal') refused += 1;
    if (decision.kind === 'queueStatus') reportQueue(metrics, snapshot, decision.queue);
  }
  metrics.gauge('volcano_unschedule_job_count', {}, refused);
}

function reportQueue(metrics: Metrics, snapshot: Snapshot, name: string): void {
  const queue = snapshot.queues.get(name);
  if (queue === undefined) return;
  const labels = { queue_name: name };
  metrics.gauge('volcano_queue_allocated_milli_cpu', labels, queue.allocated[CPU_IX] ?? 0);
  metrics.gauge('volcano_queue_allocated_memory_bytes', labels, (queue.allocated[MEMORY_IX] ?? 0) * BYTES_PER_KIB);
  metrics.gauge('volcano_queue_weight', labels, queue.record.weight);
}

const BYTES_PER_KIB = 1024;

import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { Decisions } from '../../scheduler/session/decisions.ts';
import type { Queue } from '../../scheduler/model/queue.ts';
import { PODS_IX } from '../../scheduler/model/resource-table.ts';
import type { CycleStep } from '../../scheduler/scheduler.ts';
import type { Snapshot } from '../../scheduler/ledger/snapshot.ts';
import type { Clock, Metrics } from '../ports.ts';

/** Measures the steps of one cycle with the engine's clock, since the core has none. */
export class CycleTimer {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #startMs: number;
  #stepMs: number;

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#startMs = clock.monotonicMs();
    this.#stepMs = this.#startMs;
  }

  readonly onStep = (step: CycleStep): void => {
    const nowMs = this.#clock.monotonicMs();
    const tookMs = nowMs - this.#stepMs;
    this.#stepMs = nowMs;
    if (step === 'open') this.#metrics.observe('volcano_open_session_duration_milliseconds', {}, tookMs);
    else this.#metrics.observe('volcano_action_scheduling_latency_milliseconds', { action: step }, tookMs);
  };

  /** Milliseconds of the whole cycle. */
  end(): number {
    const tookMs = this.#clock.monotonicMs() - this.#startMs;
    this.#metrics.observe('volcano_e2e_scheduling_latency_milliseconds', {}, tookMs);
    return tookMs;
  }
}

/** Volcano's scheduler metrics after one cycle; a queue's only when its ledger changed. */
export function reportCycle(metrics: Metrics, snapshot: Snapshot, decisions: Decisions, nowMs: number): void {
  let victims = 0;
  for (const decision of decisions.single()) {
    if (decision.kind === 'evict') victims += 1;
    if (decision.kind === 'queueStatus') {
      const queue = snapshot.queues.get(decision.queue);
      if (queue !== undefined) reportQueue(metrics, snapshot, queue);
    }
    if (decision.kind !== 'gang') continue;
    const createdMs = snapshot.jobs.get(decision.group)?.record.createdMs ?? nowMs;
    metrics.observe('volcano_e2e_job_scheduling_latency_milliseconds', {}, Math.max(0, nowMs - createdMs));
  }
  metrics.gauge('volcano_unschedule_job_count', {}, decisions.countRefusals());
  // As in Volcano it stays until there are others.
  if (victims > 0) metrics.gauge('volcano_pod_preemption_victims', {}, victims);
}

function reportQueue(metrics: Metrics, snapshot: Snapshot, queue: Queue): void {
  const { allocated, pending, deserved, record } = queue;
  const request = Array.from({ length: snapshot.resources.size }, (_, r) => (allocated[r] ?? 0) + (pending[r] ?? 0));
  for (const [what, vector] of [
    ['allocated', allocated],
    ['request', request],
    ['deserved', deserved],
  ] as const) {
    reportAmounts(metrics, queue.name, what, offeredAmounts(snapshot, vector));
  }
  if (record.capability !== undefined) reportAmounts(metrics, queue.name, 'capacity', record.capability);
  const labels = { queue_name: queue.name };
  const share = dominantShare(queue);
  metrics.gauge('volcano_queue_weight', labels, record.weight);
  metrics.gauge('volcano_queue_share', labels, share);
  metrics.gauge('volcano_queue_overused', labels, share >= 1 ? 1 : 0);
}

/** Of what no node offers nothing is told: anybody may ask for a name of his own, and a series would stay for each. */
function offeredAmounts({ nodes, resources }: Snapshot, vector: ArrayLike<number>): ResourceAmounts {
  return resources.amounts(Array.from(vector, (amount, r) => (nodes.offers(r) ? amount : 0)));
}

function reportAmounts(metrics: Metrics, queue: string, what: string, amounts: ResourceAmounts): void {
  const labels = { queue_name: queue };
  metrics.gauge(`volcano_queue_${what}_milli_cpu`, labels, amounts.get('cpu') ?? 0);
  metrics.gauge(`volcano_queue_${what}_memory_bytes`, labels, (amounts.get('memory') ?? 0) * BYTES_PER_KIB);
  for (const [resource, amount] of amounts) {
    if (PLAIN.has(resource)) continue;
    metrics.gauge(`volcano_queue_${what}_scalar_resources`, { ...labels, resource }, amount);
  }
}

/** The largest part of its fair share that the queue holds of any resource. */
function dominantShare({ allocated, deserved }: Queue): number {
  let share = 0;
  for (let r = 0; r < deserved.length; r += 1) {
    const fair = deserved[r] ?? 0;
    if (r !== PODS_IX && fair > 0) share = Math.max(share, (allocated[r] ?? 0) / fair);
  }
  return share;
}

const BYTES_PER_KIB = 1024;
const PLAIN: ReadonlySet<string> = new Set(['cpu', 'memory', 'pods']);

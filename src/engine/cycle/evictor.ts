import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import { POD_GROUPS, PODS } from '../../api/resources.ts';
import { deletePod } from './pod-deletion.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { EvictDecision } from '../../scheduler/session/decision.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { Clock, ClusterWriter, Logger, Metrics, WriteOutcome } from '../ports.ts';

export interface EvictorOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
  /** The pod stays: the core counts it as before. */
  readonly forget: (uid: string) => void;
}

/**
 * Deletes pods that were decided to go. Each is marked first, so that its owner knows that it did not fail by itself
 * (condition DisruptionTarget, as kube-scheduler sets it), and pod and group are told why.
 */
export class Evictor {
  readonly #options: EvictorOptions;

  constructor(options: EvictorOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async evict(decision: EvictDecision): Promise<void> {
    const pod = this.#options.pod(decision.uid);
    if (pod === undefined || pod.deleting) return;
    if (!isOurs(pod)) {
      this.#options.metrics.count('sluice_checker_refusals_total', {});
      this.#options.log.error('an eviction was stopped before it was written', { pod: decision.pod });
      this.#options.forget(decision.uid);
      return;
    }
    const marked = await this.#mark(pod, decision.message);
    const outcome = marked.kind === 'done' ? await deletePod(this.#options.writer, pod) : marked;
    if (outcome.kind === 'done') {
      this.#tell(pod, decision);
      return;
    }
    this.#options.log.warn('a pod was not evicted', { pod: decision.pod, outcome: outcome.kind });
    this.#options.forget(decision.uid);
  }

  #mark(pod: PodRecord, message: string): Promise<WriteOutcome> {
    const lastTransitionTime = new Date(this.#options.clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };
    return this.#options.writer.write({
      verb: 'strategicPatch',
      type: PODS,
      namespace: pod.namespace,
      name: pod.name,
      subresource: 'status',
      lane: 'decision',
      body: {
        metadata: { uid: pod.uid },
        status: { conditions: [{ ...condition, message, lastTransitionTime }] },
      },
    });
  }

  #tell({ namespace, name, uid }: PodRecord, { group: key, code, message }: EvictDecision): void {
    const { events } = this.#options;
    events.record({ type: PODS, namespace, name, uid }, 'Warning', code, 'Evicting', message);
    const group = this.#options.group(key);
    if (group === undefined) return;
    const regarding = { type: POD_GROUPS, namespace: group.namespace, name: group.name, uid: group.uid };
    events.record(regarding, 'Warning', code, 'Evicting', `Pod ${name} is evicted: ${message}`);
  }
}

/** Nothing but a pod of a group that Sluice placed on a node is ever evicted. */
function isOurs({ group, nodeName, schedulerName }: PodRecord): boolean {
  return group !== '' && nodeName !== '' && SERVED_SCHEDULERS.has(schedulerName);
}

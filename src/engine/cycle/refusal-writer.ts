import { POD_GROUPS, PODS } from '../../api/resources.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { RefusalDecision } from '../../scheduler/session/decision.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { Clock, ClusterWriter } from '../ports.ts';

/** A refusal is told once it has lasted this long: most groups wait only until their last pod exists. */
const PATIENCE_MS = 1000;
/** Numbers in a reason move with the cluster; one group's reason is written at most this often. */
const REPEAT_MS = 10_000;
/** Members that get an event of their own; all get the condition, and the PodGroup gets an event too. */
const EVENTS_A_GROUP = 8;

interface Waiting {
  refusal: RefusalDecision;
  told: string;
  cancelTimer: (() => void) | undefined;
}

export interface RefusalWriterOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
}

/** Tells people why pods wait: PodScheduled=False on the pods, FailedScheduling events, all of it on change only. */
export class RefusalWriter {
  readonly #options: RefusalWriterOptions;
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: RefusalWriterOptions) {
    this.#options = options;
  }

  want(refusal: RefusalDecision): void {
    const known = this.#waiting.get(refusal.group);
    if (known !== undefined) {
      known.refusal = refusal;
      if (known.cancelTimer === undefined && known.told !== gist(refusal)) this.#arm(refusal.group, known, REPEAT_MS);
      return;
    }
    const waiting: Waiting = { refusal, told: '', cancelTimer: undefined };
    this.#waiting.set(refusal.group, waiting);
    this.#arm(refusal.group, waiting, PATIENCE_MS);
  }

  /** The group was placed, or is gone: a refusal that nobody saw is not told any more. */
  settled(group: string): void {
    this.#waiting.get(group)?.cancelTimer?.();
    this.#waiting.delete(group);
  }

  stop(): void {
    for (const group of this.#waiting.keys()) this.settled(group);
  }

  #arm(group: string, waiting: Waiting, delayMs: number): void {
    waiting.cancelTimer = this.#options.clock.after(delayMs, () => {
      waiting.cancelTimer = undefined;
      if (this.#waiting.get(group) === waiting && waiting.told !== gist(waiting.refusal)) this.#tell(waiting);
    });
  }

  #tell(waiting: Waiting): void {
    const { refusal } = waiting;
    const { events } = this.#options;
    waiting.told = gist(refusal);
    const group = this.#options.group(refusal.group);
    if (group !== undefined) {
      const regarding = { type: POD_GROUPS, namespace: group.namespace, name: group.name, uid: group.uid };
      events.record(regarding, 'Warning', 'Unschedulable', 'Scheduling', `${refusal.code}: ${refusal.message}`);
    }
    let told = 0;
    for (const uid of refusal.uids) {
      const pod = this.#options.pod(uid);
      if (pod === undefined || pod.nodeName !== '' || pod.deleting) continue;
      if (pod.unschedulableMessage !== refusal.message) void this.#setCondition(pod, refusal.message);
      told += 1;
      if (told > EVENTS_A_GROUP) continue;
      const regarding = { type: PODS, namespace: pod.namespace, name: pod.name, uid };
      events.record(regarding, 'Warning', 'FailedScheduling', 'Scheduling', refusal.message);
    }
  }

  /** A lost condition is no harm: the next change of the reason writes it anew. */
  async #setCondition(pod: PodRecord, message: string): Promise<void> {
    const lastTransitionTime = new Date(this.#options.clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    await this.#options.writer.write({
      verb: 'strategicPatch',
      type: PODS,
      namespace: pod.namespace,
      name: pod.name,
      subresource: 'status',
      lane: 'status',
      body: {
        metadata: { uid: pod.uid },
        status: {
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime }],
        },
      },
    });
  }
}

/** What makes a refusal worth telling again: another reason, or other pods that it is for. */
function gist(refusal: RefusalDecision): string {
  return `${refusal.message}\n${refusal.uids.join()}`;
}

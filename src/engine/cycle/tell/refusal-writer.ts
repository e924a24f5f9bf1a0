import { POD_GROUPS, PODS } from '../../../api/resources.ts';
import { reasonSentence } from '../../../api/reasons.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import type { RefusalDecision } from '../../../scheduler/session/decision.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { Clock, ClusterWriter } from '../../ports.ts';
import { NewestLane } from '../newest-lane.ts';
import { MissingGroups } from './missing-groups.ts';
import { codeAndMessage } from './words.ts';
import type { Words } from './words.ts';

/** A refusal is told once it has lasted this long: most groups wait only until their last pod exists. */
const PATIENCE_MS = 1000;
/** Reasons and members may change with every cycle; one group is told about at most this often. */
const REPEAT_MS = 10_000;
/** Members that get an event of their own; all get the condition, and the PodGroup gets an event too. */
const EVENTS_A_GROUP = 8;
/** Conditions on their way at once: thousands of pods that begin to wait must not crowd out anything else. */
const CONDITIONS_AT_ONCE = 8;
const LOST_WAIT_MS = 1000;
/** While more groups wait, none is told again that it still does: there would be no end to the events. */
const MOST_REPEATED = 200;
/** How often one looks who is to be told again. */
const LOOK_MS = 1000;

type Reason = Pick<RefusalDecision, 'code' | 'nodesHelp'>;

interface Waiting {
  refusal: RefusalDecision;
  /** What was told last, and to which pods. */
  told: (Reason & { readonly uids: ReadonlySet<string> }) | undefined;
  cancelTimer: (() => void) | undefined;
  /** When its group heard of it last, monotonic milliseconds. */
  groupToldMs: number;
}

export interface RefusalWriterOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
  readonly snapshot: Pick<Snapshot, 'jobs' | 'missingGroups'>;
  readonly words: Pick<Words, 'waits' | 'repeatsMs'>;
}

/**
 * Tells people why pods wait: PodScheduled=False on the pods, FailedScheduling events. All of it again only when the
 * reason code changes or pods came: numbers in a message move with every binding, and stand on the PodGroup.
 */
export class RefusalWriter {
  readonly #options: RefusalWriterOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #conditions = new NewestLane(CONDITIONS_AT_ONCE);
  readonly #missing: MissingGroups;
  #cancelLook: (() => void) | undefined;

  constructor(options: RefusalWriterOptions) {
    this.#options = options;
    const { clock, snapshot } = options;
    this.#missing = new MissingGroups({
      clock,
      missing: () => snapshot.missingGroups(),
      want: (refusal) => this.want(refusal),
      settled: (group) => {
        if (!snapshot.jobs.has(group)) this.settled(group);
      },
    });
  }

  /** A cycle has ended: pods of groups that nobody made are in none. */
  cycled(): void {
    this.#missing.lookLater();
  }

  want(refusal: RefusalDecision): void {
    const known = this.#waiting.get(refusal.group);
    if (known !== undefined) {
      known.refusal = refusal;
      if (known.cancelTimer === undefined && !isTold(known)) this.#arm(refusal.group, known, REPEAT_MS);
      return;
    }
    const waiting: Waiting = { refusal, told: undefined, cancelTimer: undefined, groupToldMs: Infinity };
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
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    this.#missing.stop();
    this.#conditions.stop();
  }

  #arm(group: string, waiting: Waiting, delayMs: number): void {
    waiting.cancelTimer = this.#options.clock.after(delayMs, () => {
      waiting.cancelTimer = undefined;
      if (this.#waiting.get(group) === waiting && !isTold(waiting)) this.#tell(waiting);
    });
  }

  #tell(waiting: Waiting): void {
    const { refusal, told } = waiting;
    const isSameReason = told !== undefined && isSame(told, refusal);
    waiting.told = { code: refusal.code, nodesHelp: refusal.nodesHelp, uids: new Set(refusal.uids) };
    const note = codeAndMessage(refusal);
    if (!isSameReason) {
      this.#tellGroup(waiting);
      if (this.#cancelLook === undefined) this.#lookLater();
    }
    let events = isSameReason ? told.uids.size : 0;
    for (const uid of refusal.uids) {
      if (isSameReason && told.uids.has(uid)) continue;
      const pod = this.#options.pod(uid);
      if (pod === undefined || !isWaiting(pod)) continue;
      const isWordChanged = told?.code === refusal.code && told.nodesHelp !== refusal.nodesHelp;
      this.#conditions.want(uid, () => this.#setCondition(uid, refusal, isWordChanged));
      events += 1;
      if (events > EVENTS_A_GROUP) continue;
      const regarding = { type: PODS, namespace: pod.namespace, name: pod.name, uid };
      this.#options.events.record(regarding, 'Warning', 'FailedScheduling', 'Scheduling', note);
    }
  }

  #tellGroup(waiting: Waiting): void {
    const { words, snapshot, events, clock } = this.#options;
    const { refusal } = waiting;
    waiting.groupToldMs = clock.monotonicMs();
    const group = this.#options.group(refusal.group);
    if (group === undefined) return;
    const regarding = { type: POD_GROUPS, namespace: group.namespace, name: group.name, uid: group.uid };
    const note = words.waits(refusal, snapshot.jobs.get(refusal.group));
    events.record(regarding, 'Warning', 'Unschedulable', 'Scheduling', note);
  }

  /** Where that is wanted, groups hear again and again that they wait: one timer for all, however many do. */
  #lookLater(): void {
    const { words, clock } = this.#options;
    const { repeatsMs } = words;
    if (repeatsMs === undefined) return;
    this.#cancelLook = clock.after(LOOK_MS, () => {
      this.#cancelLook = undefined;
      if (this.#waiting.size === 0) return;
      if (this.#waiting.size <= MOST_REPEATED) this.#tellAgain(clock.monotonicMs() - repeatsMs);
      this.#lookLater();
    });
  }

  #tellAgain(beforeMs: number): void {
    for (const waiting of this.#waiting.values()) if (waiting.groupToldMs <= beforeMs) this.#tellGroup(waiting);
  }

  /** `isWordChanged`: the condition has another reason than the pod's, under the same message. */
  async #setCondition(uid: string, refusal: RefusalDecision, isWordChanged: boolean): Promise<void> {
    const pod = this.#options.pod(uid);
    const message = podMessage(refusal);
    if (pod === undefined || !isWaiting(pod) || (pod.unschedulableMessage === message && !isWordChanged)) return;
    const lastTransitionTime = new Date(this.#options.clock.nowMs()).toISOString().replace(/\.\d+Z$/, 'Z');
    const outcome = await this.#options.writer.write({
      verb: 'strategicPatch',
      type: PODS,
      namespace: pod.namespace,
      name: pod.name,
      subresource: 'status',
      lane: 'status',
      body: {
        metadata: { uid },
        status: {
          conditions: [
            { type: 'PodScheduled', status: 'False', reason: conditionReason(refusal), message, lastTransitionTime },
          ],
        },
      },
    });
    if (outcome.kind !== 'unknown' && outcome.kind !== 'throttled') return;
    const waitMs = outcome.kind === 'throttled' ? outcome.retryAfterMs : LOST_WAIT_MS;
    this.#options.clock.after(waitMs, () => this.#again(uid, refusal));
  }

  /** A lost condition is written once more, unless the group is told something else by now, or nothing. */
  #again(uid: string, refusal: RefusalDecision): void {
    if (this.#waiting.get(refusal.group)?.told?.code !== refusal.code) return;
    this.#conditions.want(uid, () => this.#setCondition(uid, refusal, true));
  }
}

function isTold({ told, refusal }: Waiting): boolean {
  return told !== undefined && isSame(told, refusal) && refusal.uids.every((uid) => told.uids.has(uid));
}

function isSame(told: Reason, refusal: Reason): boolean {
  return told.code === refusal.code && told.nodesHelp === refusal.nodesHelp;
}

function isWaiting({ nodeName, deleting }: PodRecord): boolean {
  return nodeName === '' && !deleting;
}

/** Whoever adds nodes for pods that wait looks for `Unschedulable`, as kube-scheduler writes it. */
function conditionReason({ code, nodesHelp }: RefusalDecision): string {
  return nodesHelp ? 'Unschedulable' : code;
}

/** Says the same for as long as the reason is the same. */
function podMessage({ code, group, message }: RefusalDecision): string {
  if (code === 'GroupNotFound') return `${code}: ${message}`;
  return `${code}: ${reasonSentence(code)} PodGroup ${group} tells more.`;
}

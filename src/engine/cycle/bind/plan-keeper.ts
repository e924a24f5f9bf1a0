import { POD_GROUPS } from '../../../api/resources.ts';
import { deletePod } from '../evict/pod-deletion.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { Checker } from '../checker.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { GroupWriter } from '../tell/group-writer.ts';
import type { Clock, ClusterWriter, Logger } from '../../ports.ts';

/** A plan that lost members waits this long for others to take their places before its bound pods are given up. */
const PLAN_DEADLINE_MS = 60_000;
const LOOK_AGAIN_MS = 1000;

interface OpenPlan {
  readonly id: string;
  readonly deadlineMs: number;
}

export interface PlanKeeperOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly checker: Checker;
  readonly isCurrent: () => boolean;
  readonly groups: GroupWriter;
  readonly group: (key: string) => PodGroupRecord | undefined;
  /** Pods that belong to the group now. */
  readonly podsOf: (key: string) => readonly PodRecord[];
}

/**
 * Watches over recorded plans until their gang is whole, and each part that they began (the plan is closed), has no member bound (closed too), or has
 * stayed partly bound beyond the deadline: then its bound pods are deleted, since a binding cannot be undone.
 */
export class PlanKeeper {
  readonly #options: PlanKeeperOptions;
  readonly #open = new Map<string, OpenPlan>();
  /** Groups with decisions that are being carried out: how many of their members are bound is not certain yet. */
  readonly #busy = new Set<string>();

  constructor(options: PlanKeeperOptions) {
    this.#options = options;
  }

  /** Decisions on the group are on their way: its plan stays as it is until `rested`. */
  busy(group: string): void {
    this.#busy.add(group);
  }

  /** Every decision on the group has ended. */
  async rested(group: string): Promise<void> {
    this.#busy.delete(group);
    await this.settle(group);
  }

  /** A further plan of a group that is still partly bound does not move its deadline. */
  opened(group: string, id: string): void {
    const deadlineMs = this.#open.get(group)?.deadlineMs ?? this.#options.clock.monotonicMs() + PLAN_DEADLINE_MS;
    this.#open.set(group, { id, deadlineMs });
  }

  /** Decides what becomes of the group's plan now, and looks again later if it has to stay open. */
  async settle(group: string): Promise<void> {
    const plan = this.#open.get(group);
    if (plan === undefined || this.#busy.has(group)) return;
    const { checker, clock, groups } = this.#options;
    const record = this.#options.group(group);
    if (record === undefined || checker.members(group) === 0 || this.#isWhole(record, plan)) {
      this.#open.delete(group);
      await groups.closePlan(group);
      return;
    }
    // On an old view a gang may look partly bound that is whole.
    if (clock.monotonicMs() >= plan.deadlineMs && this.#options.isCurrent()) {
      await this.#abandon(record, plan);
      return;
    }
    this.#lookAgain(group, plan);
  }

  #isWhole(record: PodGroupRecord, { id }: OpenPlan): boolean {
    const { checker } = this.#options;
    return checker.isWhole(record) && checker.tornParts(record, id).length === 0;
  }

  /** All pods of the gang, or where that has its minimum, those of its parts that do not have theirs. */
  #giveUp(record: PodGroupRecord, { id }: OpenPlan): readonly PodRecord[] {
    const { checker, podsOf } = this.#options;
    const isWhole = checker.isWhole(record);
    return (isWhole ? checker.tornParts(record, id).flatMap(({ pods }) => pods) : podsOf(record.key)).filter(isOnNode);
  }

  #lookAgain(group: string, plan: OpenPlan): void {
    this.#options.clock.after(LOOK_AGAIN_MS, () => {
      if (this.#open.get(group) === plan) void this.settle(group);
    });
  }

  async #abandon(record: PodGroupRecord, plan: OpenPlan): Promise<void> {
    const { log, events, clock } = this.#options;
    const bound = this.#giveUp(record, plan);
    const note = this.#options.checker.isWhole(record)
      ? `${bound.length} members of parts that were not whole were bound; they are deleted so that each part starts together.`
      : `${bound.length} of ${record.minMember} members were bound, and the gang was not whole; they are deleted so that it starts together.`;
    log.warn('bind plan abandoned', { group: record.key, plan: plan.id, bound: bound.length });
    const { namespace, name, uid } = record;
    events.record({ type: POD_GROUPS, namespace, name, uid }, 'Warning', 'PlanAbandoned', 'Binding', note);
    const outcomes = await Promise.all(bound.map((pod) => this.#delete(pod)));
    if (this.#open.get(record.key) !== plan) return;
    // The plan goes when the watch shows its pods going; others may come in their stead before that.
    const next = outcomes.every(Boolean) ? { ...plan, deadlineMs: clock.monotonicMs() + PLAN_DEADLINE_MS } : plan;
    this.#open.set(record.key, next);
    this.#lookAgain(record.key, next);
  }

  async #delete(pod: PodRecord): Promise<boolean> {
    const outcome = await deletePod(this.#options.writer, pod);
    return outcome.kind === 'done' || outcome.kind === 'notFound' || outcome.kind === 'conflict';
  }
}

/** A pod that has ended holds nothing, and its owner counts on finding it. */
function isOnNode({ nodeName, deleting, phase }: PodRecord): boolean {
  return nodeName !== '' && !deleting && phase !== 'Succeeded' && phase !== 'Failed';
}

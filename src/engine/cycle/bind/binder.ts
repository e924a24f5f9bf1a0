import { formatBindPlan, MAX_BIND_PLAN_LENGTH, uidToken } from '../../../api/bind-plan.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { PODS } from '../../../api/resources.ts';
import type { BindDecision, GangDecision } from '../../../scheduler/session/decision.ts';
import { bindPod } from './binding.ts';
import type { BindingEnd } from './binding.ts';
import type { Checker } from '../checker.ts';
import type { GroupWriter } from '../tell/group-writer.ts';
import type { Words } from '../tell/words.ts';
import { hasParts } from './membership.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { Clock, ClusterWriter, Leadership, Logger, Metrics, Randomness } from '../../ports.ts';
import type { ClaimBinder, ClaimTrouble } from '../claims/claim-binder.ts';
import type { PlanKeeper } from './plan-keeper.ts';

export interface BinderOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  readonly words: Pick<Words, 'tellsPlaces'>;
  readonly log: Logger;
  readonly randomness: Randomness;
  readonly leadership: Leadership;
  readonly checker: Checker;
  readonly groups: GroupWriter;
  readonly plans: PlanKeeper;
  readonly claims: ClaimBinder;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
  /** A placement did not happen: the core may place the pod again. */
  readonly forget: (uid: string) => void;
  /** The pod is not there any more: it counts for nothing, although the watch has not told yet. */
  readonly gone: (uid: string) => void;
  /** A decision was stopped before anything was bound. */
  readonly onStopped: (gang: GangDecision, reason: StopReason, problem: string) => void;
  /** The API server does not take the pod's binding. */
  readonly onRefused: (group: string, pod: PodRecord, message: string) => void;
  /** The claims of pods that have places were not bound, and why. */
  readonly onClaimsFailed: (group: string, binds: readonly BindDecision[], trouble: ClaimTrouble) => void;
  /** All that was to be bound at once is bound. */
  readonly onBound: (group: string) => void;
}

/** By the checker (a bug, told loudly), for its size, or because the API server does not take the plan. */
export type StopReason = 'CheckerRefused' | 'GangTooLarge' | 'WriteRefused';

/** The decisions on one group that are not carried out yet, oldest first. */
interface Line {
  /** Settles when the last one in line has ended. */
  end: Promise<void>;
  /** Pods that are reserved, but whose turn has not come: nobody knows yet whether they will be bound. */
  readonly waiting: Set<string>;
}

/**
 * Carries decisions to the API server: check, record the plan (when a gang starts), bind claims, bind pods, close the plan.
 * Assumed placements that fail are forgotten; a gang that ends below its minimum stays with the plan keeper.
 * Decisions on one group go one after the other: members beyond the minimum never overtake those of the plan. A part that
 * joins a gang has a plan of its own.
 */
export class Binder {
  readonly #options: BinderOptions;
  readonly #lines = new Map<string, Line>();

  constructor(options: BinderOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async bind(gang: GangDecision): Promise<void> {
    const { checker, onStopped } = this.#options;
    const problem = checker.reserve(gang);
    if (problem !== undefined) {
      onStopped(gang, 'CheckerRefused', problem);
      this.#forgetAll(gang.binds);
      return;
    }
    if (this.#isLoose(gang)) await this.#sendLoose(gang.group, gang.binds);
    else await this.#inLine(gang.group, gang.binds, (waiting) => this.#start(gang, waiting));
  }

  /** No member needs another one. */
  #isLoose({ group, minMember }: GangDecision): boolean {
    const record = this.#options.group(group);
    return minMember <= 1 && (record === undefined || !hasParts(record));
  }

  /** Sends the bindings of a recorded plan; closes it when the gang is whole, else leaves it to the keeper. */
  async finish(group: string, planId: string, binds: readonly BindDecision[]): Promise<void> {
    await this.#inLine(group, binds, () => this.#finish(group, planId, binds));
  }

  /** `waiting`: members that are reserved by later decisions. */
  async #start(gang: GangDecision, waiting: ReadonlySet<string>): Promise<void> {
    const { checker, randomness } = this.#options;
    const group = this.#options.group(gang.group);
    const own = gang.binds.map(({ uid }) => uid);
    if (group !== undefined && checker.isWholeWith(group, own, new Set([...waiting, ...own]))) {
      await this.#sendLoose(gang.group, gang.binds);
      return;
    }
    const planId = randomness.id();
    // What went before in line may have failed: alone these would be a part of a gang.
    const isWhole = group !== undefined && checker.isWholeWith(group, own, waiting);
    if (isWhole && (await this.#record(gang, planId))) await this.#finish(gang.group, planId, gang.binds);
    else for (const bind of gang.binds) this.#release(bind);
  }

  async #inLine(
    group: string,
    binds: readonly BindDecision[],
    act: (waiting: ReadonlySet<string>) => Promise<void>,
  ): Promise<void> {
    const line = this.#lines.get(group) ?? { end: Promise.resolve(), waiting: new Set<string>() };
    this.#lines.set(group, line);
    this.#options.plans.busy(group);
    for (const { uid } of binds) line.waiting.add(uid);
    const end = line.end.then(() => {
      for (const { uid } of binds) line.waiting.delete(uid);
      return act(line.waiting);
    });
    line.end = end;
    await end;
    if (line.end !== end) return;
    this.#lines.delete(group);
    await this.#options.plans.rested(group);
  }

  /** No pod of the plan is bound before the claims of all of them are. */
  async #finish(group: string, planId: string, binds: readonly BindDecision[]): Promise<void> {
    const areReady = await this.#bindClaims(group, binds);
    // The plan's time begins now: volumes may take longer than it has.
    this.#options.plans.opened(group, planId);
    if (areReady) await this.#sendAll(group, binds, (bind) => this.#send(group, bind, planId));
  }

  async #record(gang: GangDecision, planId: string): Promise<boolean> {
    const { groups, clock, leadership, log, onStopped } = this.#options;
    const binds = gang.binds.map((bind) => ({ token: uidToken(bind.uid), node: bind.node, cards: bind.cards }));
    const text = formatBindPlan({ id: planId, epoch: leadership.epoch, atMs: clock.nowMs(), binds });
    if (text.length > MAX_BIND_PLAN_LENGTH) {
      onStopped(
        gang,
        'GangTooLarge',
        `a bind plan of ${binds.length} pods takes ${text.length} bytes, at most ${MAX_BIND_PLAN_LENGTH} fit the PodGroup`,
      );
      return false;
    }
    const outcome = await groups.recordPlan(gang.group, text);
    if (outcome.kind !== 'done') log.info('bind plan was not recorded', { group: gang.group, outcome: outcome.kind });
    if (outcome.kind === 'unknown') this.#options.plans.opened(gang.group, planId);
    if (outcome.kind === 'refused') onStopped(gang, 'WriteRefused', outcome.message);
    return outcome.kind === 'done';
  }

  /** None of the pods needs another one. */
  async #sendLoose(group: string, binds: readonly BindDecision[]): Promise<void> {
    await this.#sendAll(group, binds, async (bind) => {
      return (await this.#bindClaims(group, [bind])) ? this.#send(group, bind, '') : 'unbound';
    });
  }

  async #sendAll(
    group: string,
    binds: readonly BindDecision[],
    send: (bind: BindDecision) => Promise<BindingEnd>,
  ): Promise<void> {
    const ends = await Promise.all(binds.map(send));
    if (ends.every((end) => end === 'bound')) this.#options.onBound(group);
  }

  /** False when the claims cannot be bound: the places of all the pods were given back. */
  async #bindClaims(group: string, binds: readonly BindDecision[]): Promise<boolean> {
    const trouble = await this.#options.claims.bind(binds);
    if (trouble === undefined) return true;
    if (this.#options.leadership.isLeader()) this.#options.onClaimsFailed(group, binds, trouble);
    for (const bind of binds) this.#release(bind);
    return false;
  }

  async #send(group: string, bind: BindDecision, planId: string): Promise<BindingEnd> {
    const pod = this.#options.pod(bind.uid);
    if (pod === undefined) {
      this.#release(bind);
      return 'gone';
    }
    const { writer, clock, onRefused } = this.#options;
    const startMs = clock.monotonicMs();
    const refused = (message: string): void => onRefused(group, pod, message);
    const end = await bindPod({ writer, clock, onRefused: refused }, pod, {
      node: bind.node,
      planId,
      cards: bind.cards,
      numa: bind.numa,
    });
    this.#count(end, clock.monotonicMs() - startMs);
    if (end === 'bound') {
      this.#tellPlace(pod, bind.node);
      return end;
    }
    this.#options.checker.release(bind.uid);
    // Pending again, it would be placed again and again until the watch tells of its end.
    if (end === 'gone') this.#options.gone(bind.uid);
    else this.#options.forget(bind.uid);
    return end;
  }

  #tellPlace({ namespace, name, uid }: PodRecord, node: string): void {
    const { events, words } = this.#options;
    if (!words.tellsPlaces) return;
    const note = `Successfully assigned ${namespace}/${name} to ${node}`;
    events.record({ type: PODS, namespace, name, uid }, 'Normal', 'Scheduled', 'Binding', note);
  }

  #count(end: BindingEnd, tookMs: number): void {
    const result = end === 'bound' ? 'scheduled' : end === 'unknown' || end === 'notLeader' ? 'error' : 'unschedulable';
    this.#options.metrics.count('volcano_schedule_attempts_total', { result });
    this.#options.metrics.observe('volcano_task_scheduling_latency_milliseconds', { stage: 'bind' }, tookMs);
  }

  #release(bind: BindDecision): void {
    this.#options.checker.release(bind.uid);
    this.#options.forget(bind.uid);
  }

  #forgetAll(binds: readonly BindDecision[]): void {
    for (const bind of binds) this.#options.forget(bind.uid);
  }
}

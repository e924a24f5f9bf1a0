import { SERVED_SCHEDULERS } from '../../../api/keys.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { Backoff } from '../../../lib/backoff.ts';
import type { EvictDecision } from '../../../scheduler/session/decision.ts';
import type { EventRecorder } from '../../events/event-recorder-port.ts';
import type { Clock, ClusterWriter, Logger, Metrics, Randomness } from '../../ports.ts';
import type { Checker } from '../checker.ts';
import { EvictionNotes } from './eviction-notes.ts';
import type { Victim } from './eviction-notes.ts';
import { hasParts } from '../bind/membership.ts';
import type { Words } from '../tell/words.ts';
import { evictPod } from './pod-eviction.ts';
import type { EvictionEnd } from './pod-eviction.ts';

export interface EvictorOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly checker: Pick<Checker, 'isWhole' | 'isWholeWith' | 'brokenParts'>;
  readonly pod: (uid: string) => PodRecord | undefined;
  readonly group: (key: string) => PodGroupRecord | undefined;
  readonly words: Pick<Words, 'goes'>;
  /** The pod stays: the core counts it as before. */
  readonly forget: (uid: string) => void;
  /** Its eviction was refused: it is not asked for again at once. */
  readonly spare: (uid: string) => void;
}

/** How often what is left of a gang is tried again. */
const LEFT_PAUSES = { minMs: 1000, maxMs: 30_000 };

interface Ended {
  readonly victim: Victim;
  readonly end: EvictionEnd;
}

/**
 * Asks the API server to evict pods that were decided to go, so that it minds disruption budgets, and tells what came of
 * it. A gang, or a part of one, that goes as a whole begins with one pod: if that one is refused, all of them stay.
 */
export class Evictor {
  readonly #options: EvictorOptions;
  readonly #notes: EvictionNotes;

  constructor(options: EvictorOptions) {
    this.#options = options;
    this.#notes = new EvictionNotes(options);
  }

  /** The evictions of one cycle. Never rejects. */
  async evict(decisions: readonly EvictDecision[]): Promise<void> {
    const victims = decisions.flatMap((decision) => this.#victim(decision) ?? []);
    const groups = Map.groupBy(victims, ({ decision }) => decision.group);
    await Promise.all([...groups].map(([group, own]) => this.#evictGroup(group, own)));
  }

  /** Undefined for a pod that leaves anyway; one that Sluice did not place on a node in a group is never evicted. */
  #victim(decision: EvictDecision): Victim | undefined {
    const { pod: find, metrics, log, forget } = this.#options;
    const pod = find(decision.uid);
    if (pod === undefined || pod.deleting) return undefined;
    if (pod.group !== '' && pod.nodeName !== '' && SERVED_SCHEDULERS.has(pod.schedulerName)) return { decision, pod };
    metrics.count('sluice_checker_refusals_total', {});
    log.error('an eviction was stopped before it was written', { pod: decision.pod });
    forget(decision.uid);
    return undefined;
  }

  async #evictGroup(group: string, victims: readonly Victim[]): Promise<void> {
    if (this.#breaks(group, victims)) {
      await this.#evictTogether(group, victims);
      return;
    }
    const parts = this.#brokenParts(group, victims);
    const ofParts = new Set(parts.flat());
    const alone = victims.filter((victim) => !ofParts.has(victim));
    await Promise.all([this.#evictAlone(group, alone), ...parts.map((part) => this.#evictTogether(group, part))]);
  }

  #brokenParts(key: string, victims: readonly Victim[]): readonly (readonly Victim[])[] {
    const group = this.#options.group(key);
    if (group === undefined || group.subGroups.length === 0) return [];
    const uids = victims.map(({ pod }) => pod.uid);
    const parts = this.#options.checker.brokenParts(group, uids);
    return parts.map((part) => victims.filter(({ pod }) => part.includes(pod.uid)));
  }

  async #evictAlone(group: string, victims: readonly Victim[]): Promise<void> {
    if (victims.length === 0) return;
    const { left } = this.#note(group, await this.#askAll(victims));
    this.#stay(group, left);
  }

  async #evictTogether(group: string, victims: readonly Victim[]): Promise<void> {
    const [first, ...others] = victims;
    if (first === undefined) return;
    const begun = { victim: first, end: await this.#ask(first) };
    if (begun.end.kind !== 'gone') {
      this.#stay(group, [begun]);
      for (const { pod } of others) this.#options.forget(pod.uid);
      return;
    }
    const { gone, left } = this.#note(group, [begun, ...(await this.#askAll(others))]);
    await this.#finish(group, gone, left);
  }

  /** The gang is below its minimum without them. Members of a group of one each stand alone. */
  #breaks(key: string, victims: readonly Victim[]): boolean {
    const group = this.#options.group(key);
    if (group === undefined || (group.minMember <= 1 && !hasParts(group))) return false;
    return !this.#options.checker.isWhole(group, new Set(victims.map(({ pod }) => pod.uid)));
  }

  /** What is left of a gang or a part holds room and does nothing: it is tried again until it is gone, or all is whole after all. */
  async #finish(group: string, gone: ReadonlySet<string>, left: readonly Ended[]): Promise<void> {
    const { metrics, randomness, clock } = this.#options;
    if (left.length === 0) return;
    metrics.count('sluice_partial_evictions_total', {});
    this.#notes.partly(
      group,
      gone.size,
      left.map(({ victim }) => victim),
    );
    const backoff = new Backoff(LEFT_PAUSES, () => randomness.fraction());
    let [allGone, stillLeft] = [gone, left];
    while (stillLeft.some(({ end }) => end.kind !== 'notLeader') && !this.#isWhole(group, stillLeft, allGone)) {
      await new Promise<void>((resolve) => void clock.after(backoff.nextMs(), resolve));
      const here = stillLeft.map(({ victim }) => victim).filter(({ pod }) => this.#isThere(pod));
      const noted = this.#note(group, await this.#askAll(here));
      allGone = allGone.union(noted.gone);
      stillLeft = noted.left;
    }
    this.#stay(group, stillLeft);
  }

  #isWhole(key: string, left: readonly Ended[], gone: ReadonlySet<string>): boolean {
    const group = this.#options.group(key);
    const uids = left.map(({ victim }) => victim.pod.uid);
    return group !== undefined && this.#options.checker.isWholeWith(group, uids, gone);
  }

  #isThere({ uid }: PodRecord): boolean {
    return this.#options.pod(uid)?.deleting === false;
  }

  #askAll(victims: readonly Victim[]): Promise<Ended[]> {
    return Promise.all(victims.map(async (victim) => ({ victim, end: await this.#ask(victim) })));
  }

  async #ask({ pod }: Victim): Promise<EvictionEnd> {
    const end = await evictPod(this.#options.writer, this.#options.clock, pod);
    if (end.kind === 'gone') return end;
    this.#options.metrics.count('sluice_eviction_refusals_total', { cause: end.kind });
    this.#options.log.warn('a pod was not evicted', { pod: pod.key, cause: end.kind });
    return end;
  }

  /** Tells and counts those that go; UIDs of them, and the others. */
  #note(group: string, ended: readonly Ended[]): { gone: ReadonlySet<string>; left: readonly Ended[] } {
    const gone = ended.filter(({ end }) => end.kind === 'gone').map(({ victim }) => victim);
    const queue_name = this.#options.group(group)?.queue ?? '';
    for (const { decision } of gone)
      this.#options.metrics.count('sluice_evictions_total', { reason: decision.code, queue_name });
    if (gone.length > 0) this.#notes.evicted(group, gone);
    return { gone: new Set(gone.map(({ pod }) => pod.uid)), left: ended.filter(({ end }) => end.kind !== 'gone') };
  }

  /** They stay; what was refused is not asked for again at once. */
  #stay(group: string, ended: readonly Ended[]): void {
    for (const { victim, end } of ended) {
      if (end.kind !== 'notLeader') this.#options.spare(victim.pod.uid);
      this.#options.forget(victim.pod.uid);
    }
    const refused = ended.flatMap(({ victim, end }) => ('message' in end ? [{ victim, message: end.message }] : []));
    for (const [message, own] of Map.groupBy(refused, ({ message }) => message)) {
      this.#notes.refused(
        group,
        own.map(({ victim }) => victim),
        message,
      );
    }
  }
}

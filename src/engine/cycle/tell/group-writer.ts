import { BIND_PLAN_ANNOTATION } from '../../../api/keys.ts';
import { POD_GROUPS } from '../../../api/resources.ts';
import type { PodGroupCondition, PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import { stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { compareResourceVersions } from '../../../lib/resource-version.ts';
import type { StatusDecision } from '../../../scheduler/session/decision.ts';
import type { Clock, ClusterWriter, WriteOutcome } from '../../ports.ts';
import { groupAnnotations, groupStatusBody, hasAnnotations } from './group-status.ts';
import { NewestLane } from '../newest-lane.ts';

/** Counts move with every pod; they are written at most this often. Phase changes that end a plan go at once. */
const STATUS_DELAY_MS = 1000;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** Statuses on their way at once. */
const STATUSES_AT_ONCE = 16;
/**
 * Numbers in a message move with every binding, for every group that waits, and so do the names of who holds room. Where nothing
 * else is new, all are written in this time while they are few, and in a crowd one, whoever waited for it longest.
 */
const NUMBERS_EVERY_MS = 5000;
const FEW = 8;

interface Entry {
  wanted: StatusDecision | undefined;
  /** A plan is recorded: statuses wait, so that the write that closes the plan carries the newest one. */
  isPlanOpen: boolean;
  /** The plan is to go, and its going is not confirmed. A newer plan takes this back: it overwrites the old one. */
  isClosing: boolean;
  /** Writes that are under way or wait for their turn. */
  writes: number;
  /** Settles with the last of them: writes of one group could overtake each other on their way. */
  end: Promise<unknown>;
  cancelTimer: (() => void) | undefined;
  /** Newest version we know from our own answers; the watch may lag behind it. */
  ownVersion: string;
  /** Writes in a row that came to nothing. */
  failures: number;
}

export interface GroupWriterOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly group: (key: string) => PodGroupRecord | undefined;
}

/**
 * The only place that writes PodGroups from the scheduler: bind plans and statuses share writes, since a PodGroup has no
 * status subresource. A gang costs two writes here: plan recorded, plan closed.
 */
export class GroupWriter {
  readonly #options: GroupWriterOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #statuses = new NewestLane(STATUSES_AT_ONCE);
  /** Groups of whose status only the numbers in the message are old. */
  readonly #oldNumbers = new Set<string>();
  #cancelNumbers: (() => void) | undefined;

  constructor(options: GroupWriterOptions) {
    this.#options = options;
  }

  /** The status as it should be; written later, and only if it still differs then. */
  want(status: StatusDecision): void {
    const { group: key } = status;
    const record = this.#options.group(key);
    if (record !== undefined && !this.#entries.has(key) && isWritten(record, status)) return;
    const entry = this.#entry(key);
    entry.wanted = status;
    if (entry.isPlanOpen || entry.writes > 0) return;
    if (record !== undefined && isOldInNumbers(record, status)) this.#refreshLater(key);
    else this.#schedule(key, entry, STATUS_DELAY_MS);
  }

  /** Records the plan, with a resourceVersion precondition: a group that somebody changed meanwhile is planned anew. */
  async recordPlan(key: string, text: string): Promise<WriteOutcome> {
    const entry = this.#entry(key);
    entry.isPlanOpen = true;
    entry.cancelTimer?.();
    entry.cancelTimer = undefined;
    return this.#inTurn(entry, () => this.#record(key, entry, text));
  }

  async #record(key: string, entry: Entry, text: string): Promise<WriteOutcome> {
    const record = this.#options.group(key);
    if (record === undefined) return { kind: 'notFound', message: `PodGroup ${key} is gone` };
    const wasClosing = entry.isClosing;
    entry.isPlanOpen = true;
    entry.isClosing = false;
    const resourceVersion = newest(record.resourceVersion, entry.ownVersion);
    const status = { ...groupStatusBody(record, entry.wanted, this.#options.clock.nowMs()), phase: 'Inqueue' };
    const body = {
      metadata: { uid: record.uid, resourceVersion, annotations: { [BIND_PLAN_ANNOTATION]: text } },
      status,
    };
    const outcome = await this.#write(key, record, entry, body, 'decision');
    if (outcome.kind === 'done' || outcome.kind === 'unknown') return outcome;
    // The plan before this one is still there.
    entry.isPlanOpen = wasClosing;
    if (wasClosing) void this.closePlan(key);
    return outcome;
  }

  /** A plan found after a restart is open until it is closed here. */
  adoptPlan(key: string): void {
    this.#entry(key).isPlanOpen = true;
  }

  /** Takes the plan off the group, together with the newest status. */
  async closePlan(key: string): Promise<void> {
    const entry = this.#entry(key);
    entry.isClosing = true;
    await this.#inTurn(entry, () => this.#close(key, entry));
  }

  async #close(key: string, entry: Entry): Promise<void> {
    const record = this.#options.group(key);
    if (record === undefined) {
      this.#forget(key, entry);
      return;
    }
    if (!entry.isClosing) return;
    const status = groupStatusBody(record, entry.wanted, this.#options.clock.nowMs());
    // With its version, since an answer that was lost may be of a write that is still on its way.
    const resourceVersion = newest(record.resourceVersion, entry.ownVersion);
    const body = {
      metadata: {
        uid: record.uid,
        resourceVersion,
        annotations: { ...groupAnnotations(entry.wanted), [BIND_PLAN_ANNOTATION]: null },
      },
      status,
    };
    const outcome = await this.#write(key, record, entry, body, 'decision');
    if (outcome.kind === 'done' || outcome.kind === 'notFound') {
      entry.isPlanOpen = false;
      entry.isClosing = false;
    } else if (outcome.kind !== 'notLeader') {
      // Refusals, too: a right may come back, and a plan that stays would hold the group for ever.
      this.#options.clock.after(retryMs(entry), () => void this.#inTurn(entry, () => this.#close(key, entry)));
    }
    if (entry.wanted !== undefined && !entry.isPlanOpen) this.#schedule(key, entry, STATUS_DELAY_MS);
  }

  /** The group is gone: nothing is left to write. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#forget(key, entry);
  }

  stop(): void {
    for (const [key, entry] of this.#entries) this.#forget(key, entry);
    this.#statuses.stop();
    this.#cancelNumbers?.();
    this.#oldNumbers.clear();
  }

  async #flush(key: string, entry: Entry, withNumbers: boolean): Promise<void> {
    const record = this.#options.group(key);
    const wanted = entry.wanted;
    if (record === undefined || wanted === undefined || entry.isPlanOpen) return;
    if (isWritten(record, wanted)) {
      if (entry.writes === 1) this.#forget(key, entry);
      return;
    }
    if (!withNumbers && isOldInNumbers(record, wanted)) {
      this.#refreshLater(key);
      return;
    }
    const status = groupStatusBody(record, wanted, this.#options.clock.nowMs());
    const metadata = { uid: record.uid, ...metadataOf(wanted) };
    const outcome = await this.#write(key, record, entry, { metadata, status }, 'status');
    if (isWorthRepeating(outcome)) this.#schedule(key, entry, retryMs(entry));
    else if (entry.wanted !== wanted) this.#schedule(key, entry, STATUS_DELAY_MS);
  }

  #refreshLater(key: string): void {
    this.#oldNumbers.add(key);
    this.#cancelNumbers ??= this.#options.clock.after(NUMBERS_EVERY_MS, () => this.#refresh());
  }

  #refresh(): void {
    this.#cancelNumbers = undefined;
    const atOnce = this.#oldNumbers.size <= FEW ? FEW : 1;
    for (const key of this.#oldNumbers.values().take(atOnce).toArray()) {
      this.#oldNumbers.delete(key);
      const entry = this.#entries.get(key);
      if (entry !== undefined) this.#flushInLane(key, entry, true);
    }
    const [next] = this.#oldNumbers;
    if (next !== undefined) this.#refreshLater(next);
  }

  #flushInLane(key: string, entry: Entry, withNumbers: boolean): void {
    this.#statuses.want(key, () => this.#inTurn(entry, () => this.#flush(key, entry, withNumbers)));
  }

  async #write(
    key: string,
    record: PodGroupRecord,
    entry: Entry,
    body: JsonObject,
    lane: 'decision' | 'status',
  ): Promise<WriteOutcome> {
    const { namespace, name } = record;
    const outcome = await this.#options.writer.write({
      verb: 'mergePatch',
      type: POD_GROUPS,
      namespace,
      name,
      subresource: '',
      body,
      lane,
    });
    if (outcome.kind === 'done') {
      entry.failures = 0;
      entry.ownVersion = newest(entry.ownVersion, stringAt(outcome.object, ['metadata', 'resourceVersion']));
    }
    if (this.#options.group(key) === undefined) this.#forget(key, entry);
    return outcome;
  }

  async #inTurn<T>(entry: Entry, act: () => Promise<T>): Promise<T> {
    entry.writes += 1;
    const turn = entry.writes === 1 ? act() : entry.end.then(act);
    const end = turn.finally(() => (entry.writes -= 1));
    entry.end = end;
    return end;
  }

  #schedule(key: string, entry: Entry, delayMs: number): void {
    if (entry.cancelTimer !== undefined) return;
    entry.cancelTimer = this.#options.clock.after(delayMs, () => {
      entry.cancelTimer = undefined;
      this.#flushInLane(key, entry, false);
    });
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        wanted: undefined,
        isPlanOpen: false,
        isClosing: false,
        writes: 0,
        end: Promise.resolve(),
        cancelTimer: undefined,
        ownVersion: '',
        failures: 0,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #forget(key: string, entry: Entry): void {
    entry.cancelTimer?.();
    if (this.#entries.get(key) !== entry) return;
    this.#entries.delete(key);
    this.#oldNumbers.delete(key);
  }
}

function metadataOf(wanted: StatusDecision): JsonObject {
  const annotations = groupAnnotations(wanted);
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

/** A patch without a version meets a conflict only when others wrote again and again, or when the watch lags behind. */
function isWorthRepeating({ kind }: WriteOutcome): boolean {
  return kind === 'unknown' || kind === 'throttled' || kind === 'conflict';
}

/** The pause before a write that came to nothing is tried again: longer each time. */
function retryMs(entry: Entry): number {
  const pauseMs = Math.min(RETRY_MIN_MS * 2 ** entry.failures, RETRY_MAX_MS);
  entry.failures += 1;
  return pauseMs;
}

function newest(a: string, b: string): string {
  return compareResourceVersions(a, b) >= 0 ? a : b;
}

function isWritten(record: PodGroupRecord, wanted: StatusDecision): boolean {
  const { condition } = wanted;
  if (!hasCounts(record, wanted)) return false;
  return condition === undefined || writtenCondition(record, wanted)?.message === condition.message;
}

/** All is as it should be, but the message of the condition. */
function isOldInNumbers(record: PodGroupRecord, wanted: StatusDecision): boolean {
  return hasCounts(record, wanted) && writtenCondition(record, wanted) !== undefined;
}

function hasCounts(record: PodGroupRecord, wanted: StatusDecision): boolean {
  const { phase, running, succeeded, failed } = wanted;
  const isSame = record.running === running && record.succeeded === succeeded && record.failed === failed;
  return record.phase === phase && isSame && hasAnnotations(record, wanted);
}

function writtenCondition(
  { conditions }: PodGroupRecord,
  { condition }: StatusDecision,
): PodGroupCondition | undefined {
  return conditions.find((known) => known.type === condition?.type && known.reason === condition.reason);
}

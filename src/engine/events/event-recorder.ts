import { apiVersion, CORE_EVENTS } from '../../api/resources.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { EventRecorder, EventSubject } from './event-recorder-port.ts';
import { formatMicroTime } from './micro-time.ts';
import type { Clock, ClusterWriter, Metrics, Randomness, WriteOutcome } from '../ports.ts';

/** A recorder that can be told that an object is gone. */
export interface ForgetfulEventRecorder extends EventRecorder {
  /** Gives back the memory of an object that no longer exists. */
  forget(uid: string): void;
}

/** What is said about the subject; the reason is for machines, the action is what Sluice was doing. */
interface Note {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

/** What was said last for a reason, and when, milliseconds since 1970. */
interface Said {
  readonly note: string;
  readonly atMs: number;
}

/** What the recorder needs. */
export interface EventRecorderOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
  /** Name of this process, for `reportingInstance`. */
  readonly instance: string;
  /** Objects whose latest notes are remembered. */
  readonly maxObjects?: number;
}

const CONTROLLER = 'sluice';
const MAX_OBJECTS = 20_000;
/** What was said is news again after this time: an object may wait for the same thing a second time. */
const NEWS_AGAIN_MS = 60_000;
/** The API refuses longer notes; it counts bytes. */
const MAX_NOTE_BYTES = 1024;
const ELLIPSIS = '...';
const MAX_INSTANCE_LENGTH = 128;
/** A name may have 253 characters; the id and its dot take 17. */
const MAX_SUBJECT_PART = 230;

/**
 * Creates a recorder of events, each written only when it says something new about its object. Events go in the lowest
 * lane and are never waited for.
 */
export function createEventRecorder(options: EventRecorderOptions): ForgetfulEventRecorder {
  return new DeduplicatingRecorder(options);
}

class DeduplicatingRecorder implements ForgetfulEventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #maxObjects: number;
  /** Latest note by reason by UID; the object spoken of longest ago comes first. */
  readonly #latest = new Map<string, Map<string, Said>>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#maxObjects = options.maxObjects ?? MAX_OBJECTS;
  }

  record(...[subject, type, reason, action, note]: Parameters<EventRecorder['record']>): void {
    const notes = this.#latest.get(subject.uid) ?? new Map<string, Said>();
    const nowMs = this.#options.clock.nowMs();
    const said = notes.get(reason);
    if (said?.note === note && nowMs - said.atMs < NEWS_AGAIN_MS) {
      this.#count(reason, 'repeated');
      return;
    }
    notes.set(reason, { note, atMs: nowMs });
    this.#remember(subject.uid, notes);
    void this.#write(subject, { type, reason, action, note });
  }

  forget(uid: string): void {
    this.#latest.delete(uid);
  }

  #remember(uid: string, notes: Map<string, Said>): void {
    this.#latest.delete(uid);
    this.#latest.set(uid, notes);
    if (this.#latest.size > this.#maxObjects) dropOldest(this.#latest);
  }

  async #write(subject: EventSubject, note: Note): Promise<void> {
    const { writer, clock, randomness, instance } = this.#options;
    const name = `${subject.name.slice(0, MAX_SUBJECT_PART)}.${randomness.id()}`;
    const body = makeEvent(subject, note, name, clock.nowMs(), instance);
    const namespace = eventNamespace(subject);
    const outcome = await writer.write({
      verb: 'create',
      type: CORE_EVENTS,
      namespace,
      name,
      subresource: '',
      body,
      lane: 'event',
    });
    this.#count(note.reason, outcome.kind);
    if (mayTryAgain(outcome)) this.#unsay(subject.uid, note);
  }

  /** The event was not written: the next time it is recorded it is news again. */
  #unsay(uid: string, note: Note): void {
    const notes = this.#latest.get(uid);
    if (notes?.get(note.reason)?.note === note.note) notes.delete(note.reason);
  }

  #count(reason: string, outcome: string): void {
    this.#options.metrics.count('sluice_events_total', { reason, outcome });
  }
}

function mayTryAgain(outcome: WriteOutcome): boolean {
  return outcome.kind === 'throttled' || outcome.kind === 'unknown' || outcome.kind === 'notLeader';
}

/** Events of cluster-scoped objects live in `default`, where kubectl looks for them. */
function eventNamespace(subject: EventSubject): string {
  return subject.namespace === '' ? 'default' : subject.namespace;
}

function makeEvent(subject: EventSubject, note: Note, name: string, nowMs: number, instance: string): JsonObject {
  const { type, namespace, uid } = subject;
  const second = `${new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
  return {
    apiVersion: apiVersion(CORE_EVENTS),
    kind: CORE_EVENTS.kind,
    metadata: { name, namespace: eventNamespace(subject) },
    eventTime: formatMicroTime(nowMs),
    // What client-go's recorder writes: scripts sort by these, and wait for an event that is later than something else.
    firstTimestamp: second,
    lastTimestamp: second,
    count: 1,
    source: { component: CONTROLLER },
    reportingComponent: CONTROLLER,
    reportingInstance: instance.slice(0, MAX_INSTANCE_LENGTH),
    action: note.action,
    reason: note.reason,
    type: note.type,
    message: shorten(note.note),
    involvedObject: {
      apiVersion: apiVersion(type),
      kind: type.kind,
      name: subject.name,
      uid,
      ...(namespace === '' ? {} : { namespace }),
    },
  };
}

/** Cuts by UTF-8 bytes without cutting a character. */
function shorten(text: string): string {
  if (text.length * 3 <= MAX_NOTE_BYTES) return text;
  let bytes = 0;
  let length = 0;
  let cutAt = 0;
  for (const character of text) {
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    length += character.length;
    if (bytes <= MAX_NOTE_BYTES - ELLIPSIS.length) cutAt = length;
    if (bytes > MAX_NOTE_BYTES) return text.slice(0, cutAt) + ELLIPSIS;
  }
  return text;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

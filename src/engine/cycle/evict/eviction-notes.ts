import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { ReasonCode } from '../../../api/reasons.ts';
import { POD_GROUPS, PODS } from '../../../api/resources.ts';
import type { EvictDecision } from '../../../scheduler/session/decision.ts';
import type { EventRecorder, EventSubject } from '../../events/event-recorder-port.ts';
import type { Words } from '../tell/words.ts';

/** A pod that is to go, and why. */
export interface Victim {
  readonly decision: EvictDecision;
  readonly pod: PodRecord;
}

export interface EvictionNotesOptions {
  readonly events: EventRecorder;
  readonly group: (key: string) => PodGroupRecord | undefined;
  readonly words: Pick<Words, 'goes'>;
}

/** Tells of evictions: the pod each time, its group and its owner once for all that go at a time. */
export class EvictionNotes {
  readonly #options: EvictionNotesOptions;

  constructor(options: EvictionNotesOptions) {
    this.#options = options;
  }

  /** Pods of one group are on their way out. */
  evicted(group: string, victims: readonly Victim[]): void {
    const { words } = this.#options;
    for (const { pod, decision } of victims) this.#tell(podSubject(pod), words.goes(decision.code), decision.message);
    this.#tellGroup(group, 'Evict', evictedNote(victims));
    for (const own of Map.groupBy(victims, ({ pod }) => pod.owner?.uid).values()) {
      const owner = own[0] === undefined ? undefined : ownerSubject(own[0].pod);
      if (owner !== undefined) this.#tell(owner, 'Evict', evictedNote(own));
    }
  }

  /** Pods of one group stay, for what the API server says. */
  refused(group: string, victims: readonly Victim[], message: string): void {
    for (const { pod } of victims) this.#tell(podSubject(pod), 'EvictionRefused', message);
    this.#tellGroup(group, 'EvictionRefused', `${podNames(victims)} not evicted: ${message}`);
  }

  /** Some members of a gang that goes as a whole are not gone yet. */
  partly(group: string, gone: number, left: readonly Victim[]): void {
    const rest = `${podNames(left)} not evicted yet, and tried again until gone or until the group has its minimum.`;
    this.#tellGroup(group, 'PartlyEvicted', `${gone} pods of the gang are evicted. ${rest}`);
  }

  #tellGroup(key: string, code: ReasonCode, note: string): void {
    const group = this.#options.group(key);
    if (group === undefined) return;
    const { namespace, name, uid } = group;
    this.#tell({ type: POD_GROUPS, namespace, name, uid }, code, note);
  }

  #tell(subject: EventSubject, code: ReasonCode, note: string): void {
    this.#options.events.record(subject, 'Warning', code, 'Evicting', note);
  }
}

function evictedNote(victims: readonly Victim[]): string {
  const why = new Set(victims.map(({ decision }) => decision.message));
  return `${podNames(victims)} evicted: ${[...why].join(' ')}`;
}

const SHOWN_NAMES = 3;

/** With the verb, which goes by their number. */
function podNames(victims: readonly Victim[]): string {
  const names = victims.map(({ pod }) => pod.name);
  if (names.length === 1) return `Pod ${names[0] ?? ''} is`;
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const others = names.length - SHOWN_NAMES;
  return `${names.length} pods (${shown}${others > 0 ? ` and ${others} more` : ''}) are`;
}

function podSubject({ namespace, name, uid }: PodRecord): EventSubject {
  return { type: PODS, namespace, name, uid };
}

/** What controls the pod, of whatever kind: where people look first. */
function ownerSubject({ namespace, owner }: PodRecord): EventSubject | undefined {
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { type: { group, version, kind }, namespace, name, uid };
}

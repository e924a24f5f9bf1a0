import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { textIn } from '../certificates/secret-access.ts';

/** The keys that submitters are signed with, by id, and the id of the one that signs; empty for none. Plain data, so that it can be posted. */
export interface KeyRing {
  readonly signer: string;
  readonly keys: ReadonlyMap<string, string>;
}

export const NO_KEYS: KeyRing = Object.freeze({ signer: '', keys: new Map<string, string>() });

/** How keys follow one another. */
export interface KeyTimings {
  /** Age at which a key signs, so that every replica has read it by then; younger than the others it only verifies. */
  readonly settleMs: number;
  /** Age at which a key gets a successor. */
  readonly signMs: number;
  /** Age at which a key is dropped, and nothing that it has signed is believed any more. */
  readonly keepMs: number;
}

/** Shorter secrets can be guessed: they are no keys. Characters of base64, so that this is 32 bytes. */
const MIN_KEY_LENGTH = 43;
/** An id is the time at which its key was made, to the second. */
const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The keys of a Secret, the oldest first; whatever else it holds is no key. */
export function keysIn(secret: JsonObject | undefined): ReadonlyMap<string, string> {
  const ids = Object.keys(objectAt(secret, 'data')).filter((id) => madeMs(id) !== undefined);
  const all = ids.toSorted().map((id) => [id, textIn(secret, id)] as const);
  return new Map(all.filter(([, key]) => key.length >= MIN_KEY_LENGTH));
}

/** The id of a key that is made now. */
export function keyIdAt(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** The keys with the one that signs: the newest that has settled, else the oldest there is. */
export function ringOf(keys: ReadonlyMap<string, string>, nowMs: number, { settleMs }: KeyTimings): KeyRing {
  const ids = [...keys.keys()];
  const signer = ids.findLast((id) => ageMs(id, nowMs) >= settleMs) ?? ids[0] ?? '';
  return { signer, keys };
}

/** True when a further key is to be made: there is none, or the newest has signed for long enough. */
export function isKeyDue(keys: ReadonlyMap<string, string>, nowMs: number, { signMs }: KeyTimings): boolean {
  return [...keys.keys()].every((id) => ageMs(id, nowMs) >= signMs);
}

/** Keys whose time is over. */
export function endedKeys(keys: ReadonlyMap<string, string>, nowMs: number, { keepMs }: KeyTimings): readonly string[] {
  return [...keys.keys()].filter((id) => ageMs(id, nowMs) >= keepMs);
}

function ageMs(id: string, nowMs: number): number {
  return nowMs - (madeMs(id) ?? nowMs);
}

function madeMs(id: string): number | undefined {
  const time = Date.parse(id.replace(ID, '$1-$2-$3T$4:$5:$6Z'));
  return ID.test(id) && Number.isFinite(time) ? time : undefined;
}

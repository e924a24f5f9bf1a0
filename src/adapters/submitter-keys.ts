import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SubmitterKeys } from '../api/submitter-claim.ts';
import type { Clock } from '../engine/ports.ts';
import type { KeyRing } from '../engine/submitters/key-ring.ts';

const ALGORITHM = 'sha256';
const KEY_BYTES = 32;
/** A signature of this age is one of the same review, which may be asked for again after other webhooks. */
const SAME_REVIEW_SECONDS = 60;
/** Id of the key, seconds since 1970, and the code over the latter and the claim. */
const SIGNATURE = /^([0-9A-Za-z]{1,40})\.([1-9]\d{0,11})\.([\w-]{43})$/;

/** A new key, as text. */
export function newSubmitterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** HMAC-SHA256 over claims and the time, by a ring that may be exchanged. */
export class HmacSubmitterKeys implements SubmitterKeys {
  readonly #clock: Clock;
  #signer = '';
  #keys: ReadonlyMap<string, KeyObject> = new Map();

  constructor(ring: KeyRing, clock: Clock) {
    this.#clock = clock;
    this.use(ring);
  }

  use({ signer, keys }: KeyRing): void {
    this.#signer = signer;
    this.#keys = new Map([...keys].map(([id, key]) => [id, createSecretKey(key, 'base64url')]));
  }

  sign(claim: string, before?: string): string | undefined {
    const key = this.#keys.get(this.#signer);
    if (key === undefined) return undefined;
    const seconds = Math.floor(this.#clock.nowMs() / 1000);
    if (before?.startsWith(`${this.#signer}.`) === true) {
      const ageSeconds = seconds - (this.signedMs(claim, before) ?? 0) / 1000;
      if (ageSeconds >= 0 && ageSeconds <= SAME_REVIEW_SECONDS) return before;
    }
    return `${this.#signer}.${seconds}.${mac(key, seconds, claim).toString('base64url')}`;
  }

  signedMs(claim: string, signature: string): number | undefined {
    const [, id = '', time = '', code = ''] = SIGNATURE.exec(signature) ?? [];
    const key = this.#keys.get(id);
    if (key === undefined) return undefined;
    const seconds = Number(time);
    const given = Buffer.from(code, 'base64url');
    const own = mac(key, seconds, claim);
    return given.length === own.length && timingSafeEqual(given, own) ? seconds * 1000 : undefined;
  }
}

function mac(key: KeyObject, seconds: number, claim: string): Buffer {
  return createHmac(ALGORITHM, key).update(`${seconds} ${claim}`).digest();
}

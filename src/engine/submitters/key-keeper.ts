import { SUBMITTER_SECRET } from '../../api/access.ts';
import type { JsonObject } from '../../lib/json.ts';
import { Looks } from '../certificates/looks.ts';
import { readSecret, writeSecret } from '../certificates/secret-access.ts';
import type { SecretAccess } from '../certificates/secret-access.ts';
import type { Clock, Logger } from '../ports.ts';
import { endedKeys, isKeyDue, keyIdAt, keysIn, NO_KEYS, ringOf } from './key-ring.ts';
import type { KeyRing, KeyTimings } from './key-ring.ts';

/** What the keeper needs. */
export interface KeyKeeperOptions extends SecretAccess {
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined where the process only reads: it makes and drops no keys. */
  readonly makeKey: (() => string) | undefined;
  readonly timings: KeyTimings;
  /** Called with each ring that differs from the one before. */
  readonly onRing: (ring: KeyRing) => void;
  /** How often the Secret is read. */
  readonly checkEveryMs: number;
}

/**
 * Keeps the keys of one replica those of the Secret `sluice-submitters`: an entry for each, whose name is its id. What is not
 * there any more does not count, so that deleting a key, or all of them, takes them back. The first look begins at once.
 */
export class KeyKeeper {
  readonly #options: KeyKeeperOptions;
  readonly #looks: Looks;
  readonly #first = Promise.withResolvers<void>();
  /** Resolves once the Secret was looked at, whatever came of it. */
  readonly looked = this.#first.promise;
  #ring = NO_KEYS;
  #told = '';

  constructor(options: KeyKeeperOptions) {
    this.#options = options;
    // Until there is a key nobody is verified, and whoever makes it may start a moment later.
    const isUrgent = (): boolean => options.makeKey === undefined && this.#ring.signer === '';
    this.#looks = new Looks({ ...options, isUrgent }, () => this.check());
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /** One look now; also taken by the timer. */
  async check(): Promise<void> {
    try {
      this.#tell(await this.#look());
    } finally {
      this.#first.resolve();
    }
  }

  stop(): void {
    this.#looks.stop();
  }

  /** Resolves with what went wrong; empty for nothing. What is known stays while the Secret cannot be read. */
  async #look(): Promise<string> {
    const read = await readSecret(this.#options, SUBMITTER_SECRET);
    if (read.kind === 'failed') return read.message;
    const content = this.#change(keysIn(read.secret), read.secret);
    if (content === undefined) return this.#take(read.secret);
    const written = await writeSecret(this.#options, SUBMITTER_SECRET, read.secret, content);
    // Of several replicas one wins, and the others read its keys.
    const after = await readSecret(this.#options, SUBMITTER_SECRET);
    if (after.kind === 'failed') return after.message;
    this.#take(after.secret);
    return written.kind === 'failed' ? written.message : '';
  }

  #change(keys: ReadonlyMap<string, string>, secret: JsonObject | undefined): JsonObject | undefined {
    const { clock, makeKey, timings } = this.#options;
    if (makeKey === undefined) return undefined;
    const nowMs = clock.nowMs();
    const ended = endedKeys(keys, nowMs, timings);
    const made = isKeyDue(keys, nowMs, timings) ? { [keyIdAt(nowMs)]: makeKey() } : {};
    if (ended.length === 0 && Object.keys(made).length === 0) return undefined;
    return {
      // The type of a Secret may not change.
      ...(secret === undefined ? { type: 'Opaque' } : {}),
      ...(ended.length === 0 ? {} : { data: Object.fromEntries(ended.map((id) => [id, null])) }),
      stringData: made,
    };
  }

  #take(secret: JsonObject | undefined): string {
    const { clock, timings, onRing } = this.#options;
    const ring = ringOf(keysIn(secret), clock.nowMs(), timings);
    const isSame = this.#ring.signer === ring.signer && isSameMap(this.#ring.keys, ring.keys);
    this.#ring = ring;
    if (!isSame && !this.#looks.isStopped) onRing(ring);
    return '';
  }

  #tell(problem: string): void {
    if (problem !== '' && problem !== this.#told)
      this.#options.log.warn('keys of submitters are not settled', { message: problem });
    this.#told = problem;
  }
}

function isSameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([id, key]) => b.get(id) === key);
}

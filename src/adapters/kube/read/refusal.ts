import { stringAt } from '../../../lib/json.ts';
import { encodingOf } from './negotiation.ts';

/** An error is told in a few bytes; a proxy's long page need not be kept. */
const MAX_ERROR_CHUNKS = 4;
const MAX_MESSAGE_BYTES = 300;

/** The server refused, by HTTP status or by an ERROR event. */
export interface RefusedEnd {
  readonly kind: 'refused';
  readonly code: number;
  readonly retryAfterMs: number | undefined;
  readonly message: string;
}

/** An answer that is not 200, as it comes in. */
export class RefusedAnswer {
  readonly #code: number;
  readonly #retryAfterMs: number | undefined;
  readonly #contentType: string;
  readonly #body: Buffer[] = [];

  constructor(code: number, retryAfterMs: number | undefined, contentType: string) {
    this.#code = code;
    this.#retryAfterMs = retryAfterMs;
    this.#contentType = contentType;
  }

  take(chunk: Buffer): void {
    if (this.#body.length < MAX_ERROR_CHUNKS) this.#body.push(chunk);
  }

  /** A proxy in between may answer with anything: then its first words are told. */
  end(): RefusedEnd {
    const bytes = Buffer.concat(this.#body);
    const status = encodingOf(this.#contentType).readObject(bytes);
    const words = bytes.toString('utf8', 0, MAX_MESSAGE_BYTES);
    const message = stringAt(status, ['message'], words === '' ? `HTTP ${this.#code}` : words);
    return { kind: 'refused', code: this.#code, retryAfterMs: this.#retryAfterMs, message };
  }
}

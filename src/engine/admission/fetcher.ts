import type { Answer, FetchQuestion } from '../../../webhooks/question.ts';
import type { Clock, ClusterWriter } from '../ports.ts';

/** Objects kept; the oldest go first. */
const MOST_KEPT = 256;

interface Kept {
  readonly answer: Promise<Answer>;
  readonly sinceMs: number;
}

/**
 * Reads objects for rows, as the API server holds them. A question whose answer may be old is asked once for all that ask
 * it in that time: the pods of a gang are made at the same moment. Only what was found is kept.
 */
export class Fetcher {
  readonly #writer: ClusterWriter;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(writer: ClusterWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  fetch(question: FetchQuestion): Promise<Answer> {
    const { type, namespace, name, key, maxAgeMs } = question;
    if (maxAgeMs === undefined) return this.#read(question);
    const id = [type.group, type.version, type.plural, namespace, name, key].join(' ');
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#kept.get(id);
    if (kept !== undefined && nowMs - kept.sinceMs < maxAgeMs) return kept.answer;
    const answer = this.#read(question);
    this.#keep(id, { answer, sinceMs: nowMs });
    return answer;
  }

  async #read({ type, namespace, name }: FetchQuestion): Promise<Answer> {
    const outcome = await this.#writer.write({
      verb: 'get',
      type,
      namespace,
      name,
      subresource: '',
      lane: 'decision',
      body: undefined,
    });
    if (outcome.kind === 'notFound') return { kind: 'fetch', object: 'absent' };
    const object = outcome.kind === 'done' ? outcome.object : undefined;
    return { kind: 'fetch', object: object ?? 'unknown' };
  }

  #keep(id: string, kept: Kept): void {
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    const forget = (): void => {
      if (this.#kept.get(id) === kept) this.#kept.delete(id);
    };
    kept.answer.then((answer) => {
      if (answer.kind !== 'fetch' || typeof answer.object === 'string') forget();
    }, forget);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

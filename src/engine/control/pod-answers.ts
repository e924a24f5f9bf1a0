import type { PodAnswer, PodQuestion } from '../../controllers/pod-question.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import type { Clock, PodProber } from '../ports.ts';

/** Answers that are remembered; one that is dropped is asked for again. */
const MAX_ANSWERS = 50_000;

/** Asks pods, and remembers what each said last. Kept in memory alone: whoever takes over asks again. */
export class PodAnswers {
  readonly #prober: PodProber;
  readonly #clock: Clock;
  readonly #answers = new Map<string, PodAnswer>();

  constructor(prober: PodProber, clock: Clock) {
    this.#prober = prober;
    this.#clock = clock;
  }

  /** Asks all of them at once; resolves when each has answered, or has not in time. */
  async ask(questions: readonly PodQuestion[]): Promise<void> {
    await Promise.all(
      questions.map(async (question) => {
        const isUp = await this.#prober.ask(question);
        // A later answer goes to the end: the oldest are dropped.
        this.#answers.delete(question.id);
        this.#answers.set(question.id, { isUp, atMs: this.#clock.nowMs() });
        if (this.#answers.size > MAX_ANSWERS) dropOldest(this.#answers);
      }),
    );
  }

  answerTo(id: string): PodAnswer | undefined {
    return this.#answers.get(id);
  }
}

import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';

/** What a program outside is asked about. */
export type Subject =
  | { readonly kind: 'job'; readonly record: PodGroupRecord; readonly priority: number }
  | { readonly kind: 'queue'; readonly record: QueueRecord };

export interface OutsideQuestion {
  /** Equal keys are one question. */
  readonly key: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly subject: Subject;
}

/** What it said, or why it said nothing. `status` is above 0 for yes and below 0 for no. */
export type OutsideAnswer =
  { readonly kind: 'status'; readonly status: number } | { readonly kind: 'failed'; readonly why: string };

interface Known {
  readonly answer: OutsideAnswer;
  readonly atMs: number;
}

/** An answer is asked for anew once it is so old, and taken for as long again meanwhile. */
const FRESH_MS = 10_000;
/** Questions that are open at a time: those behind them have not come to their turn. */
const MOST_OPEN = 64;

/**
 * What the core would like to know of programs outside, and what they said. A question is noted and answered between cycles:
 * nobody waits for it within one.
 */
export class OutsideAnswers {
  readonly #known = new Map<string, Known>();
  /** Noted, and not taken to be asked yet. */
  readonly #noted = new Map<string, OutsideQuestion>();
  /** Noted or on their way. */
  readonly #open = new Set<string>();
  #nowMs = 0;
  /** Grows whenever a question may be answered otherwise, or asked. */
  version = 0;

  /** Called at the start of each cycle. O(answers). */
  open(nowMs: number): void {
    for (const [key, { atMs }] of this.#known) {
      // In the cycle in which it turns old, and in that in which it goes, whoever relied on it asks again.
      const isNews = agesAt(nowMs, atMs) !== agesAt(this.#nowMs, atMs);
      if (isNews) this.version += 1;
      if (nowMs - atMs >= 2 * FRESH_MS) this.#known.delete(key);
    }
    this.#nowMs = nowMs;
  }

  /** What was answered, if anything; the question is noted when it has to be asked. */
  ask(question: OutsideQuestion): OutsideAnswer | undefined {
    const known = this.#known.get(question.key);
    const isFresh = known !== undefined && this.#nowMs - known.atMs < FRESH_MS;
    if (!isFresh && !this.#open.has(question.key) && this.#open.size < MOST_OPEN) {
      this.#open.add(question.key);
      this.#noted.set(question.key, question);
    }
    return known?.answer;
  }

  /** The questions that are to be asked now; each comes once. */
  take(): readonly OutsideQuestion[] {
    if (this.#noted.size === 0) return NONE;
    const noted = [...this.#noted.values()];
    this.#noted.clear();
    return noted;
  }

  answered(key: string, answer: OutsideAnswer, atMs: number): void {
    this.#open.delete(key);
    this.#known.set(key, { answer, atMs });
    this.version += 1;
  }
}

const NONE: readonly OutsideQuestion[] = [];

/** Lives that have passed, two at most. */
function agesAt(nowMs: number, atMs: number): number {
  return Math.min(2, Math.floor((nowMs - atMs) / FRESH_MS));
}

import type { Decision } from '../../../scheduler/session/decision.ts';
import type { Decisions } from '../../../scheduler/session/decisions.ts';

/** What groups were told in the cycle before is carried out again this often: a write of it may have come to nothing. */
const ALL_EVERY_MS = 10_000;

/** Which decisions of each cycle are carried out: what is new, and from time to time all. */
export class Repeats {
  #allFromMs = -Infinity;

  of(decisions: Decisions, nowMs: number): Iterable<Decision> {
    if (nowMs < this.#allFromMs) return decisions.news();
    this.#allFromMs = nowMs + ALL_EVERY_MS;
    return decisions;
  }

  /** Nothing is taken for told. */
  forget(): void {
    this.#allFromMs = -Infinity;
  }
}

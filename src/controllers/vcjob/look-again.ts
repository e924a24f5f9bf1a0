import { requeueAfter } from '../effect.ts';
import type { RequeueEffect } from '../effect.ts';

/** What waits for longer is looked at in between: timers cannot count for as long as a spec may say. */
const LONGEST_WAIT_MS = 3_600_000;

/** A look in so many milliseconds, or earlier. */
export function lookAgain(afterMs: number): RequeueEffect {
  return requeueAfter(Math.min(afterMs, LONGEST_WAIT_MS));
}

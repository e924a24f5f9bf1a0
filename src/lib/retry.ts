import { Backoff } from './backoff.ts';
import type { BackoffBounds } from './backoff.ts';

/** When something is tried again, and when its answer is taken as it is. */
export interface RetryOptions<T> {
  readonly bounds: BackoffBounds;
  /** Jitter, as `Backoff` takes it; absent: none. */
  readonly fraction?: () => number;
  readonly wait: (delayMs: number) => Promise<void>;
  /** The least time before another attempt; undefined: the answer is taken. */
  readonly pauseAfter: (answer: T) => number | undefined;
  /** Whether there is time for another attempt after the delay; absent: always. */
  readonly hasTime?: (delayMs: number) => boolean;
}

/** Tries until an answer can be taken, with growing pauses; resolves with the last answer. Rejects as the attempt does. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions<T>): Promise<T> {
  const backoff = new Backoff(options.bounds, options.fraction ?? none);
  for (;;) {
    const answer = await attempt();
    const leastMs = options.pauseAfter(answer);
    if (leastMs === undefined) return answer;
    const delayMs = Math.max(leastMs, backoff.nextMs());
    if (options.hasTime?.(delayMs) === false) return answer;
    await options.wait(delayMs);
  }
}

function none(): number {
  return 0;
}

import { seededRandom } from './random.ts';

/** How arrivals follow one another: at chance, as from many independent clients, or at equal distances. */
export type ArrivalPattern = 'poisson' | 'even';

/** Arrival times in milliseconds from the start, as many as fit into the duration, rising. */
export function arrivalTimes(
  pattern: ArrivalPattern,
  ratePerSecond: number,
  durationMs: number,
  seed: number,
): number[] {
  const random = seededRandom(seed);
  const meanGapMs = 1000 / ratePerSecond;
  const times: number[] = [];
  for (let atMs = meanGapMs; atMs < durationMs;) {
    times.push(atMs);
    atMs += pattern === 'even' ? meanGapMs : -Math.log(1 - random()) * meanGapMs;
  }
  return times;
}

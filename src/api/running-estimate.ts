import { durationMs } from '../lib/duration.ts';

/** Milliseconds of a running estimate as written, a Go duration above 0; 0 for anything else. */
export function readRunningEstimate(text: string): number {
  return text === '' ? 0 : Math.max(0, Math.ceil(durationMs(text) ?? 0));
}

/** The shorter of two run times of which each may be unknown: 0. */
export function shorterRun(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}

/** Amounts closer than this count as equal (Volcano's epsilon). */
export const EPSILON = 0.1;

/** How often so much can be taken one after the other until more than the most is held, but no more than `times`. */
export function timesWithin(asked: number, held: number, most: number, times: number): number {
  if (asked <= 0) return times;
  return Math.max(0, Math.min(times, Math.floor((most + EPSILON - held) / asked)));
}

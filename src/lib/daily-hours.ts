const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Some hours of each day, in UTC; they may go over midnight. */
export interface DailyHours {
  /** As written. */
  readonly text: string;
  /** Milliseconds since midnight. */
  readonly fromMs: number;
  /** The first moment after them; the same as `fromMs` for the whole day. */
  readonly untilMs: number;
}

const HOURS = /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)$/;

/** Reads `HH:MM-HH:MM`; undefined for anything else. */
export function dailyHours(text: string): DailyHours | undefined {
  const match = HOURS.exec(text);
  if (match === null) return undefined;
  const [fromHour = 0, fromMinute = 0, untilHour = 0, untilMinute = 0] = match.slice(1).map(Number);
  const fromMs = (fromHour * 60 + fromMinute) * MINUTE_MS;
  return { text, fromMs, untilMs: (untilHour * 60 + untilMinute) * MINUTE_MS };
}

/** Whether the time, in milliseconds since 1970, is within them. */
export function isWithinHours({ fromMs, untilMs }: DailyHours, atMs: number): boolean {
  const sinceMs = (atMs - fromMs) % DAY_MS;
  return fromMs === untilMs || (sinceMs + DAY_MS) % DAY_MS < (untilMs - fromMs + DAY_MS) % DAY_MS;
}

/** When they begin or end next after the time, in milliseconds since 1970; undefined for the whole day, which never ends. */
export function nextChangeMs({ fromMs, untilMs }: DailyHours, afterMs: number): number | undefined {
  if (fromMs === untilMs) return undefined;
  const midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS;
  const changes = [fromMs, untilMs, fromMs + DAY_MS, untilMs + DAY_MS].map((ms) => midnightMs + ms);
  return Math.min(...changes.filter((ms) => ms > afterMs));
}

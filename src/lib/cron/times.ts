import type { ClockSchedule, CronSchedule } from './schedule.ts';
import type { Zone } from './zone.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A leap day that falls on a weekday comes again within 40 years at the latest; nobody waits for that. */
const LOOK_AHEAD_MS = 5 * 366 * DAY_MS;

/**
 * The first moment of the schedule after the given one, in milliseconds since 1970; undefined where there is none in five
 * years, as for 30 February. An hour that clocks leave out has no moments, one that they repeat has them twice. O(days).
 */
export function nextTime(schedule: CronSchedule, zone: Zone, afterMs: number): number | undefined {
  if (schedule.kind === 'every') return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  const endMs = afterMs + LOOK_AHEAD_MS;
  let atMs = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  while (atMs <= endMs) {
    const offsetMs = zone.offsetMs(atMs);
    const aheadMs = untilPossible(schedule, atMs + offsetMs);
    if (aheadMs === 0) return atMs;
    atMs = stepped(zone, atMs, offsetMs, aheadMs);
  }
  return undefined;
}

/**
 * The latest moment of the schedule that is not after `untilMs`, and not before or at `afterMs`; undefined for none. Looks back
 * over longer and longer times, so that a schedule which was missed a million times costs no million steps.
 */
export function latestTime(
  schedule: CronSchedule,
  zone: Zone,
  { afterMs, untilMs }: { readonly afterMs: number; readonly untilMs: number },
): number | undefined {
  if (schedule.kind === 'every') return latestOf(schedule.everyMs, afterMs, untilMs);
  for (const spanMs of [HOUR_MS, DAY_MS, 32 * DAY_MS, 367 * DAY_MS, LOOK_AHEAD_MS]) {
    const fromMs = Math.max(afterMs, untilMs - spanMs);
    const found = lastIn(schedule, zone, fromMs, untilMs);
    if (found !== undefined || fromMs === afterMs) return found;
  }
  return undefined;
}

function latestOf(everyMs: number, afterMs: number, untilMs: number): number | undefined {
  const startMs = Math.floor(afterMs / 1000) * 1000;
  const times = Math.floor((untilMs - startMs) / everyMs);
  return times < 1 ? undefined : startMs + times * everyMs;
}

function lastIn(schedule: CronSchedule, zone: Zone, fromMs: number, untilMs: number): number | undefined {
  let last: number | undefined;
  for (
    let at = nextTime(schedule, zone, fromMs);
    at !== undefined && at <= untilMs;
    at = nextTime(schedule, zone, at)
  ) {
    last = at;
  }
  return last;
}

/** How long no moment is possible by a clock that shows `shown` and goes on undisturbed; 0 for a moment. */
function untilPossible({ months, hours, minutes, ...days }: ClockSchedule, shown: number): number {
  const clock = new Date(shown);
  if (!months.has(clock.getUTCMonth() + 1)) {
    return Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth() + 1) - shown;
  }
  if (!isDay(days, shown)) return untilNext(DAY_MS, shown);
  if (!hours.has(clock.getUTCHours())) return untilNext(HOUR_MS, shown);
  return minutes.has(clock.getUTCMinutes()) ? 0 : MINUTE_MS;
}

function isDay(
  { days, weekdays, isEitherDay }: Pick<ClockSchedule, 'days' | 'weekdays' | 'isEitherDay'>,
  shown: number,
): boolean {
  const clock = new Date(shown);
  const [isOfMonth, isOfWeek] = [days.has(clock.getUTCDate()), weekdays.has(clock.getUTCDay())];
  return isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
}

/** Time until the clock shows the beginning of the next day, or hour. */
function untilNext(unitMs: number, shown: number): number {
  return unitMs - (((shown % unitMs) + unitMs) % unitMs);
}

/** The step ahead; where clocks are changed within it, a shorter one, so that all that they show is looked at. */
function stepped(zone: Zone, atMs: number, offsetMs: number, aheadMs: number): number {
  const shown = atMs + offsetMs;
  const steps = [aheadMs, untilNext(DAY_MS, shown), untilNext(HOUR_MS, shown)];
  const step = steps.find((ms) => ms <= aheadMs && zone.offsetMs(atMs + ms) === offsetMs);
  return atMs + (step ?? MINUTE_MS);
}

import { durationMs } from '../duration.ts';
import { readField } from './field.ts';
import type { FieldBounds } from './field.ts';

/** Moments that cron names by what a clock shows. */
export interface ClockSchedule {
  readonly kind: 'clock';
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Days of the month and of the week are both given: one of them is enough. */
  readonly isEitherDay: boolean;
}

/** Moments that are the same time apart, whatever clocks show. */
export interface EverySchedule {
  readonly kind: 'every';
  /** Whole seconds, at least one. */
  readonly everyMs: number;
}

export type CronSchedule = ClockSchedule | EverySchedule;

export type ScheduleResult =
  | { readonly kind: 'schedule'; readonly schedule: CronSchedule }
  | { readonly kind: 'problem'; readonly problem: string };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const BOUNDS: readonly FieldBounds[] = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of the week', from: 0, to: 6, names: WEEKDAYS },
];

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const EVERY = '@every ';
const SECOND_MS = 1000;

/** Reads five fields of cron, a descriptor such as `@daily`, or `@every` with a duration of Go. */
export function readSchedule(text: string): ScheduleResult {
  if (text.startsWith(EVERY)) return readEvery(text.slice(EVERY.length));
  const fields = DESCRIPTORS.get(text) ?? text;
  if (fields.startsWith('@')) return problem(`unrecognized descriptor: ${text}`);
  const texts = fields.split(/\s+/).filter((field) => field !== '');
  if (texts.length !== BOUNDS.length) return problem(`expected exactly 5 fields, found ${texts.length}`);
  const read = BOUNDS.map((bounds, index) => readField(texts[index] ?? '', bounds));
  const wrong = read.find((field) => field.kind === 'problem');
  if (wrong !== undefined) return problem(wrong.problem);
  const [minutes = ALL, hours = ALL, days = ALL, months = ALL, weekdays = ALL] = read.flatMap((field) =>
    field.kind === 'values' ? [field] : [],
  );
  const schedule: ClockSchedule = {
    kind: 'clock',
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    isEitherDay: !days.isOpen && !weekdays.isOpen,
  };
  return { kind: 'schedule', schedule };
}

const ALL = { values: new Set<number>(), isOpen: true };

function readEvery(text: string): ScheduleResult {
  const ms = durationMs(text);
  if (ms === undefined) return problem(`failed to parse duration ${text}`);
  const everyMs = Math.max(SECOND_MS, Math.floor(ms / SECOND_MS) * SECOND_MS);
  return { kind: 'schedule', schedule: { kind: 'every', everyMs } };
}

function problem(text: string): ScheduleResult {
  return { kind: 'problem', problem: text };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** A time that lies in the future by no more than this is now: clocks of machines differ. */
const SKEW_MS = 2 * SECOND;

/** Sizes above which fewer words are told, as kubectl does: from there on, the unit, and the smaller one beside it. */
const STEPS: readonly { readonly belowMs: number; readonly unit: Unit; readonly rest: Unit | undefined }[] = [
  { belowMs: 2 * MINUTE, unit: ['s', SECOND], rest: undefined },
  { belowMs: 10 * MINUTE, unit: ['m', MINUTE], rest: ['s', SECOND] },
  { belowMs: 3 * HOUR, unit: ['m', MINUTE], rest: undefined },
  { belowMs: 8 * HOUR, unit: ['h', HOUR], rest: ['m', MINUTE] },
  { belowMs: 2 * DAY, unit: ['h', HOUR], rest: undefined },
  { belowMs: 8 * DAY, unit: ['d', DAY], rest: ['h', HOUR] },
  { belowMs: 2 * YEAR, unit: ['d', DAY], rest: undefined },
  { belowMs: 8 * YEAR, unit: ['y', YEAR], rest: ['d', DAY] },
  { belowMs: Infinity, unit: ['y', YEAR], rest: undefined },
];

type Unit = readonly [name: string, ms: number];

/** An age as kubectl tells it: `75s`, `3m20s`, `5h`, `2d4h`. */
export function humanDuration(ms: number): string {
  if (ms <= -SKEW_MS) return '<invalid>';
  const age = Math.max(0, ms);
  const step = STEPS.find(({ belowMs }) => age < belowMs);
  return step === undefined ? '<unknown>' : inUnits(age, step.unit, step.rest);
}

/** The age of what was made at that time, as an object says it; `<unknown>` for a time that cannot be read. */
export function ageOf(timestamp: string, nowMs: number): string {
  const atMs = Date.parse(timestamp);
  return Number.isNaN(atMs) ? '<unknown>' : humanDuration(nowMs - atMs);
}

function inUnits(age: number, [name, size]: Unit, rest: Unit | undefined): string {
  const whole = `${Math.floor(age / size)}${name}`;
  if (rest === undefined) return whole;
  const left = Math.floor((age % size) / rest[1]);
  return left === 0 ? whole : `${whole}${left}${rest[0]}`;
}

import {
  COOLDOWN_KEY,
  MAX_UNAVAILABLE_ANNOTATION,
  MIN_AVAILABLE_ANNOTATION,
  PREEMPTABLE_KEY,
  REVOCABLE_ZONE_KEY,
  TASK_PRIORITY_KEY,
  WAITING_TIME_KEYS,
} from '../src/api/keys.ts';
import { disruptionAmount } from '../src/api/disruption-amount.ts';
import { isTaskPriority, isYesOrNo } from '../src/api/projections/metadata.ts';
import { durationMs } from '../src/lib/duration.ts';
import { keyPath } from '../src/lib/field-error.ts';
import { member } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { wishWarnings } from './group-wishes.ts';

/** What a value has to be, and what is told of any other one. */
interface ValueRule {
  readonly isReadable: (value: string) => boolean;
  readonly otherwise: string;
}

const RULES: ReadonlyMap<string, ValueRule> = new Map([
  ...WAITING_TIME_KEYS.map((key): [string, ValueRule] => [
    key,
    { isReadable: isTime, otherwise: 'is no waiting time: write one such as 1h30m' },
  ]),
  [COOLDOWN_KEY, { isReadable: isTime, otherwise: 'is no time, and counts as none: write one such as 10m' }],
  [PREEMPTABLE_KEY, { isReadable: isYesOrNo, otherwise: 'is neither true nor false, and says nothing' }],
  ...[MIN_AVAILABLE_ANNOTATION, MAX_UNAVAILABLE_ANNOTATION].map((key): [string, ValueRule] => [
    key,
    { isReadable: isBudget, otherwise: 'is no number or percentage of pods, and says nothing' },
  ]),
  [TASK_PRIORITY_KEY, { isReadable: isTaskPriority, otherwise: 'is no whole number, and says nothing' }],
  [
    REVOCABLE_ZONE_KEY,
    { isReadable: (value) => value === '*' || value === '', otherwise: 'is not *, and keeps pods off such nodes' },
  ],
]);

/** What cannot be read counts as none, on a group and on what it takes its annotations over from; what stood there before is told nobody. */
export function valueWarnings(annotations: JsonObject, before: JsonObject | undefined, path = ''): readonly string[] {
  return [...RULES].flatMap(([key, { isReadable, otherwise }]) => {
    const value = member(annotations, key);
    if (typeof value !== 'string' || value === member(before, key) || isReadable(value)) return [];
    return [`${keyPath(`${path}metadata.annotations`, key)} ${otherwise}`];
  });
}

/** The same with what says how large a group is and where its pods lie, on whatever makes pods; nobody is told what stood there before. */
export function writtenWarnings(annotations: JsonObject, path = '', before?: JsonObject): readonly string[] {
  const told = before === undefined ? [] : wishWarnings(before, path);
  const wishes = wishWarnings(annotations, path).filter((text) => !told.includes(text));
  return [...valueWarnings(annotations, before, path), ...wishes];
}

function isBudget(value: string): boolean {
  return disruptionAmount(value, 1) !== undefined;
}

function isTime(value: string): boolean {
  return (durationMs(value) ?? 0) > 0;
}

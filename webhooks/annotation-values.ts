import { COOLDOWN_KEY, PREEMPTABLE_KEY, WAITING_TIME_KEYS } from '../src/api/keys.ts';
import { isYesOrNo } from '../src/api/projections/metadata.ts';
import { durationMs } from '../src/lib/duration.ts';
import { keyPath } from '../src/lib/field-error.ts';
import { member } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';

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
]);

/** What cannot be read counts as none, on a group and on what it takes its annotations over from; what stood there before is told nobody. */
export function valueWarnings(annotations: JsonObject, before: JsonObject | undefined, path = ''): readonly string[] {
  return [...RULES].flatMap(([key, { isReadable, otherwise }]) => {
    const value = member(annotations, key);
    if (typeof value !== 'string' || value === member(before, key) || isReadable(value)) return [];
    return [`${keyPath(`${path}metadata.annotations`, key)} ${otherwise}`];
  });
}

function isTime(value: string): boolean {
  return (durationMs(value) ?? 0) > 0;
}

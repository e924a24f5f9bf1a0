import { WAITING_TIME_KEYS } from '../src/api/keys.ts';
import { durationMs } from '../src/lib/duration.ts';
import { keyPath } from '../src/lib/field-error.ts';
import { member } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** What cannot be read counts as none, on a group and on what it takes its annotations over from; what stood there before is told nobody. */
export function timeWarnings(annotations: JsonObject, before: JsonObject | undefined, path = ''): readonly string[] {
  return WAITING_TIME_KEYS.filter((key) => {
    const time = member(annotations, key);
    return typeof time === 'string' && time !== member(before, key) && (durationMs(time) ?? 0) <= 0;
  }).map((key) => `${keyPath(`${path}metadata.annotations`, key)} is no waiting time: write one such as 1h30m`);
}

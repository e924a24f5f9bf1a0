import { ageOf } from '../../lib/human-duration.ts';
import { memberAt, numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { padded } from './columns.ts';

const WIDTHS = [15, 40, 30, 40];

/** Events of the object with this UID as `vcctl job view` tells them; the head `Form` is Volcano's own. */
export function eventLines(events: readonly JsonObject[], uid: string, nowMs: number): readonly string[] {
  const own = events.filter((event) => memberAt(event, 'regarding', 'uid') === uid);
  if (own.length === 0) return ['Events: \t<none>'];
  return [
    'Events:',
    columns('Type', 'Reason', 'Age', 'Form', 'Message'),
    columns(...WIDTHS.map(() => '-------'), '-------'),
    ...own.map((event) => eventLine(event, nowMs)),
  ];
}

function eventLine(event: JsonObject, nowMs: number): string {
  const first = stringAt(event, ['deprecatedFirstTimestamp'], stringAt(event, ['eventTime']));
  const last = stringAt(event, ['series', 'lastObservedTime'], stringAt(event, ['deprecatedLastTimestamp'], first));
  const count = numberAt(event, ['series', 'count'], numberAt(event, ['deprecatedCount'], 1));
  const age = count > 1 ? `${ageOf(last, nowMs)} (x${count} over ${ageOf(first, nowMs)})` : ageOf(first, nowMs);
  const source = stringAt(event, ['reportingController'], stringAt(event, ['deprecatedSource', 'component']));
  return columns(stringAt(event, ['type']), stringAt(event, ['reason']), age, source, stringAt(event, ['note']).trim());
}

function columns(...cells: readonly string[]): string {
  return cells.map((cell, at) => padded([cell], WIDTHS.slice(at, at + 1))).join('\t');
}

import { numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { padded } from './columns.ts';

const COUNTED = ['Inqueue', 'Pending', 'Running', 'Unknown', 'Completed'];
const NAME_WIDTH = 25;
const WIDTH = 8;

/** Queues, and how many PodGroups of each are in which phase. Of one queue its parent is told, too, as Volcano does. */
export function queueTable(
  queues: readonly JsonObject[],
  groups: readonly JsonObject[],
  { tellsParent }: { readonly tellsParent: boolean },
): string {
  const phases = new Map<string, string[]>();
  for (const group of groups) {
    const queue = stringAt(group, ['spec', 'queue']);
    const known = phases.get(queue) ?? [];
    known.push(stringAt(group, ['status', 'phase']));
    phases.set(queue, known);
  }
  const head = ['Name', 'Weight', 'State', ...(tellsParent ? ['Parent'] : []), ...COUNTED];
  const rows = queues.map((queue) => {
    const name = stringAt(queue, ['metadata', 'name']);
    const own = phases.get(name) ?? [];
    return [
      name,
      numberAt(queue, ['spec', 'weight'], 0),
      stringAt(queue, ['status', 'state']),
      ...(tellsParent ? [stringAt(queue, ['spec', 'parent'])] : []),
      ...COUNTED.map((phase) => own.filter((one) => one === phase).length),
    ];
  });
  return [head, ...rows].map((row) => padded(row, [NAME_WIDTH, ...row.slice(1).map(() => WIDTH)])).join('\n');
}

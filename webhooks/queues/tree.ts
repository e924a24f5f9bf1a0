import { ROOT_QUEUE } from '../../src/api/keys.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { amountsText } from '../../src/api/amounts.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import { excess } from '../room-warnings.ts';
import { QUEUE_VIEW } from '../view-kinds.ts';
import { LISTS, amountsOf } from './resources.ts';
import type { List } from './resources.ts';

/** Lists of which queues of one parent share what the parent has. */
const SHARED = ['guarantee', 'deserved'] as const;

/**
 * What a queue holds against the queues above and below it, in Volcano's words. Amounts that the other side does not list are not
 * compared. Whoever changes none of them need not mend what was there before.
 */
export function treeErrors(
  name: string,
  queue: JsonObject,
  old: JsonObject | undefined,
  view: ClusterView,
): readonly FieldError[] {
  if (name === ROOT_QUEUE || (old !== undefined && isSame(queue, old))) return [];
  const parent = stringAt(queue, ['spec', 'parent']);
  const children = view.of(QUEUE_VIEW).by('parent', name);
  return [
    ...aboveErrors(name, parent, queue, view),
    ...belowErrors(name, queue, children, view),
    ...SHARED.flatMap((list) => [
      ...siblingErrors(name, parent, queue, list, view),
      ...sumErrors(`queue ${name} validation failed`, queue, list, amountsOf(queue, list), children),
    ]),
  ];
}

function isSame(queue: JsonObject, old: JsonObject): boolean {
  const lists = Object.keys(LISTS) as readonly List[];
  const areSame = lists.every((list) => amountsText(amountsOf(queue, list)) === amountsText(amountsOf(old, list)));
  return areSame && stringAt(queue, ['spec', 'parent']) === stringAt(old, ['spec', 'parent']);
}

/** Against the nearest queue above that limits the resource; the root does not count. */
function aboveErrors(name: string, parent: string, queue: JsonObject, view: ClusterView): readonly FieldError[] {
  const limits = new Map<string, number>();
  const seen = new Set([name]);
  for (let above = parent; above !== '' && above !== ROOT_QUEUE && !seen.has(above);) {
    seen.add(above);
    const record = view.of(QUEUE_VIEW).get(above);
    for (const [resource, amount] of record?.capability ?? []) {
      if (!limits.has(resource)) limits.set(resource, amount);
    }
    above = record?.parent ?? '';
  }
  return compared(amountsOf(queue, 'capability'), limits).map(({ name: resource, asked, most }) =>
    error(
      queue,
      'capability',
      resource,
      `queue ${name} capability[${resource}]=${asked} exceeds its ancestor's capability=${most}`,
    ),
  );
}

function belowErrors(
  name: string,
  queue: JsonObject,
  children: readonly QueueRecord[],
  view: ClusterView,
): readonly FieldError[] {
  const below = new Set(children);
  for (const child of below) for (const one of view.of(QUEUE_VIEW).by('parent', child.name)) below.add(one);
  const most = new Map<string, number>();
  for (const { capability = new Map<string, number>() } of below) {
    for (const [resource, amount] of capability) most.set(resource, Math.max(amount, most.get(resource) ?? 0));
  }
  return compared(most, amountsOf(queue, 'capability')).map((found) =>
    error(
      queue,
      'capability',
      found.name,
      `queue ${name} capability[${found.name}]=${found.most} is smaller than its descendants' max capability=${found.asked}`,
    ),
  );
}

function siblingErrors(
  name: string,
  parent: string,
  queue: JsonObject,
  list: (typeof SHARED)[number],
  view: ClusterView,
): readonly FieldError[] {
  if (parent === '' || parent === ROOT_QUEUE) return [];
  const others = view
    .of(QUEUE_VIEW)
    .by('parent', parent)
    .filter((one) => one.name !== name);
  const limit = view.of(QUEUE_VIEW).get(parent)?.[list] ?? new Map<string, number>();
  const own = { [list]: amountsOf(queue, list) };
  return sumErrors(`parent queue ${parent} validation failed`, queue, list, limit, [...others, own]);
}

function sumErrors(
  what: string,
  queue: JsonObject,
  list: (typeof SHARED)[number],
  limit: ResourceAmounts,
  parts: readonly Partial<Pick<QueueRecord, 'guarantee' | 'deserved'>>[],
): readonly FieldError[] {
  const sum = new Map<string, number>();
  for (const part of parts) {
    for (const [resource, amount] of part[list] ?? []) sum.set(resource, amount + (sum.get(resource) ?? 0));
  }
  return compared(sum, limit).map(({ name: resource, asked, most }) =>
    error(
      queue,
      list,
      resource,
      `${what}: sum of children's ${list} (${resource} ${asked}) exceeds parent's ${list} limit (${resource} ${most})`,
    ),
  );
}

/** What is more than the limit, of the resources that the limit lists. */
function compared(asked: ResourceAmounts, limit: ResourceAmounts): ReturnType<typeof excess> {
  return excess(new Map([...asked].filter(([resource]) => limit.has(resource))), limit);
}

function error(queue: JsonObject, list: List, resource: string, message: string): FieldError {
  const value = memberAt(queue, ...LISTS[list], resource);
  return fieldError(keyPath(LISTS[list].join('.'), resource), 'FieldValueInvalid', value, message);
}

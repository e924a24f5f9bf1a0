import { amountsText, parseAmounts } from '../../src/api/amounts.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const LISTS = {
  capability: ['spec', 'capability'],
  deserved: ['spec', 'deserved'],
  guarantee: ['spec', 'guarantee', 'resource'],
} as const;

type List = keyof typeof LISTS;

/** Amounts that cannot be read, and lists that contradict each other: guarantee <= deserved <= capability. */
export function resourceErrors(queue: JsonObject): readonly FieldError[] {
  const [capability, deserved, guarantee] = [
    read(queue, 'capability'),
    read(queue, 'deserved'),
    read(queue, 'guarantee'),
  ];
  const errors = [...capability.errors, ...deserved.errors, ...guarantee.errors];
  if (errors.length > 0) return errors;
  return [
    ...tooMuch(queue, 'deserved', deserved.amounts, 'capability', capability.amounts),
    ...tooMuch(queue, 'guarantee', guarantee.amounts, 'capability', capability.amounts),
    ...(deserved.amounts.size === 0 ? [] : uncovered(queue, guarantee.amounts, deserved.amounts)),
  ];
}

/** What the queue's guarantee asks for, as far as it can be read. */
export function guaranteeOf(queue: JsonObject): ResourceAmounts {
  return read(queue, 'guarantee').amounts;
}

/** The root queue stands for the whole cluster: its amounts are not anybody's to edit. */
export function rootResourceErrors(queue: JsonObject, old: JsonObject): readonly FieldError[] {
  const changed = (['capability', 'deserved', 'guarantee'] as const).filter(
    (list) => amountsText(read(queue, list).amounts) !== amountsText(read(old, list).amounts),
  );
  return changed.map((list) =>
    fieldError(
      LISTS[list].join('.'),
      'FieldValueForbidden',
      memberAt(queue, ...LISTS[list]),
      'the root queue cannot be resized',
    ),
  );
}

function read(queue: JsonObject, list: List): ReturnType<typeof parseAmounts> {
  return parseAmounts(memberAt(queue, ...LISTS[list]), 'up', LISTS[list].join('.'));
}

/** Where both lists name a resource, the first may not be the larger. */
function tooMuch(
  queue: JsonObject,
  list: List,
  amounts: ResourceAmounts,
  limitList: List,
  limits: ResourceAmounts,
): readonly FieldError[] {
  const names = [...amounts.keys()].filter(
    (name) => (amounts.get(name) ?? 0) > (limits.get(name) ?? Number.POSITIVE_INFINITY),
  );
  return names.toSorted().map((name) => excess(queue, list, name, limitList));
}

/** A queue that says what it deserves deserves at least all that it is guaranteed. */
function uncovered(queue: JsonObject, guarantee: ResourceAmounts, deserved: ResourceAmounts): readonly FieldError[] {
  const names = [...guarantee.keys()].filter((name) => (guarantee.get(name) ?? 0) > (deserved.get(name) ?? 0));
  return names.toSorted().map((name) => excess(queue, 'guarantee', name, 'deserved'));
}

function excess(queue: JsonObject, list: List, name: string, limitList: List): FieldError {
  const path = keyPath(LISTS[list].join('.'), name);
  const value = memberAt(queue, ...LISTS[list], name);
  return fieldError(
    path,
    'FieldValueInvalid',
    value,
    // Volcano's words first.
    `${list} should less equal than ${limitList}: must not be more than ${keyPath(LISTS[limitList].join('.'), name)}`,
  );
}

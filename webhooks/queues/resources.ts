import { deviceUnit, isUnknownMemory } from '../../src/api/accelerators/unit-class.ts';
import { CLASS_DEVICES, countedClass } from '../../src/api/devices/counted-class.ts';
import { amountsText, parseAmounts } from '../../src/api/amounts.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, objectAt, textOf } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

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
  const errors = [
    ...capability.errors,
    ...deserved.errors,
    ...guarantee.errors,
    ...uncounted(queue),
    ...unknownMemory(queue),
    ...unkept(queue, guarantee.amounts),
  ];
  if (errors.length > 0) return errors;
  return [
    ...tooMuch(queue, 'deserved', deserved.amounts, 'capability', capability.amounts),
    ...tooMuch(queue, 'guarantee', guarantee.amounts, 'capability', capability.amounts),
    ...(deserved.amounts.size === 0 ? [] : uncovered(queue, guarantee.amounts, deserved.amounts)),
  ];
}

/** What one of its lists says, as far as it can be read. */
export function amountsOf(queue: JsonObject, list: List): ResourceAmounts {
  return read(queue, list).amounts;
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
      "root queue's resource attributes (capability, deserved, guarantee) cannot be modified",
    ),
  );
}

function read(queue: JsonObject, list: List): ReturnType<typeof parseAmounts> {
  return parseAmounts(memberAt(queue, ...LISTS[list]), 'up', LISTS[list].join('.'));
}

/** A limit that nobody keeps would be worse than none. */
function uncounted(queue: JsonObject): readonly FieldError[] {
  return Object.values(LISTS).flatMap((path) =>
    Object.entries(objectAt(queue, ...path)).flatMap(([name, value]) => {
      const counted = countedName(name);
      if (counted === name) return [];
      const detail = `devices of a class are counted under ${counted}`;
      return [fieldError(keyPath(path.join('.'), name), 'FieldValueNotSupported', value, detail)];
    }),
  );
}

/** Memory that the catalogue knows nothing of would never be counted. */
function unknownMemory(queue: JsonObject): readonly FieldError[] {
  return Object.values(LISTS).flatMap((path) =>
    Object.entries(objectAt(queue, ...path))
      .filter(([name]) => isUnknownMemory(name))
      .map(([name, value]) =>
        fieldError(
          keyPath(path.join('.'), name),
          'FieldValueNotSupported',
          value,
          'nobody knows how much memory such devices have',
        ),
      ),
  );
}

/** How much there is of devices of all vendors together nobody adds up, so none can be kept free. */
function unkept(queue: JsonObject, guarantee: ResourceAmounts): readonly FieldError[] {
  const names = [...guarantee.keys()].filter((name) => deviceUnit(name) !== undefined);
  return names.map((name) => {
    const path = keyPath(LISTS.guarantee.join('.'), name);
    const value = memberAt(queue, ...LISTS.guarantee, name);
    return fieldError(path, 'FieldValueNotSupported', value, 'devices are guaranteed under the names of their vendors');
  });
}

/** How Volcano's queues name parts of the devices of a class. */
const VOLCANOS_PARTS = /^.+\.deviceclass\/(.+)$/;
/** Kubernetes' quotas say so of what pods ask for by the name of a resource; queues do not. */
const REQUESTS = 'requests.';

/** The name under which that is counted; others stay as they are. */
function countedName(name: string): string {
  const parted = VOLCANOS_PARTS.exec(name)?.[1];
  if (parted !== undefined) return `${parted}${CLASS_DEVICES}`;
  const asked = name.startsWith(REQUESTS) ? name.slice(REQUESTS.length) : name;
  return countedClass(asked) === undefined ? name : asked;
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
  const [value, limit] = [memberAt(queue, ...LISTS[list], name), memberAt(queue, ...LISTS[limitList], name)];
  const path = keyPath(LISTS[list].join('.'), name);
  return fieldError(path, 'FieldValueInvalid', value, limitText({ list, value, limitList, limit }, name));
}

/** In Volcano's words: of what is guaranteed it tells from the other side. */
function limitText(
  {
    list,
    value,
    limitList,
    limit,
  }: Readonly<Record<'list' | 'limitList', List>> & Readonly<Record<'value' | 'limit', JsonValue | undefined>>,
  name: string,
): string {
  const most = limit === undefined ? `${limitList}[${name}]` : `${limitList}[${name}]=${textOf(limit)}`;
  const asked = `${list}[${name}]=${textOf(value)}`;
  return list === 'guarantee' && limitList === 'deserved'
    ? `${most} must be >= ${asked}`
    : `${asked} must be <= ${most}`;
}

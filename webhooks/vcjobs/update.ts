import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, member, memberAt, objectAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { saysTheSame } from '../../src/lib/same.ts';

const FIXED = 'job updates may not change fields other than `minAvailable`, `tasks[*].replicas under spec`';
const CHANGEABLE = new Set(['minAvailable', 'priorityClassName', 'tasks', 'volumes']);
const CHANGEABLE_OF_TASK = new Set(['replicas', 'minAvailable']);

/** Each field that is not what it was and has to be: the pods of a job are made from one spec. */
export function fixedFieldErrors(job: JsonObject, old: JsonObject): readonly FieldError[] {
  const [spec, oldSpec] = [objectAt(job, 'spec'), objectAt(old, 'spec')];
  return [...changed(spec, oldSpec, 'spec', CHANGEABLE), ...taskErrors(spec, oldSpec), ...volumeErrors(spec, oldSpec)];
}

function changed(
  now: JsonValue | undefined,
  before: JsonValue | undefined,
  path: string,
  but: ReadonlySet<string>,
): readonly FieldError[] {
  const [a, b] = [isJsonObject(now) ? now : {}, isJsonObject(before) ? before : {}];
  const keys = new Set([...Object.keys(b), ...Object.keys(a)]);
  return [...keys]
    .filter((key) => !but.has(key) && !isSame(member(a, key), member(b, key)))
    .map((key) => fieldError(`${path}.${key}`, 'FieldValueForbidden', member(a, key), FIXED));
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return saysTheSame({ value: a ?? null }, { value: b ?? null });
}

function taskErrors(spec: JsonObject, old: JsonObject): readonly FieldError[] {
  const [tasks, before] = [arrayAt(spec, 'tasks'), arrayAt(old, 'tasks')];
  if (tasks.length !== before.length) {
    const message = `job updates may not add or remove tasks: there were ${before.length}`;
    return [fieldError('spec.tasks', 'FieldValueForbidden', undefined, message)];
  }
  return tasks.flatMap((task, at) => changed(task, before[at], `spec.tasks[${at}]`, CHANGEABLE_OF_TASK));
}

/** A claim that is made for the job gets its name afterwards. */
function volumeErrors(spec: JsonObject, old: JsonObject): readonly FieldError[] {
  const [volumes, before] = [arrayAt(spec, 'volumes'), arrayAt(old, 'volumes')];
  if (volumes.length !== before.length) {
    return [fieldError('spec.volumes', 'FieldValueForbidden', undefined, FIXED)];
  }
  return volumes.flatMap((volume, at) => {
    const isMade = isJsonObject(memberAt(before[at], 'volumeClaim'));
    return changed(volume, before[at], `spec.volumes[${at}]`, new Set(isMade ? ['volumeClaimName'] : []));
  });
}

import { arrayAt, isJsonObject, member, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { ObjectPatch, PatchPath } from '../object-patch.ts';
import type { Toleration } from './injection.ts';

/** Adds those that the pod does not have yet, in the same or in a wider form. */
export function ensureTolerations(
  patch: ObjectPatch,
  spec: JsonObject,
  at: PatchPath,
  wanted: readonly Toleration[],
): void {
  const own = arrayAt(spec, 'tolerations').map(read);
  const lacking: Toleration[] = [];
  for (const one of wanted) {
    if (![...own, ...lacking].some((found) => found !== undefined && covers(found, one))) lacking.push(one);
  }
  patch.append([...at, 'tolerations'], ...lacking.map(write));
}

/** Whether whoever has the first one puts up with every taint of the second, and as long. */
function covers(found: Toleration, wanted: Toleration): boolean {
  const isForKey = found.key === wanted.key || (found.key === '' && found.operator === 'Exists');
  const isForValue = found.operator === 'Exists' || (wanted.operator === 'Equal' && found.value === wanted.value);
  const isForEffect = found.effect === '' || found.effect === wanted.effect;
  return isForKey && isForValue && isForEffect && lasts(found) >= lasts(wanted);
}

function lasts({ tolerationSeconds }: Toleration): number {
  return tolerationSeconds ?? Infinity;
}

function read(raw: JsonValue): Toleration | undefined {
  if (!isJsonObject(raw)) return undefined;
  const seconds = member(raw, 'tolerationSeconds');
  return {
    key: stringAt(raw, ['key']),
    operator: stringAt(raw, ['operator'], 'Equal') === 'Exists' ? 'Exists' : 'Equal',
    value: stringAt(raw, ['value']),
    effect: stringAt(raw, ['effect']),
    ...(typeof seconds === 'number' ? { tolerationSeconds: seconds } : {}),
  };
}

function write({ key, operator, value, effect, tolerationSeconds }: Toleration): JsonValue {
  return {
    ...(key === '' ? {} : { key }),
    operator,
    ...(operator === 'Equal' ? { value } : {}),
    ...(effect === '' ? {} : { effect }),
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  };
}

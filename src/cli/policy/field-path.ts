import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonValue } from '../../lib/json.ts';

/** `spec.tolerations[0].key` and `metadata.labels[app.kubernetes.io/name]` as keys and indices. */
export function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[]+)/g)].map(([, inBrackets, plain]) => inBrackets ?? plain ?? '');
}

/** What stands under the path; undefined for nothing. */
export function valueAt(object: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const step of stepsOf(path)) {
    if (Array.isArray(value)) value = /^\d+$/.test(step) ? (value as readonly JsonValue[])[Number(step)] : undefined;
    else value = isJsonObject(value) ? member(value, step) : undefined;
  }
  return value;
}

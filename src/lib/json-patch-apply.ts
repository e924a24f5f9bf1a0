import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';
import type { PatchOperation } from './json-patch.ts';

/**
 * The document after all operations, or undefined when one does not apply (missing parent, index out of range, nothing
 * there to replace or remove). The input is never changed; untouched parts are shared with the result.
 */
export function applyPatch(document: JsonValue, patch: readonly PatchOperation[]): JsonValue | undefined {
  let current: JsonValue | undefined = document;
  for (const operation of patch) {
    const segments = parsePointer(operation.path);
    current = segments === undefined ? undefined : edit(current, segments, 0, operation);
    if (current === undefined) return undefined;
  }
  return current;
}

/** Unescapes `~1` before `~0`, so that `~01` stays `~1`. */
function parsePointer(path: string): readonly string[] | undefined {
  if (path === '') return [];
  if (!path.startsWith('/')) return undefined;
  const segments = path.slice(1).split('/');
  if (!path.includes('~')) return segments;
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function edit(
  parent: JsonValue,
  segments: readonly string[],
  depth: number,
  operation: PatchOperation,
): JsonValue | undefined {
  const segment = segments[depth];
  if (segment === undefined) return operation.op === 'remove' ? undefined : operation.value;
  const isLast = depth === segments.length - 1;
  if (isArray(parent))
    return editArray(parent, segment, isLast, operation, (child) => edit(child, segments, depth + 1, operation));
  if (!isJsonObject(parent)) return undefined;
  const child = Object.hasOwn(parent, segment) ? parent[segment] : undefined;
  if (isLast && operation.op === 'add') return { ...parent, [segment]: operation.value };
  if (child === undefined) return undefined;
  if (isLast && operation.op === 'remove') return without(parent, segment);
  const edited = edit(child, segments, depth + 1, operation);
  return edited === undefined ? undefined : { ...parent, [segment]: edited };
}

function editArray(
  parent: readonly JsonValue[],
  segment: string,
  isLast: boolean,
  operation: PatchOperation,
  descend: (child: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  if (isLast && operation.op === 'add') {
    const at = segment === '-' ? parent.length : indexOf(segment);
    return at === undefined || at > parent.length ? undefined : parent.toSpliced(at, 0, operation.value);
  }
  const at = indexOf(segment);
  const child = at === undefined ? undefined : parent[at];
  if (at === undefined || child === undefined) return undefined;
  if (isLast && operation.op === 'remove') return parent.toSpliced(at, 1);
  const edited = descend(child);
  return edited === undefined ? undefined : parent.with(at, edited);
}

function without(parent: Readonly<Record<string, JsonValue>>, name: string): JsonValue {
  return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== name));
}

function indexOf(segment: string): number | undefined {
  return /^(0|[1-9][0-9]*)$/.test(segment) ? Number(segment) : undefined;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

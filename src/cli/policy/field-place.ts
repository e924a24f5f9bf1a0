import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { stepsOf } from './field-path.ts';
import type { Place } from './manifest.ts';

/** Where the field stands in the document, or the deepest part of its path that is there. */
export function placeIn(document: Document, lines: LineCounter, path: string): Place {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const step of stepsOf(path)) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    node = next.node;
    offset = next.offset ?? offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

/** A member's place is that of its key. */
function stepInto(node: unknown, step: string): Step | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    return pair && { node: pair.value, offset: offsetOf(pair.key) };
  }
  if (!isSeq(node)) return undefined;
  const item: unknown = node.items[Number(step)];
  return item === undefined ? undefined : { node: item, offset: offsetOf(item) };
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

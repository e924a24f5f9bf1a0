import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { arrayAt, isJsonObject, member } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import type { NodeShape } from './node-shape.ts';

/** Hardware that is played, and what is applied to it. */
export interface ShapeFile {
  readonly nodes: readonly NodeShape[];
  /** Paths of manifests, in their order. */
  readonly objects: readonly string[];
}

/** Reads `kind: Shape`, `nodes` (see `NodeShape`) and `objects` (paths beside the file) of a YAML file; throws a sentence for people. */
export async function readShapeFile(path: string): Promise<ShapeFile> {
  const raw: unknown = parse(await readFile(path, 'utf8'));
  if (member(raw, 'kind') !== 'Shape') throw new Error(`${path} is no file of kind Shape`);
  const nodes = arrayAt(raw, 'nodes');
  const wrong = nodes.findIndex((node) => !isNodeShape(node));
  if (nodes.length === 0 || wrong >= 0) {
    throw new Error(`${path}: nodes[${Math.max(0, wrong)}] has to have a count, and cpu and memory as text`);
  }
  const objects = arrayAt(raw, 'objects').filter((name) => typeof name === 'string');
  return {
    nodes: nodes as unknown as readonly NodeShape[],
    objects: objects.map((name) => resolve(dirname(path), name)),
  };
}

function isNodeShape(node: JsonValue): boolean {
  if (!isJsonObject(node)) return false;
  const { count, cpu, memory } = node;
  return typeof count === 'number' && count > 0 && typeof cpu === 'string' && typeof memory === 'string';
}

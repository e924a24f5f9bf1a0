import type { JsonObject } from '../../lib/json.ts';
import type { OwnerRecord } from '../records/owner-record.ts';
import type { SchedulingShape } from '../records/scheduling-shape.ts';
import { countedSpecs } from './pod-resize.ts';
import { readShape, specsText } from './pod-shape.ts';

/**
 * What is shared between the records that were made with one map of shapes. It only saves time and memory: dropping an
 * entry, or all of them, changes no record's value.
 */
export interface ShapeMemo {
  shape(spec: JsonObject, status: JsonObject): SchedulingShape;
  /** The first text that was equal to this one: a parsed list holds a copy of each namespace and node name per pod. */
  text(value: string): string;
  owner(owner: OwnerRecord | undefined): OwnerRecord | undefined;
}

/** The memo that belongs to a map of shapes; it lives as long as the map does. */
export function shapeMemo(shapes: Map<string, SchedulingShape>): ShapeMemo {
  const known = MEMOS.get(shapes);
  if (known !== undefined) return known;
  const made = makeMemo(shapes);
  MEMOS.set(shapes, made);
  return made;
}

const MEMOS = new WeakMap<Map<string, SchedulingShape>, ShapeMemo>();

/** Beyond this many entries a memo starts anew rather than grow with everything that ever was. */
const MAX_SPECS = 10_000;
const MAX_TEXTS = 100_000;

function makeMemo(shapes: Map<string, SchedulingShape>): ShapeMemo {
  const bySpec = new Map<string, SchedulingShape>();
  const texts = new Map<string, string>();
  const owners = new Map<string, OwnerRecord>();
  return {
    shape(spec, status) {
      const counted = countedSpecs(spec, status);
      const given = specsText(counted);
      const found = given === undefined ? undefined : bySpec.get(given);
      // The map's owner may have removed shapes that nothing used; such a one has to go back in.
      const shape = interned(shapes, found ?? readShape(spec, counted));
      if (given !== undefined && found !== shape) remember(bySpec, given, shape, MAX_SPECS);
      return shape;
    },
    text(value) {
      return value === '' ? '' : (texts.get(value) ?? remember(texts, value, value, MAX_TEXTS));
    },
    owner(owner) {
      if (owner === undefined) return undefined;
      const found = owners.get(owner.uid);
      if (found !== undefined && isSame(found, owner)) return found;
      return remember(owners, owner.uid, owner, MAX_TEXTS);
    },
  };
}

function interned(shapes: Map<string, SchedulingShape>, shape: SchedulingShape): SchedulingShape {
  const known = shapes.get(shape.key);
  if (known !== undefined) return known;
  shapes.set(shape.key, shape);
  return shape;
}

function remember<V>(map: Map<string, V>, key: string, value: V, limit: number): V {
  if (map.size >= limit) map.clear();
  map.set(key, value);
  return value;
}

function isSame(a: OwnerRecord, b: OwnerRecord): boolean {
  return a.uid === b.uid && a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** A field that came since: who goes back to the version before writes without it. */
export interface NewField {
  /** Name of the CustomResourceDefinition. */
  readonly kind: string;
  /** `.spec.tasks[].name`; empty for a kind that is new as a whole. */
  readonly path: string;
}

/** Fields that CustomResourceDefinitions have and those before did not; of a new one with members only itself. */
export function newFields(before: readonly JsonObject[], after: readonly JsonObject[]): readonly NewField[] {
  return after.flatMap((now) => {
    const kind = nameOf(now);
    const old = before.find((crd) => nameOf(crd) === kind);
    return old === undefined
      ? [{ kind, path: '' }]
      : newPaths(schemaOf(old), schemaOf(now), '').map((path) => ({ kind, path }));
  });
}

/** The schema of a definition's only version. */
export function schemaOf(crd: JsonObject): JsonObject {
  return objectAt(arrayAt(crd, 'spec', 'versions')[0], 'schema', 'openAPIV3Schema');
}

function newPaths(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  const steps = [
    ...Object.entries(objectAt(after, 'properties')).map(
      ([name, now]) => [`${path}.${name}`, member(objectAt(before, 'properties'), name), now] as const,
    ),
    [`${path}[]`, member(before, 'items'), member(after, 'items')] as const,
    [`${path}.*`, member(before, 'additionalProperties'), member(after, 'additionalProperties')] as const,
  ];
  return steps.flatMap(([at, old, now]) => {
    if (!isJsonObject(now)) return [];
    return isJsonObject(old) ? newPaths(old, now, at) : [at];
  });
}

function nameOf(crd: JsonObject): string {
  return stringAt(crd, ['metadata', 'name']);
}

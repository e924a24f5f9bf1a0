import { arrayAt, covers, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { ObjectPatch, PatchPath } from '../object-patch.ts';
import { PREFERRED_TERMS, REQUIRED_TERMS } from './node-affinity.ts';

/**
 * Puts back what was added to a template that may not change, and that a replace with its first manifest drops: annotations of
 * ours, tolerations, terms about nodes, gates, runtime and priority class, resources and claims.
 */
export function restoreInjected(patch: ObjectPatch, template: JsonObject, old: JsonObject, at: PatchPath): void {
  const [spec, oldSpec] = [objectAt(template, 'spec'), objectAt(old, 'spec')];
  const specAt = [...at, 'spec'];
  restoreOwnKeys(patch, template, old, at);
  restoreEntries(patch, spec, oldSpec, specAt, ['tolerations']);
  restoreEntries(patch, spec, oldSpec, specAt, PREFERRED_TERMS);
  restoreTerms(patch, spec, oldSpec, specAt);
  restoreEntries(patch, spec, oldSpec, specAt, ['schedulingGates']);
  restoreEntries(patch, spec, oldSpec, specAt, ['resourceClaims']);
  for (const field of ['runtimeClassName', 'priorityClassName']) {
    const before = stringAt(oldSpec, [field]);
    if (before !== '' && stringAt(spec, [field]) === '') patch.set([...specAt, field], before);
  }
  for (const [index, container] of arrayAt(oldSpec, 'containers').entries()) {
    const own = arrayAt(spec, 'containers')[index];
    restoreResources(patch, own, container, [...specAt, 'containers', index]);
    const claims = arrayAt(container, 'resources', 'claims').filter(
      (claim) => !has(arrayAt(own, 'resources', 'claims'), claim),
    );
    patch.append([...specAt, 'containers', index, 'resources', 'claims'], ...claims);
  }
}

function restoreOwnKeys(patch: ObjectPatch, template: JsonObject, old: JsonObject, at: PatchPath): void {
  const path = ['metadata', 'annotations'];
  for (const [key, value] of Object.entries(objectAt(old, ...path))) {
    const isLost = key.startsWith('sluice.dev/') && !Object.hasOwn(objectAt(template, ...path), key);
    if (isLost && typeof value === 'string') patch.set([...at, ...path, key], value);
  }
}

function restoreEntries(
  patch: ObjectPatch,
  spec: JsonObject,
  old: JsonObject,
  at: PatchPath,
  path: readonly string[],
): void {
  const own = arrayAt(spec, ...path);
  patch.append([...at, ...path], ...arrayAt(old, ...path).filter((entry) => !has(own, entry)));
}

/** Requirements were added to each of the terms that there were. */
function restoreTerms(patch: ObjectPatch, spec: JsonObject, old: JsonObject, at: PatchPath): void {
  const own = arrayAt(spec, ...REQUIRED_TERMS);
  const before = arrayAt(old, ...REQUIRED_TERMS);
  if (own.length === 0) patch.append([...at, ...REQUIRED_TERMS], ...before);
  else if (own.length === before.length) {
    for (const [index, term] of own.entries()) {
      const expressions = arrayAt(term, 'matchExpressions');
      const lost = arrayAt(before[index], 'matchExpressions').filter((entry) => !has(expressions, entry));
      patch.append([...at, ...REQUIRED_TERMS, index, 'matchExpressions'], ...lost);
    }
  }
}

function restoreResources(patch: ObjectPatch, container: unknown, old: JsonValue, at: PatchPath): void {
  for (const list of ['limits', 'requests']) {
    const own = objectAt(container, 'resources', list);
    for (const [name, amount] of Object.entries(objectAt(old, 'resources', list))) {
      if (name.includes('/') && typeof amount === 'string' && !Object.hasOwn(own, name)) {
        patch.set([...at, 'resources', list, name], amount);
      }
    }
  }
}

function has(list: readonly JsonValue[], wanted: JsonValue): boolean {
  return list.some((entry) => covers(entry, wanted) && covers(wanted, entry));
}

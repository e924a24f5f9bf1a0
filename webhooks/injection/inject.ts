import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { ObjectPatch, PatchPath } from '../object-patch.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { NO_INJECTION } from './injection.ts';
import type { Injection } from './injection.ts';
import { preferNodes, requireNodes } from './node-affinity.ts';
import { claimDevices } from './claims.ts';
import { ensureTolerations } from './tolerations.ts';

/**
 * Writes what is to be added into the pod or template at `at`, once: what is there already, in the same or a stronger form, is
 * not added again. O(terms of the pod x requirements).
 */
export function inject(
  patch: ObjectPatch,
  template: TemplateFacts,
  at: PatchPath,
  injection: Injection,
): readonly FieldError[] {
  if (injection === NO_INJECTION) return [];
  const spec = [...at, 'spec'];
  writeMap(patch, [...at, 'metadata', 'labels'], injection.labels);
  writeMap(patch, [...at, 'metadata', 'annotations'], injection.annotations);
  ensureTolerations(patch, template.spec, spec, injection.tolerations);
  preferNodes(patch, template.spec, spec, injection.nodePreferences);
  gate(patch, template, spec, injection.schedulingGates);
  if (injection.runtimeClassName !== undefined) patch.set([...spec, 'runtimeClassName'], injection.runtimeClassName);
  prioritise(patch, template, spec, injection.priorityClassName);
  for (const { container, name, amount } of injection.resources) {
    const resources = [...spec, 'containers', container, 'resources'];
    patch.set([...resources, 'limits', name], amount);
    patch.set([...resources, 'requests', name], amount);
  }
  claimDevices(patch, template.spec, spec, injection.claims);
  return requireNodes(patch, template.spec, spec, template.path, injection.nodeRequirements);
}

function writeMap(patch: ObjectPatch, at: PatchPath, map: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(map)) patch.set([...at, key], value);
}

function gate(patch: ObjectPatch, { spec }: TemplateFacts, at: PatchPath, gates: readonly string[]): void {
  const own = new Set(arrayAt(spec, 'schedulingGates').map((one) => stringAt(one, ['name'])));
  const lacking = [...new Set(gates)].filter((name) => !own.has(name));
  patch.append([...at, 'schedulingGates'], ...lacking.map((name) => ({ name })));
}

/**
 * The API server has written the number of the old class into a pod by now, and refuses one that does not fit the name: with
 * the numbers gone it writes those of the new class.
 */
function prioritise(patch: ObjectPatch, template: TemplateFacts, at: PatchPath, name: string | undefined): void {
  if (name === undefined || template.priorityClassName === name) return;
  patch.set([...at, 'priorityClassName'], name);
  if (template.path !== '') return;
  patch.remove([...at, 'priority']);
  patch.remove([...at, 'preemptionPolicy']);
}

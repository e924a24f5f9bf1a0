import type { JsonObject } from '../../src/lib/json.ts';
import type { DenyVerdict } from '../verdict.ts';
import type { PatchPath } from '../object-patch.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { joinDenials } from '../verdict.ts';
import type { InjectedObject } from './injected.ts';

/** A pod template, and where it stands. */
export interface PlacedTemplate {
  readonly at: PatchPath;
  readonly facts: TemplateFacts;
}

/** Adds to each of the object's templates, one after the other, what `addTo` adds to one of them. */
export function injectEach<T extends PlacedTemplate>(
  object: JsonObject,
  templates: readonly T[],
  addTo: (object: JsonObject, template: T) => InjectedObject,
): InjectedObject {
  let all: InjectedObject = { object, operations: [], warnings: [], denial: undefined, rules: undefined };
  for (const template of templates) {
    const one = addTo(all.object, template);
    all = {
      object: one.object,
      operations: [...all.operations, ...one.operations],
      warnings: [...all.warnings, ...one.warnings],
      denial: joinDenials(all.denial, newsOf(one.denial, all.denial)),
      // What a policy says beyond a template it says of the object: once is enough.
      rules: all.rules ?? one.rules,
    };
  }
  return all;
}

/** What is wrong with the object is wrong for each of its templates, and told once. */
function newsOf(denial: DenyVerdict | undefined, told: DenyVerdict | undefined): DenyVerdict | undefined {
  const known = new Set(told?.errors.map(({ path, message }) => `${path} ${message}`));
  const errors = denial?.errors.filter(({ path, message }) => !known.has(`${path} ${message}`)) ?? [];
  return denial && errors.length > 0 ? { ...denial, errors } : undefined;
}

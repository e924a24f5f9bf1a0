import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { injectInto } from '../injection/injected.ts';
import type { InjectedObject } from '../injection/injected.ts';
import { joinDenials } from '../verdict.ts';
import type { ReviewedRoot } from './root-facts.ts';

/** Adds what is wanted to each of the object's templates. */
export function injectAll(
  request: AdmissionRequest,
  { object, templates }: ReviewedRoot,
  view: ClusterView,
): InjectedObject {
  let all: InjectedObject = { object, operations: [], warnings: [], denial: undefined, rules: undefined };
  for (const { at, facts } of templates) {
    const one = injectInto(request, all.object, facts, at, view);
    all = {
      object: one.object,
      operations: [...all.operations, ...one.operations],
      warnings: [...all.warnings, ...one.warnings],
      denial: joinDenials(all.denial, one.denial),
      // What a policy says beyond a template it says of the object: once is enough.
      rules: all.rules ?? one.rules,
    };
  }
  return all;
}

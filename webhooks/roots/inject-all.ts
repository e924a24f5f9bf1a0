import type { AdmissionRequest, ClusterView, DenyVerdict } from '../admission.ts';
import { injectInto, withWanted } from '../injection/injected.ts';
import type { InjectedObject } from '../injection/injected.ts';
import { rulesFor } from '../policies/policies-for.ts';
import { withRoot } from '../policies/root-of.ts';
import type { Answers } from '../question.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { joinDenials } from '../verdict.ts';
import type { ReviewedRoot } from './root-facts.ts';

/** Adds what is wanted to each of the object's templates. */
export function injectAll(
  request: AdmissionRequest,
  { object, templates }: ReviewedRoot,
  view: ClusterView,
  answers: Answers,
): InjectedObject {
  if (templates.length === 0) {
    const unseen = withRoot(readTemplateFacts({}, 'spec.template.'), request, view, answers);
    return withWanted(object, unseen, [], rulesFor(request, unseen, view));
  }
  let all: InjectedObject = { object, operations: [], warnings: [], denial: undefined, rules: undefined };
  for (const { at, facts } of templates) {
    const one = injectInto(request, all.object, withRoot(facts, request, view, answers), at, view);
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

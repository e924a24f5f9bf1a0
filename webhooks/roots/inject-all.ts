import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { injectEach } from '../injection/inject-each.ts';
import { injectInto, withWanted } from '../injection/injected.ts';
import type { InjectedObject } from '../injection/injected.ts';
import { rulesFor } from '../policies/policies-for.ts';
import { withRoot } from '../policies/root-of.ts';
import type { Answers } from '../question.ts';
import { readTemplateFacts } from '../template-facts.ts';
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
  return injectEach(object, templates, (before, { at, facts }) =>
    injectInto(request, before, withRoot(facts, request, view, answers), at, view),
  );
}

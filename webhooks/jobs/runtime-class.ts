import { parseAmounts } from '../../src/api/amounts.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { RUNTIME_CLASSES } from '../../src/api/resources.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { policiesFor } from '../policies/policies-for.ts';
import { NO_POLICIES } from '../policies/policy-set.ts';
import type { Answers, Question } from '../question.ts';
import { readTemplateFacts } from '../template-facts.ts';

const KEY = 'runtime-class';
const POD_SPEC = ['spec', 'template', 'spec'] as const;

/**
 * A Job whose pods name a RuntimeClass: its overhead is written into pods alone, so a template does not tell what one of
 * them will be charged.
 */
export function askJob(request: AdmissionRequest, view: ClusterView): readonly Question[] {
  const { object } = request;
  const name = ruledClass(request, view) ?? stringAt(object, [...POD_SPEC, 'runtimeClassName']);
  if (name === '' || memberAt(object, ...POD_SPEC, 'overhead') !== undefined) return [];
  return [{ kind: 'fetch', key: KEY, type: RUNTIME_CLASSES, namespace: '', name }];
}

/** The one that policies give to a new Job. */
function ruledClass(request: AdmissionRequest, view: ClusterView): string | undefined {
  if (request.operation !== 'CREATE' || view.policies() === NO_POLICIES) return undefined;
  const template = readTemplateFacts(objectAt(request.object, 'spec', 'template'), 'spec.template.');
  return policiesFor(request, template, view).injection.runtimeClassName;
}

/** What the RuntimeClass adds to each pod; nothing where it was not asked for or could not be told. */
export function overheadOf(answers: Answers): ResourceAmounts {
  const answer = answers.get(KEY);
  const found = answer?.kind === 'fetch' ? answer.object : undefined;
  return parseAmounts(memberAt(found, 'overhead', 'podFixed'), 'up').amounts;
}

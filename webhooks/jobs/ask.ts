import { objectAt } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import { fitQuestions } from '../fit.ts';
import type { Question } from '../question.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { podsAtOnce } from './job-facts.ts';
import { runtimeClassQuestions } from './runtime-class.ts';

/** What has to be found out before a Job can be answered: what its pods will be charged, and whether nodes would take them. */
export function askJob(request: AdmissionRequest): readonly Question[] {
  const { object } = request;
  if (object === undefined) return [];
  const template = readTemplateFacts(objectAt(object, 'spec', 'template'), 'spec.template.');
  return [...runtimeClassQuestions(request), ...fitQuestions(request, template, Math.max(1, podsAtOnce(object)))];
}

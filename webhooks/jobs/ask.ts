import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { controllerOf } from '../controller-of.ts';
import { fitQuestions } from '../fit.ts';
import { injectInto } from '../injection/injected.ts';
import type { Question } from '../question.ts';
import { askController } from '../roots/ask-controller.ts';
import { askSubmitter } from '../submitter.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { podsAtOnce } from './job-facts.ts';
import { runtimeClassQuestions } from './runtime-class.ts';

const TEMPLATE = ['spec', 'template'] as const;

/**
 * What has to be found out before a Job can be answered: what made it, what its pods will be charged, and whether nodes would take them, with
 * all that rules add to them.
 */
export function askJob(request: AdmissionRequest, view: ClusterView): readonly Question[] {
  if (request.object === undefined) return [];
  const object = asInjected(request, request.object, view);
  const template = readTemplateFacts(objectAt(object, ...TEMPLATE), `${TEMPLATE.join('.')}.`);
  return [
    ...askController(request, view),
    ...askSubmitter(request, controllerOf(object)),
    ...runtimeClassQuestions({ ...request, object }),
    ...fitQuestions(request, template, Math.max(1, podsAtOnce(object))),
  ];
}

function asInjected(request: AdmissionRequest, object: JsonObject, view: ClusterView): JsonObject {
  if (request.operation !== 'CREATE') return object;
  const template = readTemplateFacts(objectAt(object, ...TEMPLATE), `${TEMPLATE.join('.')}.`);
  return template.scheduler === 'foreign' ? object : injectInto(request, object, template, TEMPLATE, view).object;
}

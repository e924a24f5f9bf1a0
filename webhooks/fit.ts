import { arrayAt, isJsonObject, member, memberAt } from '../src/lib/json.ts';
import type { AdmissionRequest } from './admission.ts';
import type { Answers, Fit, Question } from './question.ts';
import type { TemplateFacts } from './template-facts.ts';

const KEY = 'fit';

/**
 * Pods that choose their nodes, or bring claims that may do so: whether any node takes them only the scheduler can tell. How
 * large nodes are is known without asking.
 */
export function fitQuestions(
  request: AdmissionRequest,
  { object, spec, scheduler }: TemplateFacts,
  count: number,
): readonly Question[] {
  if (request.operation !== 'CREATE' || scheduler === 'foreign' || !choosesNodes(spec)) return [];
  return [{ kind: 'fit', key: KEY, namespace: request.namespace, template: object, count }];
}

function choosesNodes(spec: TemplateFacts['spec']): boolean {
  if (isJsonObject(member(spec, 'nodeSelector'))) return true;
  if (memberAt(spec, 'affinity', 'nodeAffinity', REQUIRED) !== undefined) return true;
  if (arrayAt(spec, 'resourceClaims').length > 0) return true;
  return arrayAt(spec, 'volumes').some((volume) => member(volume, 'persistentVolumeClaim') !== undefined);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** What nodes said; undefined where nobody was asked or nobody could tell. */
export function fitOf(answers: Answers): Fit | undefined {
  const answer = answers.get(KEY);
  return answer?.kind === 'fit' && answer.fit !== 'unknown' ? answer.fit : undefined;
}

/** Why pods can never start that nodes said so of; nothing when they can. */
export function misfitWarnings(fit: Fit | undefined, count: number): readonly string[] {
  if (fit === undefined || fit.nodes === 0 || fit.places >= count) return [];
  const { nodes, open, places, why } = fit;
  if (open === 0) return [`none of ${nodes} nodes would take such a pod: ${why}`];
  const few = `${count} start together and the ${open} nodes that would take them could hold ${places}`;
  return [why === '' ? few : `${few}: ${why}`];
}

/** What pods wait for that nodes would take; nothing when they can start. */
export function waitWords(fit: Fit | undefined): readonly string[] {
  return fit === undefined || fit.wait === '' ? [] : [fit.wait];
}

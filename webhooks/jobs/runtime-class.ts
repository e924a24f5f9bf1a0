import { parseAmounts } from '../../src/api/amounts.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { RUNTIME_CLASSES } from '../../src/api/resources.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Answers, Question } from '../question.ts';

const KEY = 'runtime-class';
const POD_SPEC = ['spec', 'template', 'spec'] as const;

/**
 * A Job whose pods name a RuntimeClass: its overhead is written into pods alone, so a template does not tell what one of
 * them will be charged.
 */
export function runtimeClassQuestions({ object }: AdmissionRequest): readonly Question[] {
  const name = stringAt(object, [...POD_SPEC, 'runtimeClassName']);
  if (name === '' || memberAt(object, ...POD_SPEC, 'overhead') !== undefined) return [];
  return [{ kind: 'fetch', key: KEY, type: RUNTIME_CLASSES, namespace: '', name }];
}

/** What the RuntimeClass adds to each pod; nothing where it was not asked for or could not be told. */
export function overheadOf(answers: Answers): ResourceAmounts {
  const answer = answers.get(KEY);
  const found = answer?.kind === 'fetch' ? answer.object : undefined;
  return parseAmounts(memberAt(found, 'overhead', 'podFixed'), 'up').amounts;
}

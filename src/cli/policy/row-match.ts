import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../../api/keys.ts';
import { compileExpression } from '../../cel/expression.ts';
import type { Bindings, CelExpression } from '../../cel/expression.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { CONFIGURATION_DEFAULTS } from '../../../webhooks/configurations.ts';
import { requestInput } from '../../../webhooks/policies/review-input.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';

/** Why the API server does not ask a row about a request; undefined when it does. */
export function whyNotAsked(
  row: AdmissionRow,
  request: AdmissionRequest,
  labels: Readonly<Record<string, string>>,
): string | undefined {
  if (row.scope === 'Namespaced') {
    if (CONFIGURATION_DEFAULTS.excludedNamespaces.includes(request.namespace))
      return 'the namespace is never looked at';
    const isOptedIn = labels[ADMISSION_LABEL] === ADMISSION_ENABLED;
    if (row.selector === 'optedIn' && !isOptedIn) return 'the namespace has not opted in';
    if (row.selector === 'others' && isOptedIn) return 'the namespace has opted in';
  }
  const bindings = bindingsOf(request);
  const failed = row.when.find(({ expression }) => conditionOf(expression).evaluate(bindings) !== true);
  return failed && `the condition ${failed.name} does not hold`;
}

/** The variables that an API server gives to conditions. */
const REQUEST_VARIABLES: readonly string[] = ['object', 'oldObject', 'request'];

function bindingsOf(request: AdmissionRequest): Bindings {
  return { object: request.object ?? null, oldObject: request.oldObject ?? null, request: requestInput(request) };
}

const compiled = new Map<string, CelExpression>();

/** A condition of ours that does not compile is a bug. */
function conditionOf(text: string): CelExpression {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const expression = compileExpression(text, REQUEST_VARIABLES);
  if (expression.kind === 'errors') throw new Error(`Cannot evaluate ${text}: ${expression.errors[0]?.message ?? ''}`);
  compiled.set(text, expression);
  return expression;
}

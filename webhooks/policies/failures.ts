import { fieldError } from '../../src/lib/field-error.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import { NO_WANT } from '../injection/want.ts';
import type { Want } from '../injection/want.ts';
import { refuse } from '../verdict.ts';
import type { FailedExpression } from './policy-set.ts';
import type { PolicyTarget } from './target.ts';

/** What becomes of policies whose expressions gave no answer: as each of them says. Nobody would see a refusal of what controllers make. */
export function wantOfFailures(failures: readonly FailedExpression[], { isFollowing }: PolicyTarget): Want {
  if (failures.length === 0 || isFollowing) return NO_WANT;
  const refused = failures.filter(isRefused);
  const warned = failures.filter((one) => !isRefused(one) && one.policy.onFailedExpression !== 'Ignore');
  const errors = refused.map(({ policy, message }) =>
    fieldError('metadata', 'FieldValueInvalid', '', `policy ${policy.id} gives no answer: ${message}`),
  );
  return {
    injection: NO_INJECTION,
    denial: errors.length === 0 ? undefined : refuse('PolicyExpressionFailed', ...errors),
    warnings: warned.map(({ policy, message }) => `policy ${policy.id} is left out: ${message}`),
  };
}

function isRefused({ policy }: FailedExpression): boolean {
  return policy.onFailedExpression === 'Deny' && policy.enforcement === 'Enforce';
}

import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { choiceErrors, keyProblem, nameErrors } from './names.ts';

const OPERATORS = ['Equal', 'Exists', 'Lt', 'Gt'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Tolerations that tolerate nothing that can be meant. */
export function tolerationErrors(tolerations: readonly JsonValue[], path: string): readonly FieldError[] {
  return tolerations.flatMap((toleration, index) => oneToleration(toleration, `${path}[${index}]`));
}

function oneToleration(toleration: JsonValue, at: string): readonly FieldError[] {
  const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((field) => {
    return stringAt(toleration, [field]);
  });
  const errors = [
    ...choiceErrors(`${at}.operator`, operator ?? '', OPERATORS),
    ...choiceErrors(`${at}.effect`, effect ?? '', EFFECTS),
    ...(key === '' || key === undefined ? [] : nameErrors(`${at}.key`, key, keyProblem)),
  ];
  if (key === '' && operator !== 'Exists') {
    const message = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(fieldError(`${at}.operator`, 'FieldValueInvalid', operator, message));
  }
  if (operator === 'Exists' && value !== '') {
    errors.push(
      fieldError(`${at}.operator`, 'FieldValueInvalid', operator, 'value must be empty when `operator` is Exists'),
    );
  }
  if (memberAt(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute') {
    const message = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(fieldError(`${at}.effect`, 'FieldValueInvalid', effect, message));
  }
  return errors;
}

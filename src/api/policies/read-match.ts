import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { arrayAt, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { QUEUE_NAME_LABEL, TASK_SPEC_KEY } from '../keys.ts';
import { readSelector } from '../projections/label-selector.ts';
import { objects, text } from '../projections/metadata.ts';
import type { LabelSelector } from '../records/label-selector.ts';
import type { PolicyMatch } from '../records/policy.ts';
import { readWhen } from './when.ts';

/** Reads `match` or `exclude`; what was not given stays undefined. */
export function readMatch(raw: JsonObject, path: string, errors: FieldError[]): PolicyMatch {
  const kinds = objects(raw, 'objects').map((one) => ({ group: text(one, 'group'), resource: text(one, 'resource') }));
  const roots = objects(raw, 'roots').map((one) => ({ group: text(one, 'group'), kind: text(one, 'kind') }));
  const match = {
    namespaceNames: names(raw, 'namespaces', 'names'),
    namespaceSelector: selector(objectAt(raw, 'namespaces'), `${path}.namespaces.selector`, errors),
    objects: kinds.length === 0 ? undefined : kinds,
    roots: roots.length === 0 ? undefined : roots,
    selector: selector(raw, `${path}.selector`, errors),
    users: names(raw, 'users'),
    groups: names(raw, 'groups'),
    when: readWhen(raw, path, errors),
  };
  for (const { key } of match.selector ?? []) {
    if (STAMPED.has(key)) errors.push(stampedKey(`${path}.selector`, key));
  }
  return match;
}

/** Labels that are not there yet when work comes, and are when it is looked at again. */
const STAMPED: ReadonlySet<string> = new Set([QUEUE_NAME_LABEL, TASK_SPEC_KEY]);

function stampedKey(path: string, key: string): FieldError {
  const message = 'Sluice writes this label itself: whether a policy is for a pod must not depend on it';
  return fieldError(path, 'FieldValueForbidden', key, message);
}

function names(raw: JsonObject, ...path: readonly string[]): readonly string[] | undefined {
  const found = arrayAt(raw, ...path).filter((name) => typeof name === 'string');
  return found.length === 0 ? undefined : found;
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

function selector(raw: JsonObject, path: string, errors: FieldError[]): LabelSelector {
  for (const [index, one] of objects(raw, 'selector', 'matchExpressions').entries()) {
    const [operator, values] = [text(one, 'operator'), arrayAt(one, 'values').length];
    const where = keyPath(`${path}.matchExpressions`, String(index));
    if (!OPERATORS.includes(operator)) {
      const message = `must be one of ${OPERATORS.join(', ')}`;
      errors.push(fieldError(`${where}.operator`, 'FieldValueNotSupported', operator, message));
    } else if (operator.endsWith('In') !== values > 0) {
      const message = operator.endsWith('In') ? `${operator} needs values` : `${operator} takes no values`;
      errors.push(fieldError(`${where}.values`, 'FieldValueInvalid', member(one, 'values'), message));
    }
  }
  const read = readSelector(member(raw, 'selector'));
  return read?.length === 0 ? undefined : read;
}

import { qualifiedName } from '../../src/api/resources.ts';
import { validateWorkloadKind } from '../../src/api/validate.ts';
import { checkWorkloadKind } from '../../src/api/workload-kind-check.ts';
import type { WorkloadKind } from '../../src/api/kinds/workload-kind.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { refuse, UNCHANGED } from '../verdict.ts';

/** A WorkloadKind that could not be acted on is refused, with every mistake. */
export function validateWorkloadKindReview({ object, subresource }: AdmissionRequest): Verdict {
  if (object === undefined || subresource !== '') return UNCHANGED;
  const errors = workloadKindErrors(object);
  return errors.length === 0 ? UNCHANGED : refuse('InvalidWorkloadKind', ...errors);
}

/** All that keeps a WorkloadKind from being acted on. */
export function workloadKindErrors(object: JsonObject): readonly FieldError[] {
  const bySchema = validateWorkloadKind(object);
  if (bySchema.length > 0) return bySchema;
  const { spec } = object as unknown as WorkloadKind;
  const name = qualifiedName({ plural: spec.resource, group: spec.group });
  const found = stringAt(object, ['metadata', 'name']);
  const isNamed = found === name ? [] : [fieldError('metadata.name', 'FieldValueInvalid', found, `must be ${name}`)];
  return [...isNamed, ...checkWorkloadKind({ spec })];
}

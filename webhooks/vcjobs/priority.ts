import { forbid } from '../verdict.ts';
import type { DenyVerdict } from '../verdict.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isSystemClass } from '../pod-groups/priority.ts';

/** The group of the job is made by Sluice, with rights that whoever makes the job need not have. */
export function priorityDenial(job: JsonObject, old: JsonObject | undefined): DenyVerdict | undefined {
  const [name, before] = [job, old].map((one) => stringAt(one, ['spec', 'priorityClassName']));
  if (name === undefined || name === before || !isSystemClass(name)) return undefined;
  const message = 'is kept for what the cluster itself needs to run';
  return forbid('PriorityNotAllowed', fieldError('spec.priorityClassName', 'FieldValueForbidden', name, message));
}

import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView, DenyVerdict, Verdict } from '../admission.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { queueDenial } from '../queue-choice.ts';
import { joinDenials, refuse, UNCHANGED } from '../verdict.ts';

/** PodGroups, whoever makes them: the queue must take new work, and the counts must be counts. */
export function validatePodGroupReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: group, oldObject: old, subresource } = request;
  if (subresource !== '' || group === undefined || isBeingDeleted(request)) return UNCHANGED;
  return joinDenials(movedTo(group, old, view), countDenial(group)) ?? UNCHANGED;
}

/** Only a group that enters a queue is asked: one that is in a queue while that closes may finish. */
function movedTo(group: JsonObject, old: JsonObject | undefined, view: ClusterView): DenyVerdict | undefined {
  const queue = stringAt(group, ['spec', 'queue']);
  if (queue === '' || (old !== undefined && queue === stringAt(old, ['spec', 'queue']))) return undefined;
  return queueDenial({ name: queue, path: 'spec.queue' }, view);
}

function countDenial(group: JsonObject): DenyVerdict | undefined {
  const tasks = objectAt(group, 'spec', 'minTaskMember');
  const errors = [
    ...countErrors('spec.minMember', memberAt(group, 'spec', 'minMember')),
    ...Object.keys(tasks)
      .toSorted()
      .flatMap((name) => countErrors(keyPath('spec.minTaskMember', name), tasks[name])),
  ];
  return errors.length === 0 ? undefined : refuse('InvalidMinMember', ...errors);
}

function countErrors(path: string, value: JsonValue | undefined): readonly FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return [];
  return [fieldError(path, 'FieldValueInvalid', value, 'must be a whole number that is not negative')];
}

import { parseNewerPlan } from '../../src/api/group-plan.ts';
import {
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { planOf } from '../own-plan.ts';
import { readTemplateFacts } from '../template-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { forbid, UNCHANGED } from '../verdict.ts';
import type { FieldError } from '../../src/lib/field-error.ts';

/** A new pod as it will be stored: what Sluice wrote must be there still, whoever changed it after Sluice. */
export function sealPod({ object, subresource }: AdmissionRequest): Verdict {
  if (object === undefined || subresource !== '') return UNCHANGED;
  return sealVerdict(templateErrors(readTemplateFacts(object, '')));
}

/** The same of a Job's template, and of the plan that its group is made from. */
export function sealJob({ object, subresource }: AdmissionRequest): Verdict {
  if (object === undefined || subresource !== '') return UNCHANGED;
  const template = readTemplateFacts(objectAt(object, 'spec', 'template'), 'spec.template.');
  const annotations = objectAt(object, 'metadata', 'annotations');
  const text = stringAt(annotations, [GROUP_PLAN_ANNOTATION]);
  const plan = planOf(annotations) ?? parseNewerPlan(text);
  const queue = stringAt(template.annotations, [QUEUE_NAME_ANNOTATION]);
  const isOther = text !== '' && (plan?.group !== template.group || plan.queue !== queue);
  const path = keyPath('metadata.annotations', GROUP_PLAN_ANNOTATION);
  return sealVerdict([...templateErrors(template), ...(isOther ? [lost(path, text)] : [])]);
}

function templateErrors(template: TemplateFacts): readonly FieldError[] {
  const { path, scheduler, schedulerName, group, spec } = template;
  if (scheduler === 'foreign') return [];
  const isNative = Object.hasOwn(spec, 'schedulingGroup') || Object.hasOwn(spec, 'workloadRef');
  if (scheduler === 'unset') return isNative ? [] : [lost(`${path}spec.schedulerName`, schedulerName)];
  const named = stringAt(template.annotations, [QUEUE_NAME_ANNOTATION]);
  const label = stringAt(template.labels, [QUEUE_NAME_LABEL]);
  return [
    ...(group === '' ? [lost(keyPath(`${path}metadata.annotations`, GROUP_NAME_ANNOTATION), '')] : []),
    ...(named === '' ? [lost(keyPath(`${path}metadata.annotations`, QUEUE_NAME_ANNOTATION), '')] : []),
    ...(label !== '' && label !== named ? [lost(keyPath(`${path}metadata.labels`, QUEUE_NAME_LABEL), label)] : []),
  ];
}

/** What stands where Sluice wrote something else. */
export function lost(path: string, value: string): FieldError {
  const message =
    'another webhook changed what Sluice wrote here, or Sluice was not asked: try again, or mend the other webhook';
  return fieldError(path, 'FieldValueForbidden', value, message);
}

/** Refuses what has lost something. */
export function sealVerdict(errors: readonly FieldError[]): Verdict {
  return errors.length === 0 ? UNCHANGED : forbid('SealBroken', ...errors);
}

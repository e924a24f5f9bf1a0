import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { qualifiedNameProblem } from '../pod-template/names.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';
import { targetErrors } from './depends-on.ts';
import { flowsOf } from './flow-facts.ts';
import type { FlowFacts } from './flow-facts.ts';
import { probeErrors } from './probe.ts';

/** JobFlows: every mistake at once, where Volcano tells the first one. */
export function validateJobflowReview(request: AdmissionRequest): Verdict {
  const { object: jobflow, subresource } = request;
  if (subresource !== '' || jobflow === undefined || isBeingDeleted(request)) return UNCHANGED;
  const flows = flowsOf(jobflow);
  const name = stringAt(jobflow, ['metadata', 'name'], request.name);
  const errors = [
    ...twiceErrors(flows),
    ...targetErrors(flows),
    ...flows.flatMap((flow) => [...jobNameErrors(flow, name), ...probeErrors(flow), ...patchErrors(flow)]),
  ];
  if (errors.length > 0) return refuse('InvalidJobFlow', ...errors);
  const idle = flows.filter(({ probe, targets }) => Object.keys(probe).length > 0 && targets.length === 0);
  return allow(
    [],
    idle.map(({ path }) => `${path}.dependsOn.probe: the flow has no targets, so that its probe has no effect`),
  );
}

function twiceErrors(flows: readonly FlowFacts[]): readonly FieldError[] {
  const names = new Set<string>();
  return flows.flatMap(({ name, path }) => {
    const isTwice = names.has(name);
    names.add(name);
    if (!isTwice) return [];
    return [
      fieldError(`${path}.name`, 'FieldValueDuplicate', name, `duplicated flow name ${name}: it would be one job`),
    ];
  });
}

/** A JobFlow with only a generateName has no name yet. */
function jobNameErrors({ name, path }: FlowFacts, jobflow: string): readonly FieldError[] {
  const job = `${jobflow}-${name}`;
  const problem = jobflow === '' || name === '' ? undefined : qualifiedNameProblem(job);
  if (problem === undefined) return [];
  return [fieldError(`${path}.name`, 'FieldValueInvalid', name, `its job would be called ${job}: ${problem}`)];
}

/** Tasks of a patch are found by their names. */
function patchErrors({ patch, path }: FlowFacts): readonly FieldError[] {
  const names = new Set<string>();
  return arrayAt(patch, 'tasks').flatMap((task, index) => {
    const at = `${path}.patch.jobSpec.tasks[${index}].name`;
    const name = stringAt(task, ['name']);
    if (name === '') return [fieldError(at, 'FieldValueRequired', undefined, 'which task of the template is meant')];
    const isTwice = names.has(name);
    names.add(name);
    return isTwice ? [fieldError(at, 'FieldValueDuplicate', name, `duplicated task name ${name}`)] : [];
  });
}

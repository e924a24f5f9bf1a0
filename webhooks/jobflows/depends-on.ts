import { caughtInCircles } from '../../src/lib/circles.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import type { FlowFacts } from './flow-facts.ts';

/** Volcano's words, which clients look for. */
const NO_DAG = 'jobflow flow is not dag';

/** Flows that wait for one that does not exist, or for themselves. O(flows + targets). */
export function targetErrors(flows: readonly FlowFacts[]): readonly FieldError[] {
  const known = new Set(flows.map(({ name }) => name));
  const caught = caughtInCircles(new Map(flows.map(({ name, targets }) => [name, targets])));
  return flows.flatMap((flow) => [
    ...unknownErrors(flow, known),
    ...(caught.has(flow.name) ? [circleError(flow)] : []),
  ]);
}

function unknownErrors({ path, targets }: FlowFacts, known: ReadonlySet<string>): readonly FieldError[] {
  return targets.flatMap((target, at) => {
    if (known.has(target)) return [];
    const message = `${NO_DAG}: vertex is not defined: ${target}; each target is the name of a flow of this JobFlow`;
    return [fieldError(`${path}.dependsOn.targets[${at}]`, 'FieldValueNotFound', target, message)];
  });
}

function circleError({ path, name, targets }: FlowFacts): FieldError {
  const why = targets.includes(name)
    ? `flow '${name}' has self-dependency`
    : 'the flow is part of, or waits for, a circle';
  return fieldError(`${path}.dependsOn.targets`, 'FieldValueInvalid', targets, `${NO_DAG}: ${why}`);
}

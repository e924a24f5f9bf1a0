import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { parseQuantity } from '../../src/lib/quantity.ts';

/** Billionths of one CPU. */
const ONE = 1_000_000_000n;

/** CPUs can be aligned only where each container has whole ones for itself. The words are Volcano's, two spaces included. */
export function wholeCpuErrors(task: JsonObject, path: string, index: number): readonly FieldError[] {
  const policy = stringAt(task, ['topologyPolicy']);
  if (policy === '' || policy === 'none') return [];
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    arrayAt(task, 'template', 'spec', list).flatMap((container, at) => {
      const where = { path: `${path}.template.spec.${list}[${at}].resources`, task: `spec.task[${index}]`, at };
      return cpuErrors(container, where);
    }),
  );
}

interface Where {
  readonly path: string;
  /** The task in Volcano's words. */
  readonly task: string;
  readonly at: number;
}

function cpuErrors(container: JsonValue, { path, task, at }: Where): readonly FieldError[] {
  const limit = memberAt(container, 'resources', 'limits', 'cpu');
  // The API server makes a request of a limit that has none.
  const request = memberAt(container, 'resources', 'requests', 'cpu') ?? limit;
  const amount = parseQuantity(request);
  if (request === undefined || amount === undefined || amount % ONE !== 0n || amount === 0n) {
    const message = `the cpu request isn't  an integer in ${task} container[${at}].`;
    return [fieldError(`${path}.requests[cpu]`, 'FieldValueInvalid', request, message)];
  }
  if (parseQuantity(limit) === amount) return [];
  const message = `${task} isn't Guaranteed pod, kind=Burstable: the cpu request and limit aren't equal`;
  return [fieldError(`${path}.limits[cpu]`, 'FieldValueInvalid', limit, message)];
}

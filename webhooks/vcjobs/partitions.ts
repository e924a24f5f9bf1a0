import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { isJsonObject, member, numberAt } from '../../src/lib/json.ts';
import { tierErrors } from '../tier.ts';
import type { TaskFacts } from './task-facts.ts';

/** The parts of a task have to make up the task. */
export function partitionErrors({ task, path, replicas, minAvailable }: TaskFacts): readonly FieldError[] {
  const policy = member(task, 'partitionPolicy');
  if (!isJsonObject(policy)) return [];
  const at = `${path}.partitionPolicy`;
  const [total, size] = [numberAt(policy, ['totalPartitions'], 0), numberAt(policy, ['partitionSize'], 0)];
  const least = numberAt(policy, ['minPartitions'], 0);
  const errors = [
    ...(total > 0 ? [] : [fieldError(`${at}.totalPartitions`, 'FieldValueInvalid', total, 'must be greater than 0')]),
    ...(size > 0 ? [] : [fieldError(`${at}.partitionSize`, 'FieldValueInvalid', size, 'must be greater than 0')]),
    ...tierErrors(policy['networkTopology'], at),
  ];
  if (total > 0 && size > 0 && replicas !== total * size) {
    const message = `must equal totalPartitions*partitionSize (${total * size})`;
    errors.push(fieldError(`${path}.replicas`, 'FieldValueInvalid', replicas, message));
  }
  if (least > 0 && minAvailable !== undefined && minAvailable !== least * size) {
    const message = `must equal minPartitions*partitionSize (${least * size})`;
    errors.push(fieldError(`${path}.minAvailable`, 'FieldValueInvalid', minAvailable, message));
  }
  return errors;
}

import { ROOT_QUEUE } from '../../src/api/keys.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';

const PARENT = ['spec', 'parent'] as const;
/** Levels below root, the queue itself included. */
const MAX_DEPTH = 5;

/** A new or changed parent must exist, must not be the queue itself or below it, and must not be too deep. */
export function parentErrors(
  name: string,
  queue: JsonObject,
  old: JsonObject | undefined,
  view: ClusterView,
): readonly FieldError[] {
  const parent = stringAt(queue, PARENT);
  if (parent === '' || (old !== undefined && parent === stringAt(old, PARENT))) return [];
  const message = trouble(name, parent, view);
  if (message === undefined) return [];
  const kind = message === NOT_FOUND ? 'FieldValueNotFound' : 'FieldValueInvalid';
  return [fieldError(PARENT.join('.'), kind, parent, message)];
}

const NOT_FOUND = 'queue does not exist';

function trouble(name: string, parent: string, view: ClusterView): string | undefined {
  if (parent === name) return `queue ${name} cannot use itself as parent`;
  if (name === ROOT_QUEUE) return 'the root queue has no parent';
  let depth = 2;
  for (let above = parent; above !== ROOT_QUEUE && above !== ''; depth += 1) {
    if (above === name) return 'the queue would be above itself';
    const queue = view.queue(above);
    // Further up, a missing queue is somebody else's mistake of before.
    if (queue === undefined) return above === parent && view.synced ? NOT_FOUND : undefined;
    if (above === parent && !queue.hasChildren && podsIn(parent, view) > 0) {
      return `queue ${parent} cannot be the parent queue of queue ${name} because it has allocated Pods: ${podsIn(parent, view)}`;
    }
    if (depth > MAX_DEPTH) return `queue ${name} exceeds the maximum allowed depth of ${MAX_DEPTH}`;
    above = queue.parent;
  }
  return undefined;
}

/** Pods that have a place in the queue; those of a queue without others below it are its own. */
function podsIn(queue: string, view: ClusterView): number {
  return view.heldBy(queue).get('pods') ?? 0;
}

import { DEFAULT_QUEUE, QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL, ROOT_QUEUE } from '../src/api/keys.ts';
import { fieldError, keyPath } from '../src/lib/field-error.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ClusterView, DenyVerdict } from './admission.ts';
import { refuse } from './verdict.ts';

/** A queue's name and the field that it was read from. */
export interface QueueChoice {
  readonly name: string;
  readonly path: string;
}

/** The queue that an object's own label, or else its annotation, names; undefined when neither does. */
export function namedQueue(object: JsonObject, path: string): QueueChoice | undefined {
  const label = stringAt(object, ['metadata', 'labels', QUEUE_NAME_LABEL]);
  if (label !== '') return { name: label, path: keyPath(`${path}metadata.labels`, QUEUE_NAME_LABEL) };
  const annotation = stringAt(object, ['metadata', 'annotations', QUEUE_NAME_ANNOTATION]);
  if (annotation === '') return undefined;
  return { name: annotation, path: keyPath(`${path}metadata.annotations`, QUEUE_NAME_ANNOTATION) };
}

/** The queue of work that names none: the namespace's default, else the one called `default`. */
export function defaultQueue(namespace: string, view: ClusterView): QueueChoice {
  const name = view.defaultQueue(namespace);
  if (name !== '') return { name, path: 'metadata.namespace' };
  return { name: DEFAULT_QUEUE, path: keyPath('metadata.labels', QUEUE_NAME_LABEL) };
}

/** Why new work may not go there; undefined when it may. */
export function queueDenial(choice: QueueChoice, view: ClusterView): DenyVerdict | undefined {
  const queue = view.queue(choice.name);
  if (queue === undefined) return view.synced ? notFound(choice, view) : undefined;
  if (queue.state === 'Closed' || queue.state === 'Closing') {
    return notOpen(choice, `queue is ${queue.state} and takes no new work`);
  }
  if (choice.name === ROOT_QUEUE || queue.hasChildren) {
    return notOpen(choice, 'queue only holds other queues; name one of those');
  }
  return undefined;
}

/** Enough to spot a slip of the pen, short enough for a terminal. */
const MAX_LISTED = 10;

function notFound(choice: QueueChoice, view: ClusterView): DenyVerdict {
  const names = view.queueNames().filter((name) => name !== ROOT_QUEUE);
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  const known = names.length === 0 ? 'there is none yet' : `these do: ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
  const origin = choice.path === 'metadata.namespace' ? 'default queue of the namespace' : 'queue';
  return refuse(
    'QueueNotFound',
    fieldError(choice.path, 'FieldValueNotFound', choice.name, `${origin} does not exist; ${known}`),
  );
}

function notOpen(choice: QueueChoice, message: string): DenyVerdict {
  return refuse('QueueNotOpen', fieldError(choice.path, 'FieldValueForbidden', choice.name, message));
}

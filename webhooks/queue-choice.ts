import { DEFAULT_QUEUE, QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL, ROOT_QUEUE } from '../src/api/keys.ts';
import { QUEUES } from '../src/api/resources.ts';
import { fieldError, keyPath } from '../src/lib/field-error.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ClusterView } from './admission.ts';
import type { DenyVerdict } from './verdict.ts';
import type { FetchQuestion } from './question.ts';
import { refuse } from './verdict.ts';

/** A queue's name and the field that it was read from, or where another one would have to be named. */
export interface QueueChoice {
  readonly name: string;
  readonly path: string;
  /** The namespace whose default it is; absent when the object names the queue itself. */
  readonly defaultOf?: string;
  /** The policy that says so; absent when none does. */
  readonly policy?: string;
  /** The group whose queue it is; absent when the object names the queue. */
  readonly group?: string;
}

/** The queue that the label, or else the annotation, of one object names; undefined when neither does. */
export function namedQueue(labels: JsonObject, annotations: JsonObject, path: string): QueueChoice | undefined {
  const label = stringAt(labels, [QUEUE_NAME_LABEL]);
  if (label !== '') return { name: label, path: keyPath(`${path}metadata.labels`, QUEUE_NAME_LABEL) };
  const annotation = stringAt(annotations, [QUEUE_NAME_ANNOTATION]);
  if (annotation === '') return undefined;
  return { name: annotation, path: keyPath(`${path}metadata.annotations`, QUEUE_NAME_ANNOTATION) };
}

/** The queue of work that names none: the namespace's default, else the one called `default`. */
export function defaultQueue(namespace: string, view: ClusterView): QueueChoice {
  const path = keyPath('metadata.labels', QUEUE_NAME_LABEL);
  const name = view.defaultQueue(namespace);
  return name === '' ? { name: DEFAULT_QUEUE, path } : { name, path, defaultOf: namespace };
}

/** Why new work may not go there; undefined when it may. */
export function queueDenial(choice: QueueChoice, view: ClusterView): DenyVerdict | undefined {
  const queue = view.queue(choice.name);
  if (queue === undefined) return view.synced ? notFound(choice, view) : undefined;
  if (queue.state === 'Closed' || queue.state === 'Closing') {
    return notOpen(choice, `is ${queue.state} and takes no new work`);
  }
  if (queue.deleting) return notOpen(choice, 'is being deleted and takes no new work');
  if (choice.name === ROOT_QUEUE || queue.hasChildren) {
    return notOpen(choice, 'only holds other queues; name one of those');
  }
  return undefined;
}

/** Enough to spot a slip of the pen, short enough for a terminal. */
const MAX_LISTED = 10;

function notFound(choice: QueueChoice, view: ClusterView): DenyVerdict {
  const names = view.queueNames().filter((name) => name !== ROOT_QUEUE);
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  const known = names.length === 0 ? 'there is none yet' : `these do: ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
  const message = `${subject(choice)} does not exist; ${known}`;
  const error = fieldError(choice.path, 'FieldValueNotFound', choice.name, message);
  return { ...refuse('QueueNotFound', error), doubts: [queueQuestion(choice.name)] };
}

/** Is the queue there after all? Many make a queue and its first work in one go. */
export function queueQuestion(name: string): FetchQuestion {
  return { kind: 'fetch', key: `queue/${name}`, type: QUEUES, namespace: '', name };
}

function notOpen(choice: QueueChoice, message: string): DenyVerdict {
  const text = `${subject(choice)} ${message}`;
  return refuse('QueueNotOpen', fieldError(choice.path, 'FieldValueForbidden', choice.name, text));
}

/** Who named no queue has to hear where this one comes from, and that the field is where to name another. */
function subject({ defaultOf, policy }: QueueChoice): string {
  if (policy !== undefined) return `queue of policy ${policy}`;
  if (defaultOf === undefined) return 'queue';
  return `default queue of namespace ${defaultOf} (its annotation ${QUEUE_NAME_ANNOTATION})`;
}

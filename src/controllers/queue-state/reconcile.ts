import { CLOSED_BY_PARENT_ANNOTATION, ROOT_QUEUE } from '../../api/keys.ts';
import type { CommandRecord } from '../../api/records/command-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { COMMANDS, QUEUES } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Effect, ObjectRef } from '../effect.ts';
import { wishFor } from './wish.ts';

/** All that decides which state a queue is in. */
export interface ObservedQueueState {
  /** Undefined when there is none of that name. */
  readonly queue: QueueRecord | undefined;
  /** The queue above; undefined for none. */
  readonly parent: QueueRecord | undefined;
  /** Nothing can have the root as its parent before it exists. */
  readonly hasRoot: boolean;
  /** Commands that name the queue. */
  readonly commands: readonly CommandRecord[];
  /** Whether groups in it have not come to their end; asked only where it matters. */
  readonly hasGroups: () => boolean;
  /** Fingerprints of the events that the queue was told already. */
  readonly reported: ReadonlySet<string>;
}

/**
 * Opens and closes queues, by Commands and after the queue above, and gives those that say no parent the root for one. A Command is
 * deleted once what it asks for is written, since one that got lost on the way would not be given again. The queue itself is
 * written once at a time: a second write would be for a version that is gone.
 */
export function reconcileQueueState(observed: ObservedQueueState): readonly Effect[] {
  const { queue, commands, hasRoot } = observed;
  if (queue === undefined) return commands.map((command) => deletion(command));
  const wish = wishFor(queue, observed);
  // Why it is closed is written first: without that nobody would open it again.
  if (wish.isParents && !queue.closedByParent) return [mark(queue, 'true')];
  const state = wish.isOpen ? 'Open' : observed.hasGroups() ? 'Closing' : 'Closed';
  const done = [...wish.events, ...commands.map((command) => deletion(command))];
  if (state !== queue.state) return [stateWrite(queue, state), ...done];
  if (queue.closedByParent && wish.isOpen) return [...done, mark(queue, null)];
  const isOrphan = queue.parent === '' && queue.name !== ROOT_QUEUE && hasRoot;
  return isOrphan ? [...done, patch(queue, { spec: { parent: ROOT_QUEUE } })] : done;
}

function deletion({ namespace, name, uid }: CommandRecord): Effect {
  const regarding: ObjectRef = { type: COMMANDS, namespace, name, uid };
  const precondition = { uid, resourceVersion: '' };
  return { kind: 'delete', type: COMMANDS, namespace, name, regarding, precondition, propagation: 'Background' };
}

function mark(queue: QueueRecord, value: 'true' | null): Effect {
  return patch(queue, { metadata: { annotations: { [CLOSED_BY_PARENT_ANNOTATION]: value } } });
}

/** Without `allocated` the status of a new queue is not valid. */
function stateWrite(queue: QueueRecord, state: string): Effect {
  const allocated = queue.allocatedText === '' ? { allocated: {} } : {};
  return { ...patch(queue, { status: { state, ...allocated } }), kind: 'patchStatus' };
}

function patch({ name, uid, resourceVersion }: QueueRecord, body: JsonObject) {
  const regarding: ObjectRef = { type: QUEUES, namespace: '', name, uid };
  const precondition = { uid, resourceVersion };
  return { kind: 'patch', type: QUEUES, namespace: '', name, regarding, precondition, body } as const;
}

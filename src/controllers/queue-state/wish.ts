import { ROOT_QUEUE } from '../../api/keys.ts';
import type { CommandRecord } from '../../api/records/command-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { QUEUES } from '../../api/resources.ts';
import { eventOnce } from '../effect.ts';
import type { Effect, EventEffect } from '../effect.ts';

/** What is wanted of a queue. */
export interface QueueWish {
  readonly isOpen: boolean;
  /** It has to close because the queue above takes no work, and for no other reason. */
  readonly isParents: boolean;
  /** What people are told of the Commands, once it is done. */
  readonly events: readonly Effect[];
}

interface WishParts {
  readonly parent: QueueRecord | undefined;
  readonly commands: readonly CommandRecord[];
  readonly reported: ReadonlySet<string>;
}

/** A queue follows the one above it, and then what Commands say, the oldest first. */
export function wishFor(queue: QueueRecord, { parent, commands, reported }: WishParts): QueueWish {
  const mayOpen = parent === undefined || parent.state === 'Open';
  const isOpen = queue.state === 'Open';
  const isParents = isOpen && !mayOpen;
  const start: QueueWish = { isOpen: mayOpen && (isOpen || queue.closedByParent), isParents, events: [] };
  const meant = commands.filter(({ target }) => target?.uid === queue.uid);
  return meant
    .toSorted((a, b) => a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1))
    .reduce((wish, command) => obeyed(wish, command, queue, mayOpen ? undefined : parent, reported), start);
}

function obeyed(
  wish: QueueWish,
  { action }: CommandRecord,
  queue: QueueRecord,
  above: QueueRecord | undefined,
  reported: ReadonlySet<string>,
): QueueWish {
  const tell = (event: Pick<EventEffect, 'type' | 'reason' | 'note'>): readonly Effect[] => {
    const regarding = { type: QUEUES, namespace: '', name: queue.name, uid: queue.uid };
    const one = { ...event, regarding, action: 'Commanding' };
    return [
      ...wish.events,
      ...(event.type === 'Normal' ? [{ kind: 'event' as const, ...one }] : eventOnce(one, reported)),
    ];
  };
  if (action === 'OpenQueue') {
    if (above === undefined) {
      const events = wish.isOpen ? wish.events : tell({ type: 'Normal', reason: action, note: 'Open queue succeed' });
      return { ...wish, isOpen: true, events };
    }
    const note = `Failed to open queue ${queue.name}: its parent queue ${above.name} is ${above.state}; open the parent queue first`;
    return { ...wish, events: tell({ type: 'Warning', reason: action, note }) };
  }
  if (action === 'CloseQueue') {
    if (queue.name === ROOT_QUEUE) {
      const note = 'Failed to close queue root: the root queue cannot be closed';
      return { ...wish, events: tell({ type: 'Warning', reason: action, note }) };
    }
    const events = wish.isOpen ? tell({ type: 'Normal', reason: action, note: 'Close queue succeed' }) : wish.events;
    return { isOpen: false, isParents: false, events };
  }
  const note = `Nothing is done for the command ${action}: a queue can be told OpenQueue and CloseQueue`;
  return { ...wish, events: tell({ type: 'Warning', reason: 'CommandRefused', note }) };
}

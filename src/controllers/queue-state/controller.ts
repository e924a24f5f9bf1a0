import { accessRule } from '../../api/access.ts';
import { ROOT_QUEUE } from '../../api/keys.ts';
import type { CommandRecord } from '../../api/records/command-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { COMMANDS, QUEUES } from '../../api/resources.ts';
import { WATCHED_COMMANDS, WATCHED_POD_GROUPS, WATCHED_QUEUES } from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, Watch } from '../controller.ts';
import { reconcileQueueState } from './reconcile.ts';

/** A queue that changes its state takes those below it along; its counts change all the time, and matter to nobody here. */
const QUEUE_ITSELF: Watch<QueueRecord> = {
  kind: WATCHED_QUEUES,
  toKeys: (before, after, view) => {
    const { name } = after ?? before ?? { name: '' };
    const isSame =
      before !== undefined &&
      after !== undefined &&
      before.uid === after.uid &&
      before.state === after.state &&
      before.parent === after.parent &&
      before.closedByParent === after.closedByParent;
    if (isSame) return [];
    const isNewRoot = name === ROOT_QUEUE && before === undefined;
    const below = [...view.values(WATCHED_QUEUES)].filter(
      ({ parent }) => parent === name || (isNewRoot && parent === ''),
    );
    return [name, ...below.map((queue) => queue.name)];
  },
};

/** Commands for a queue, by its name: they may be in any namespace. */
const COMMANDS_FOR_QUEUE: KindIndex<CommandRecord> = {
  kind: WATCHED_COMMANDS,
  valueOf: ({ target }) => (target?.kind === QUEUES.kind ? target.name : undefined),
};

const GROUPS_IN_QUEUE: KindIndex<PodGroupRecord> = { kind: WATCHED_POD_GROUPS, valueOf: ({ queue }) => queue };

const ITS_COMMANDS: Watch<CommandRecord> = {
  kind: WATCHED_COMMANDS,
  toKeys: (_, after) => {
    const name = after && COMMANDS_FOR_QUEUE.valueOf(after);
    return name === undefined ? [] : [name];
  },
};

/** The last group to end closes a queue that is closing, and one that comes late opens the question again. */
const ITS_GROUPS: Watch<PodGroupRecord> = {
  kind: WATCHED_POD_GROUPS,
  toKeys: (before, after, view) => {
    if (before?.queue === after?.queue && isOver(before) === isOver(after)) return [];
    const names = [before?.queue, after?.queue].filter((name) => name !== undefined);
    return names.filter((name) => view.get(WATCHED_QUEUES, name)?.state !== 'Open');
  },
};

/** Keys are names of queues. */
export const QUEUE_STATE: Controller = {
  name: 'queue-state',
  workers: 2,
  watches: [QUEUE_ITSELF, ITS_COMMANDS, ITS_GROUPS],
  access: [
    accessRule(QUEUES, ['patch']),
    accessRule(QUEUES, ['patch'], { subresource: 'status' }),
    accessRule(COMMANDS, ['delete']),
  ],
  reconcile: (name, { view, told }) => {
    const queue = view.get(WATCHED_QUEUES, name);
    return reconcileQueueState({
      queue,
      parent: queue === undefined || queue.parent === '' ? undefined : view.get(WATCHED_QUEUES, queue.parent),
      hasRoot: view.get(WATCHED_QUEUES, ROOT_QUEUE) !== undefined,
      commands: [...view.by(COMMANDS_FOR_QUEUE, name)].filter(({ deleting }) => !deleting),
      hasGroups: () => [...view.by(GROUPS_IN_QUEUE, name)].some((group) => !isOver(group)),
      reported: told(queue?.uid ?? ''),
    });
  },
};

function isOver(group: PodGroupRecord | undefined): boolean {
  return group === undefined || group.phase === 'Completed';
}

import { accessRule } from '../../api/access.ts';
import { ROOT_QUEUE } from '../../api/keys.ts';
import type { CommandRecord } from '../../api/records/command-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { COMMANDS, QUEUES } from '../../api/resources.ts';
import { WATCHED_COMMANDS, WATCHED_POD_GROUPS, WATCHED_QUEUES } from '../../api/watched-kinds.ts';
import type { Controller, Watch } from '../controller.ts';
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

const ITS_COMMANDS: Watch<CommandRecord> = {
  kind: WATCHED_COMMANDS,
  toKeys: (_, after) => (after?.target?.kind === QUEUES.kind ? [after.target.name] : []),
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
      commands: [...view.values(WATCHED_COMMANDS)].filter(
        ({ target, deleting }) => !deleting && target?.kind === QUEUES.kind && target.name === name,
      ),
      hasGroups: () => [...view.values(WATCHED_POD_GROUPS)].some((group) => group.queue === name && !isOver(group)),
      reported: told(queue?.uid ?? ''),
    });
  },
};

function isOver(group: PodGroupRecord | undefined): boolean {
  return group === undefined || group.phase === 'Completed';
}

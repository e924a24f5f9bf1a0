import { apiVersion, POD_GROUPS, QUEUES } from '../../api/resources.ts';
import { SetupError } from '../setup-error.ts';
import { commandObject } from './command-object.ts';
import { int, text } from './face.ts';
import type { FaceCommand, FaceGroup, FacePorts, Flags } from './face.ts';
import type { Place } from '../cluster/objects.ts';
import { NOTHING_FOUND } from './nothing-found.ts';
import { queueTable } from './queue-table.ts';

/** Commands are namespaced and queues are not: Volcano puts theirs here. */
const COMMAND_NAMESPACE = 'default';

const CREATE: FaceCommand = {
  name: 'create',
  summary: 'creates queue',
  flags: [
    text('name', 'n', 'test', 'the name of queue'),
    int('weight', 'w', 1, 'the weight of the queue'),
    text('state', 'S', 'Open', 'the state of queue'),
  ],
  run: async (flags, { objects }) => {
    const name = flags.text('name');
    const state = flags.text('state');
    if (!['', 'Open', 'Closed'].includes(state))
      throw new SetupError(`state ${state} invalid, valid states are Open and Closed`);
    await objects.create(QUEUES, '', {
      apiVersion: apiVersion(QUEUES),
      kind: QUEUES.kind,
      metadata: { name },
      spec: { weight: flags.int('weight') },
    });
    // The API server drops the status of a new object: a queue that is to be closed is closed afterwards.
    if (state === 'Closed') await commandObject(objects, queuePlace(name), COMMAND_NAMESPACE, 'CloseQueue');
    return '';
  },
};

const DELETE: FaceCommand = {
  name: 'delete',
  summary: 'delete queue',
  flags: [text('name', 'n', '', 'the name of queue')],
  run: async (flags, { objects }) => {
    await objects.remove(queuePlace(needName(flags)));
    return '';
  },
};

const OPERATE: FaceCommand = {
  name: 'operate',
  summary: 'operate queue',
  flags: [
    text('name', 'n', '', 'the name of queue'),
    int('weight', 'w', 0, 'the weight of the queue'),
    text('action', 'a', '', 'operate action to queue, valid actions are open, close, update'),
  ],
  run: operate,
};

const LIST: FaceCommand = {
  name: 'list',
  summary: 'lists all the queue',
  flags: [],
  run: (_, ports) => listQueues(ports),
};

const GET: FaceCommand = {
  name: 'get',
  summary: 'get a queue',
  flags: [text('name', 'n', '', 'the name of queue')],
  run: (flags, ports) => {
    if (flags.text('name') === '') throw new SetupError('name is mandatory to get the particular queue details');
    return getQueue(flags.text('name'), ports);
  },
};

export const QUEUE_COMMANDS: FaceGroup = {
  name: 'queue',
  summary: 'Queue Operations',
  commands: [CREATE, DELETE, OPERATE, LIST, GET],
};

/** Prints all queues. */
export async function listQueues({ objects }: FacePorts): Promise<string> {
  const queues = await objects.list(QUEUES, '');
  if (queues.length === 0) return NOTHING_FOUND;
  return queueTable(queues, await objects.list(POD_GROUPS, ''), { tellsParent: false });
}

/** Prints one queue. */
export async function getQueue(name: string, { objects }: FacePorts): Promise<string> {
  const queue = await objects.get(queuePlace(name));
  return queueTable([queue], await objects.list(POD_GROUPS, ''), { tellsParent: true });
}

async function operate(flags: Flags, { objects }: FacePorts): Promise<string> {
  const name = needName(flags);
  const action = flags.text('action');
  switch (action) {
    case 'open':
      await commandObject(objects, queuePlace(name), COMMAND_NAMESPACE, 'OpenQueue');
      return '';
    case 'close':
      await commandObject(objects, queuePlace(name), COMMAND_NAMESPACE, 'CloseQueue');
      return '';
    case 'update':
      if (flags.int('weight') === 0) {
        throw new SetupError(`when update queue ${name}, weight must be specified, the value must be greater than 0`);
      }
      await objects.mergePatch(queuePlace(name), { spec: { weight: flags.int('weight') } });
      return '';
    case '':
      throw new SetupError('action can not be null');
    default:
      throw new SetupError(`action ${action} invalid, valid actions are open, close and update`);
  }
}

function needName(flags: Flags): string {
  const name = flags.text('name');
  if (name === '') throw new SetupError('queue name must be specified');
  return name;
}

function queuePlace(name: string): Place {
  return { type: QUEUES, namespace: '', name };
}

import { expect } from 'chai';
import fc from 'fast-check';
import type { CommandRecord } from '../../../src/api/records/command-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { reconcileQueueState } from '../../../src/controllers/queue-state/reconcile.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeQueue } from '../../support/records.ts';

/** A Command for the queue of that name, as made at a time. */
function command(action: string, queue = 'blue', createdMs = 1, uid = `queue-${queue}`): CommandRecord {
  const name = `${action}-${createdMs}`.toLowerCase();
  const target = { apiVersion: 'scheduling.volcano.sh/v1beta1', kind: 'Queue', name: queue, uid };
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: name,
    resourceVersion: '1',
    createdMs,
    deleting: false,
    action,
    target,
    reason: '',
    message: '',
  };
}

interface Parts {
  readonly parent?: QueueRecord;
  readonly commands?: readonly CommandRecord[];
  readonly hasGroups?: boolean;
  readonly hasRoot?: boolean;
}

function decide(
  queue: QueueRecord | undefined,
  { parent = makeQueue('root'), commands = [], hasGroups = false, hasRoot = true }: Parts,
): readonly Effect[] {
  return withoutAmbient(() =>
    reconcileQueueState({ queue, parent, hasRoot, commands, hasGroups: () => hasGroups, reported: new Set() }),
  );
}

function told(effect: Effect): string {
  if (effect.kind === 'event') return `${effect.type} ${effect.reason}: ${effect.note}`;
  if (effect.kind === 'delete') return `delete ${effect.name}`;
  return 'body' in effect ? `${effect.kind} ${JSON.stringify(effect.body)}` : effect.kind;
}

const state = (name: string) => `patchStatus {"status":{"state":"${name}"}}`;
const CLOSED = { state: 'Closed' } as const;
const MARK = 'patch {"metadata":{"annotations":{"volcano.sh/closed-by-parent":"true"}}}';
const UNMARK = 'patch {"metadata":{"annotations":{"volcano.sh/closed-by-parent":null}}}';
const [OPEN, CLOSE] = [command('OpenQueue'), command('CloseQueue')];

describe('the state of a queue', () => {
  const rows: Readonly<
    Record<string, readonly [queue: QueueRecord | undefined, parts: Parts, wants: readonly string[]]>
  > = {
    'stays as it is when nobody wants anything': [makeQueue('blue'), { hasGroups: true }, []],
    'stays closed when nobody wants anything': [makeQueue('blue', CLOSED), {}, []],
    'is closed at once by a Command while it is empty': [
      makeQueue('blue'),
      { commands: [CLOSE] },
      [state('Closed'), 'Normal CloseQueue: Close queue succeed', 'delete closequeue-1'],
    ],
    'is closing while groups are in it': [
      makeQueue('blue'),
      { commands: [CLOSE], hasGroups: true },
      [state('Closing'), 'Normal CloseQueue: Close queue succeed', 'delete closequeue-1'],
    ],
    'is closed once the last group has ended': [makeQueue('blue', { state: 'Closing' }), {}, [state('Closed')]],
    'is closing again when a group was late': [makeQueue('blue', CLOSED), { hasGroups: true }, [state('Closing')]],
    'is opened by a Command': [
      makeQueue('blue', CLOSED),
      { commands: [OPEN] },
      [state('Open'), 'Normal OpenQueue: Open queue succeed', 'delete openqueue-1'],
    ],
    'needs no write for what is so already': [makeQueue('blue'), { commands: [OPEN] }, ['delete openqueue-1']],
    'is what the latest of several Commands says': [
      makeQueue('blue'),
      { commands: [command('OpenQueue', 'blue', 9), CLOSE] },
      [
        'Normal CloseQueue: Close queue succeed',
        'Normal OpenQueue: Open queue succeed',
        'delete openqueue-9',
        'delete closequeue-1',
      ],
    ],
    'is not for a Command that means a namesake of before': [
      makeQueue('blue'),
      { commands: [command('CloseQueue', 'blue', 1, 'gone')] },
      ['delete closequeue-1'],
    ],
    'is not for a Command to a Job': [
      makeQueue('blue'),
      { commands: [command('AbortJob')] },
      [
        'Warning CommandRefused: Nothing is done for the command AbortJob: a queue can be told OpenQueue and CloseQueue',
        'delete abortjob-1',
      ],
    ],
    "is nobody's when the queue is gone: Commands for it go, too": [
      undefined,
      { commands: [CLOSE] },
      ['delete closequeue-1'],
    ],
    'of the root is open for ever': [
      makeQueue('root', { parent: '' }),
      { commands: [command('CloseQueue', 'root')] },
      ['Warning CloseQueue: Failed to close queue root: the root queue cannot be closed', 'delete closequeue-1'],
    ],
    'is marked first when the queue above closes': [makeQueue('blue'), { parent: makeQueue('top', CLOSED) }, [MARK]],
    'then follows the queue above': [
      makeQueue('blue', { closedByParent: true }),
      { parent: makeQueue('top', { state: 'Closing' }) },
      [state('Closed')],
    ],
    'comes back with the queue above': [
      makeQueue('blue', { ...CLOSED, closedByParent: true }),
      { parent: makeQueue('top') },
      [state('Open')],
    ],
    'then loses its mark': [makeQueue('blue', { closedByParent: true }), { parent: makeQueue('top') }, [UNMARK]],
    'stays closed below an open queue when a Command closed it': [
      makeQueue('blue', CLOSED),
      { parent: makeQueue('top') },
      [],
    ],
    'is not opened below a closed queue': [
      makeQueue('blue', CLOSED),
      { parent: makeQueue('top', CLOSED), commands: [OPEN] },
      [
        'Warning OpenQueue: Failed to open queue blue: its parent queue top is Closed; open the parent queue first',
        'delete openqueue-1',
      ],
    ],
    'brings what a status needs to be valid': [
      makeQueue('blue', { allocatedText: '' }),
      { commands: [CLOSE] },
      [
        'patchStatus {"status":{"state":"Closed","allocated":{}}}',
        'Normal CloseQueue: Close queue succeed',
        'delete closequeue-1',
      ],
    ],
    'is not asked for a parent: that is the root': [
      makeQueue('blue', { parent: '' }),
      {},
      ['patch {"spec":{"parent":"root"}}'],
    ],
    'waits with that until the root exists': [makeQueue('blue', { parent: '' }), { hasRoot: false }, []],
  };
  for (const [name, [queue, parts, wants]] of Object.entries(rows)) {
    it(name, () => {
      expect(decide(queue, parts).map(told)).to.deep.equal(wants);
    });
  }
});

/** What writes do to a queue. */
function written(queue: QueueRecord, effects: readonly Effect[]): QueueRecord {
  let now = queue;
  for (const effect of effects) {
    if (effect.kind === 'patchStatus')
      now = { ...now, state: stringAt(effect.body, ['status', 'state']) as QueueRecord['state'] };
    if (effect.kind !== 'patch') continue;
    const mark = memberAt(effect.body, 'metadata', 'annotations', 'volcano.sh/closed-by-parent');
    if (mark !== undefined) now = { ...now, closedByParent: mark === 'true' };
    const { parent } = objectAt(effect.body, 'spec');
    if (typeof parent === 'string') now = { ...now, parent };
  }
  return now;
}

describe('a tree of queues', () => {
  const order = fc.tuple(
    fc.constantFrom('OpenQueue', 'CloseQueue'),
    fc.constantFrom('top', 'mid', 'low'),
    fc.boolean(),
  );

  it('comes to rest after any Commands, none open below a closed one, and all are open once the top is opened that no Command closed', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 12 }), (orders) => {
        const queues = new Map<string, QueueRecord>([
          ['root', makeQueue('root', { parent: '' })],
          ['top', makeQueue('top')],
          ['mid', makeQueue('mid', { parent: 'top' })],
          ['low', makeQueue('low', { parent: 'mid' })],
        ]);
        const settle = (commands: readonly CommandRecord[], hasGroups: boolean): void => {
          let open = commands;
          for (let look = 0; look < 20; look += 1) {
            let writes = 0;
            for (const queue of queues.values()) {
              const parent = queues.get(queue.parent);
              const effects = decide(queue, {
                ...(parent && { parent }),
                commands: open.filter(({ target }) => target?.name === queue.name),
                hasGroups,
              });
              writes += effects.filter(({ kind }) => kind !== 'event').length;
              queues.set(queue.name, written(queue, effects));
              const gone = new Set(effects.flatMap((effect) => (effect.kind === 'delete' ? [effect.name] : [])));
              open = open.filter((one) => one.target?.name !== queue.name || !gone.has(one.name));
            }
            if (writes === 0) return;
          }
          throw new Error('it does not come to rest');
        };
        const closed = new Set<string>();
        for (const [action, name, hasGroups] of orders) {
          const wasOpen = queues.get(name)?.state === 'Open';
          if (action === 'CloseQueue' && wasOpen) closed.add(name);
          settle([command(action, name)], hasGroups);
          if (queues.get(name)?.state === 'Open') closed.delete(name);
          for (const { state: at, parent } of queues.values()) {
            if (at === 'Open' && parent !== '') expect(queues.get(parent)?.state).to.equal('Open');
          }
        }
        settle([command('OpenQueue', 'top')], false);
        closed.delete('top');
        if (closed.size === 0)
          expect([...queues.values()].map((queue) => queue.state)).to.deep.equal(['Open', 'Open', 'Open', 'Open']);
        expect([...queues.values()].filter((queue) => queue.state === 'Open' && queue.closedByParent)).to.deep.equal(
          [],
        );
      }),
    );
  });
});

import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { NO_SETTINGS } from '../../../src/api/controller-settings.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { POD_GROUPS, PODS, QUEUES } from '../../../src/api/resources.ts';
import { QUEUE_GATE } from '../../../src/controllers/queue-gate/controller.ts';
import { KindStores } from '../../../src/engine/control/kind-stores.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

const cpu = (amount: number): Pick<QueueRecord, 'capability'> => ({ capability: new Map([['cpu', amount]]) });

/** A pod of one CPU in the group of its queue. */
function pod(name: string, queue: string, more: Partial<PodRecord> = {}): PodRecord {
  return makePod(name, queue, makeShape({ cpu: 1 }), more);
}
const gated = (name: string, queue: string, more: Partial<PodRecord> = {}): PodRecord =>
  pod(name, queue, { gated: true, isQueueGated: true, ...more });

function opened(queues: readonly QueueRecord[], pods: readonly PodRecord[]): readonly string[] {
  const view = new KindStores();
  for (const { kind } of QUEUE_GATE.watches) view.listen(kind, () => undefined);
  view.apply(QUEUES, [{ kind: 'replace', records: queues }]);
  view.apply(PODS, [{ kind: 'replace', records: pods }]);
  const groups = queues.map(({ name }) => makePodGroup(name, 1, { queue: name }));
  view.apply(POD_GROUPS, [{ kind: 'replace', records: groups }]);
  const look = {
    view,
    nowMs: 0,
    ownNamespace: '',
    settings: NO_SETTINGS,
    told: () => new Set<string>(),
    answerTo: () => undefined,
    submitterKeys: NO_SUBMITTER_KEYS,
  };
  const effects = withoutAmbient(() => QUEUE_GATE.reconcile('gates', look));
  return effects.flatMap((effect) => (effect.kind === 'together' ? effect.writes.map(({ name }) => name) : []));
}

describe('the gate of a queue', () => {
  const two = makeQueue('q', cpu(2));
  const rows: Readonly<Record<string, readonly [readonly QueueRecord[], readonly PodRecord[], readonly string[]]>> = {
    'opens for as many pods as the queue may hold, the oldest first': [
      [two],
      [gated('c', 'q', { createdMs: 3 }), gated('b', 'q', { createdMs: 2 }), gated('a', 'q', { createdMs: 1 })],
      ['a', 'b'],
    ],
    'opens for the most urgent first': [
      [makeQueue('q', cpu(1))],
      [gated('a', 'q'), gated('b', 'q', { priority: 5 })],
      ['b'],
    ],
    'counts pods that wait for a node, and none that are over': [
      [two],
      [pod('waits', 'q'), pod('over', 'q', { phase: 'Succeeded' }), gated('a', 'q'), gated('b', 'q')],
      ['a'],
    ],
    'counts nothing that other gates hold back, and opens for none of it': [
      [makeQueue('q', cpu(1))],
      [pod('other', 'q', { gated: true }), gated('a', 'q')],
      ['a'],
    ],
    'counts what the queues beside it hold of what is above them': [
      [makeQueue('up', cpu(2)), makeQueue('q', { parent: 'up' }), makeQueue('r', { parent: 'up' })],
      [pod('runs', 'r', { phase: 'Running', nodeName: 'n' }), gated('a', 'q'), gated('b', 'q')],
      ['a'],
    ],
    'opens at once where nothing is limited': [[makeQueue('q')], [gated('a', 'q'), gated('b', 'q')], ['a', 'b']],
    'stays shut while the queue takes no work': [[makeQueue('q', { state: 'Closed' })], [gated('a', 'q')], []],
    'stays shut while the queue is being deleted': [[makeQueue('q', { deleting: true })], [gated('a', 'q')], []],
    'lets smaller ones pass, but in a queue that serves in order': [
      [makeQueue('q', cpu(2)), makeQueue('line', { ...cpu(2), isStrict: true })],
      ['q', 'line'].flatMap((queue) => [
        gated(`large-${queue}`, queue, { shape: makeShape({ cpu: 3 }), priority: 9 }),
        gated(`small-${queue}`, queue),
      ]),
      ['small-q'],
    ],
    'is nobody’s business for pods of other schedulers, and for those that go': [
      [makeQueue('q')],
      [gated('a', 'q', { schedulerName: 'other' }), gated('b', 'q', { deleting: true })],
      [],
    ],
  };
  for (const [name, [queues, pods, want]] of Object.entries(rows)) {
    it(name, () => expect(opened(queues, pods)).to.deep.equal(want));
  }
});

import { expect } from 'chai';
import { DEFAULT_TIERS } from '../../../../src/api/projections/dataset.ts';
import type { CachedShare } from '../../../../src/api/records/dataset-record.ts';
import type { PodRecord } from '../../../../src/api/records/pod-record.ts';
import { PrefetchHints } from '../../../../src/engine/cycle/tell/prefetch-hints.ts';
import type { ClusterWriter, WriteRequest } from '../../../../src/engine/ports.ts';
import { Snapshot } from '../../../../src/scheduler/ledger/snapshot.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makeNode, makePod, makeShape } from '../../../support/records.ts';

interface Told {
  readonly hints: PrefetchHints;
  readonly clock: ManualClock;
  readonly written: unknown[];
  readonly events: string[];
}

function world(cached: readonly CachedShare[], datasets = 'd'): Told {
  const snapshot = new Snapshot();
  for (const name of ['n1', 'n2']) snapshot.upsertNode(makeNode(name, { cpu: 1000 }));
  snapshot.settle();
  const base = { uid: 'u', resourceVersion: '1', tiers: DEFAULT_TIERS, volumeClaim: '', fluidLabel: '', prefetch: '' };
  snapshot.datasets.upsert({ ...base, key: 'ns/d', namespace: 'ns', name: 'd', cached });
  const clock = new ManualClock();
  const written: unknown[] = [];
  const events: string[] = [];
  const writer: ClusterWriter = {
    write: (request: WriteRequest) => {
      const text = stringAt('body' in request ? request.body : {}, ['metadata', 'annotations', 'sluice.dev/prefetch']);
      const { nodes, group } = JSON.parse(text) as { nodes: unknown; group: unknown };
      written.push([nodes, group]);
      return Promise.resolve({ kind: 'done', object: {} });
    },
  } as unknown as ClusterWriter;
  const pod = (uid: string): PodRecord => makePod(uid, 'g', makeShape({}), { datasets });
  const recorder = { record: (_: unknown, _type: string, reason: string): unknown => events.push(reason) };
  return { hints: new PrefetchHints({ writer, clock, events: recorder, snapshot, pod }), clock, written, events };
}

function place(told: Told, ...nodes: readonly string[]): void {
  const binds = nodes.map((node, at) => ({ kind: 'bind' as const, uid: `p${at}`, pod: `ns/p${at}`, node }));
  told.hints.placed({ kind: 'gang', group: 'ns/g', minMember: 1, binds });
}

const ON_N1: readonly CachedShare[] = [{ key: 'kubernetes.io/hostname', values: ['n1'], share: 1 }];

describe('prefetch hints', () => {
  it('tell a dataset of the nodes whose pods are far from it, once for a gang', () => {
    const told = world(ON_N1);
    place(told, 'n1', 'n2', 'n2');
    told.clock.advance(1000);
    expect(told.written).to.deep.equal([[['n2'], 'ns/g']]);
    expect(told.events).to.deep.equal(['DataFar']);
  });

  it('say nothing of pods that are near, that claim nothing, or claim what does not exist', () => {
    const rows: readonly (readonly [Told, string])[] = [
      [world(ON_N1), 'n1'],
      [world(ON_N1, ''), 'n2'],
      [world(ON_N1, 'other'), 'n2'],
    ];
    for (const [told, node] of rows) {
      place(told, node);
      told.clock.advance(60_000);
      expect(told.written).to.deep.equal([]);
    }
  });

  it('come at most every ten seconds for one dataset', () => {
    const told = world([]);
    place(told, 'n1');
    told.clock.advance(1000);
    for (let second = 0; second < 9; second += 1) {
      place(told, 'n2');
      told.clock.advance(1000);
    }
    expect(told.written).to.have.length(1);
    told.clock.advance(1000);
    expect(told.written).to.deep.equal([
      [['n1'], 'ns/g'],
      [['n2'], 'ns/g'],
    ]);
  });

  it('end with the lead', () => {
    const told = world([]);
    place(told, 'n1');
    told.hints.stop();
    told.clock.advance(60_000);
    expect(told.written).to.deep.equal([]);
  });
});

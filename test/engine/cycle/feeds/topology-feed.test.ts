import { expect } from 'chai';
import { TopologyFeed } from '../../../../src/engine/cycle/feeds/topology-feed.ts';
import { DEFAULT_POLICY } from '../../../../src/config/policy.ts';
import { Scheduler } from '../../../../src/scheduler/scheduler.ts';
import { Snapshot } from '../../../../src/scheduler/ledger/snapshot.ts';
import { exactly, makeHyperNode } from '../../../support/network.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { makeNode } from '../../../support/records.ts';

describe('what the watch of HyperNodes shows', () => {
  it('is news only when a HyperNode says something else, and contradictions are told once', () => {
    const snapshot = new Snapshot();
    snapshot.upsertNode(makeNode('n', {}));
    const told: unknown[] = [];
    const log = { ...QUIET_LOG, warn: (message: string, fields?: object) => told.push([message, fields]) };
    const feed = new TopologyFeed({ snapshot, log, seen: () => undefined });
    const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
    const cycle = (): void => {
      scheduler.cycle({ nowMs: 0 });
      feed.tellTroubles();
    };
    const a = makeHyperNode('a', 1, exactly('Node', 'n'));
    const b = makeHyperNode('b', 1, exactly('Node', 'n'));
    feed.onHyperNodes([{ kind: 'replace', records: [a] }]);
    cycle();
    expect(told).to.deep.equal([]);
    feed.onHyperNodes([{ kind: 'upsert', record: b }]);
    cycle();
    const { version } = snapshot.network;
    feed.onHyperNodes([{ kind: 'upsert', record: { ...b, resourceVersion: '2', nodeCount: 1 } }]);
    cycle();
    expect(snapshot.network.version).to.equal(version);
    const troubles = '1 nodes of b count for others that name them, such as a';
    expect(told).to.deep.equal([['HyperNodes contradict each other', { count: 1, troubles }]]);
    feed.onHyperNodes([{ kind: 'delete', record: b }]);
    expect(snapshot.network.version).to.equal(version + 1);
  });
});

import { expect } from 'chai';
import { NumaFeed } from '../../../../src/engine/cycle/feeds/numa-feed.ts';
import { Snapshot } from '../../../../src/scheduler/ledger/snapshot.ts';
import { makeTopology } from '../../../support/numa-records.ts';

describe('what the watch of Numatopologies shows', () => {
  it('reaches the snapshot, and once only as long as it says the same', () => {
    const snapshot = new Snapshot();
    const seen: string[] = [];
    const feed = new NumaFeed({ snapshot, seen: (kind) => seen.push(kind) });
    const { numa } = snapshot;
    feed.onNumatopologies([{ kind: 'replace', records: [makeTopology('n1', { zones: [4] })] }]);
    expect([numa.isUsed, numa.version]).to.deep.equal([true, 1]);
    feed.onNumatopologies([{ kind: 'upsert', record: makeTopology('n1', { zones: [4] }) }]);
    expect(numa.version).to.equal(1);
    feed.onNumatopologies([{ kind: 'upsert', record: makeTopology('n1', { zones: [4], used: [1] }) }]);
    feed.onNumatopologies([{ kind: 'delete', record: makeTopology('n1', { zones: [4] }) }]);
    expect(numa.version).to.equal(3);
    expect(seen).to.deep.equal(Array.from({ length: 4 }, () => 'numatopologies'));
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { ShardedScheduler, ShardPolicy } from '../../../src/api/sharding.ts';
import { assignNodes } from '../../../src/controllers/node-shard/assignment.ts';
import type { ShardNode } from '../../../src/controllers/node-shard/assignment.ts';
import { withoutAmbient } from '../../support/pure.ts';

const WARM = { label: 'warm', value: 'true' };
const rate = (min: number, max: number, weight = 1): ShardPolicy => ({ name: 'allocation-rate', weight, min, max });
const warm = (weight: number): ShardPolicy => ({ name: 'warmup', weight, ...WARM });
const limit = (max: number): ShardPolicy => ({ name: 'node-limit', min: 0, max });

/** `n1` to `n4`: an empty one, one half full, one that is warm and nearly empty, a full one. */
const NODES: readonly ShardNode[] = [
  { name: 'n4', labels: new Map(), cpuShare: 1 },
  { name: 'n2', labels: new Map(), cpuShare: 0.5 },
  { name: 'n3', labels: new Map([['warm', 'true']]), cpuShare: 0.1 },
  { name: 'n1', labels: new Map([['warm', 'false']]), cpuShare: 0 },
];

type Schedulers = Readonly<Record<string, readonly ShardPolicy[]>>;

function assigned(schedulers: Schedulers): Record<string, readonly string[]> {
  const list = Object.entries(schedulers).map(([name, policies]) => ({ name, policies }));
  return Object.fromEntries(withoutAmbient(() => assignNodes(list, NODES)));
}

describe('the nodes of shards', () => {
  const rows: Readonly<Record<string, readonly [Schedulers, Record<string, readonly string[]>]>> = {
    'are all of them for one that has no policies': [{ a: [] }, { a: ['n1', 'n2', 'n3', 'n4'] }],
    'are those that are full enough, bounds included': [{ a: [rate(0.1, 0.5)] }, { a: ['n2', 'n3'] }],
    'are taken by the first that may have them': [
      { a: [rate(0, 0.6)], b: [rate(0.4, 1)] },
      { a: ['n1', 'n2', 'n3'], b: ['n4'] },
    ],
    'are the fuller ones where they are limited': [{ a: [rate(0, 1), limit(2)] }, { a: ['n2', 'n4'] }],
    'are the warm ones first, as much as their weight says': [
      { a: [rate(0, 1), warm(5), limit(1)], b: [rate(0, 1, 5), warm(1), limit(1)] },
      { a: ['n3'], b: ['n4'] },
    ],
    'are the first by name where nothing else decides': [{ a: [limit(3)] }, { a: ['n1', 'n2', 'n3'] }],
    'are let in by all policies together': [{ a: [rate(0, 0.5), rate(0.1, 1)] }, { a: ['n2', 'n3'] }],
    'are none where the bounds leave none': [{ a: [rate(0.6, 0.9)] }, { a: [] }],
    'are told apart where the bounds are one and the same': [{ a: [rate(0.5, 0.5)] }, { a: ['n2'] }],
  };
  for (const [name, [schedulers, want]] of Object.entries(rows)) {
    it(name, () => expect(assigned(schedulers)).to.deep.equal(want));
  }

  it('are in one shard at most, within its limits, and do not depend on the order that nodes are seen in', () => {
    const policy = fc.oneof(
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([a, b]) => rate(Math.min(a, b), Math.max(a, b))),
      fc.nat(3).map(warm),
      fc.nat(5).map(limit),
    );
    const scheduler = fc.array(policy, { maxLength: 3 });
    const nodes = fc.uniqueArray(
      fc.record({ name: fc.string(), cpuShare: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { selector: ({ name }) => name, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(scheduler, { maxLength: 3 }), nodes, (lists, some) => {
        const schedulers: ShardedScheduler[] = lists.map((policies, at) => ({ name: `s${at}`, policies }));
        const all = some.map((node): ShardNode => ({ ...node, labels: new Map() }));
        const found = assignNodes(schedulers, all);
        const names = [...found.values()].flat();
        expect(new Set(names).size).to.equal(names.length);
        for (const { name, policies } of schedulers) {
          const most = policies.map((each) => (each.name === 'node-limit' ? each.max : Infinity));
          expect(found.get(name)?.length).to.be.at.most(Math.min(...most));
        }
        expect(assignNodes(schedulers, all.toReversed())).to.deep.equal(found);
      }),
    );
  });
});

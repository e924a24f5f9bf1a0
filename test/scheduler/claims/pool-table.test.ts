import { expect } from 'chai';

import type { SliceRecord } from '../../../src/api/records/device-records.ts';
import { DeviceFacts } from '../../../src/scheduler/claims/device-facts.ts';
import { poolKey } from '../../../src/scheduler/claims/pool-table.ts';
import { DRIVER, makeDevice, makeSlice, ONE } from '../../support/device-records.ts';

const COUNTERS = [{ set: 'card', counters: new Map([['memory', 40n * ONE]]) }];

const factsWith = (...slices: SliceRecord[]): DeviceFacts => {
  const facts = new DeviceFacts(() => undefined);
  for (const slice of slices) facts.slices.set(slice.name, slice);
  return facts;
};

const part = (name: string, overrides: Partial<SliceRecord> = {}): SliceRecord =>
  makeSlice('a', [makeDevice(`device-of-${name}`)], { name, sliceCount: 2, ...overrides });

describe('Pools of devices', () => {
  const CASES: readonly (readonly [string, readonly SliceRecord[], boolean, readonly string[]])[] = [
    ['is complete with all of its slices, in the order of their names', [part('b'), part('a')], true, ['a', 'b']],
    ['is incomplete without one of them', [part('a')], false, ['a']],
    ['is that of the newest generation', [part('a'), part('b'), part('c', { generation: 2 })], false, ['c']],
    ['lacks a slice that is not supported', [part('a'), part('b', { troubles: ['lists'] })], false, ['a']],
    [
      'keeps slices of counters apart from those of devices',
      [part('a'), part('b', { sharedCounters: COUNTERS })],
      true,
      ['a'],
    ],
  ];
  for (const [name, slices, isComplete, names] of CASES) {
    it(`one ${name}`, () => {
      const pool = factsWith(...slices).pools.get(poolKey(DRIVER, 'a'));
      expect([pool?.isComplete, pool?.slices.map((slice) => slice.name)]).to.deep.equal([isComplete, names]);
    });
  }

  it('have a problem when a device takes of counters that are not there', () => {
    const consumes = [{ set: 'card', counters: new Map([['memory', ONE]]) }];
    const slice = makeSlice('a', [makeDevice('x', { consumes })]);
    expect(factsWith(slice).pools.get(poolKey(DRIVER, 'a'))?.problem).to.equal(
      'device x takes of counter card/memory, which is not there',
    );
    const whole = [{ ...slice, sliceCount: 2 }, part('b', { sharedCounters: COUNTERS })];
    expect(factsWith(...whole).pools.get(poolKey(DRIVER, 'a'))?.problem).to.equal(undefined);
  });

  it('are reached by the node of a slice, and those of slices for several nodes by every node', () => {
    const facts = factsWith(part('a'), makeSlice('wide', [], { reach: { kind: 'all' } }));
    const reached = (node: string): string[] => [...facts.pools.reachable(node)].map((key) => key.split('\n')[1] ?? '');
    expect([reached('a'), reached('b')]).to.deep.equal([['a', 'wide'], ['wide']]);
    facts.slices.delete('a');
    facts.slices.delete('wide-slice');
    expect([...facts.pools.all(), ...reached('a')]).to.deep.equal([]);
  });

  it('tell each node when its own change, and all when one of several nodes does', () => {
    const facts = factsWith(part('a'));
    const before = [facts.pools.stampOf('a'), facts.pools.stampOf('b'), facts.pools.wideStamp];
    facts.slices.set('b', part('b'));
    expect(facts.pools.stampOf('a')).to.be.above(before[0] ?? 0);
    expect([facts.pools.stampOf('b'), facts.pools.wideStamp]).to.deep.equal(before.slice(1));
    facts.slices.set('wide-slice', makeSlice('wide', [], { reach: { kind: 'all' } }));
    expect(facts.pools.wideStamp).to.be.above(before[2] ?? 0);
  });
});

describe('Taints of devices', () => {
  const RULES: readonly (readonly [string, { driver?: string; pool?: string; device?: string } | undefined, number])[] =
    [
      ['comes from a rule for every device', {}, 1],
      ['comes from a rule for its driver', { driver: DRIVER }, 1],
      ['comes from a rule for its pool', { pool: 'a' }, 1],
      ['comes from a rule for its name', { device: 'x' }, 1],
      ['does not come from a rule for another name', { driver: DRIVER, device: 'y' }, 0],
      ['does not come from a rule for another pool', { pool: 'b' }, 0],
      ['does not come from a rule that selects nothing', undefined, 0],
    ];
  for (const [name, devices, count] of RULES) {
    it(`one ${name}`, () => {
      const facts = factsWith();
      const taint = { key: 'broken', value: '', effect: 'NoSchedule' };
      const chosen = devices && { driver: '', pool: '', device: '', ...devices };
      facts.taintRules.set('rule', { name: 'rule', devices: chosen, taint });
      expect([...facts.taintsOf(makeDevice('x', { pool: 'a' }))]).to.deep.equal(count === 0 ? [] : [taint]);
    });
  }
});

import { expect } from 'chai';
import fc from 'fast-check';
import { Bitset } from '../../src/lib/bitset.ts';

const CAPACITY = 100;
const values = fc.uniqueArray(fc.nat(CAPACITY - 1));

function setOf(members: Iterable<number>, capacity = CAPACITY): Bitset {
  const set = new Bitset(capacity);
  for (const value of members) set.add(value);
  return set;
}

function membersOf(set: Bitset, upTo = CAPACITY): number[] {
  return Array.from({ length: upTo }, (_, value) => value).filter((value) => set.has(value));
}

function sorted(members: Iterable<number>): number[] {
  return [...members].toSorted((a, b) => a - b);
}

describe('bitset', () => {
  it('agrees with a Set under any series of additions, removals and clears', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), value: fc.nat(CAPACITY - 1) }),
      fc.record({ kind: fc.constant('clear' as const), value: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const set = new Bitset(CAPACITY);
        const model = new Set<number>();
        for (const { kind, value } of steps) {
          if (kind === 'clear') model.clear();
          else if (kind === 'add') model.add(value);
          else model.delete(value);
          if (kind === 'clear') set.clear();
          else set[kind](value);
        }
        expect(membersOf(set)).to.deep.equal(sorted(model));
        expect(set.size()).to.equal(model.size);
      }),
    );
  });

  it('intersects, unites and subtracts as sets do', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const a = new Set(left);
        const b = new Set(right);
        const both = setOf(left);
        both.intersect(setOf(right));
        expect(membersOf(both)).to.deep.equal(sorted(a.intersection(b)));
        const either = setOf(left);
        either.union(setOf(right));
        expect(membersOf(either)).to.deep.equal(sorted(a.union(b)));
        const only = setOf(left);
        only.subtract(setOf(right));
        expect(membersOf(only)).to.deep.equal(sorted(a.difference(b)));
      }),
    );
  });

  for (const count of [0, 1, 31, 32, 33, 63, 64, 65, 99]) {
    it(`holds exactly the values below ${count} after a fill, whatever it held before`, () => {
      const set = setOf([0, 31, 32, 64, 99]);
      set.fill(count);
      expect(set.size()).to.equal(count);
      expect(membersOf(set)).to.deep.equal(Array.from({ length: count }, (_, value) => value));
    });
  }

  it('keeps its members when it grows, and never shrinks', () => {
    const set = setOf([0, 31], 32);
    set.ensure(65);
    set.add(64);
    set.ensure(1);
    expect(membersOf(set)).to.deep.equal([0, 31, 64]);
  });

  it('treats a shorter set as empty beyond its end, and drops what a longer one has there', () => {
    const long = setOf([1, 70]);
    long.intersect(setOf([1], 32));
    expect(membersOf(long)).to.deep.equal([1]);
    const short = setOf([1], 32);
    short.union(setOf([2, 70]));
    expect(membersOf(short)).to.deep.equal([1, 2]);
    const whole = setOf([1, 70]);
    whole.subtract(setOf([1], 32));
    expect(membersOf(whole)).to.deep.equal([70]);
  });
});

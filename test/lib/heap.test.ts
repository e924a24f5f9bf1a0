import { expect } from 'chai';
import fc from 'fast-check';
import { Heap } from '../../src/lib/heap.ts';

const ascending = (a: number, b: number): number => a - b;

function drain<T>(heap: Heap<T>): T[] {
  const out: T[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item);
  return out;
}

describe('heap', () => {
  it('gives back any items in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        expect(drain(new Heap([...items], ascending))).to.deep.equal(items.toSorted(ascending));
      }),
    );
  });

  it('always has the smallest item on top under any series of pushes and pops', () => {
    const step = fc.option(fc.integer(), { nil: 'pop' as const });
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 8 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
        const heap = new Heap([...start], ascending);
        let model = start.toSorted(ascending);
        for (const item of steps) {
          if (item === 'pop') expect(heap.pop()).to.equal(model.shift());
          else {
            heap.push(item);
            model = [...model, item].toSorted(ascending);
          }
          expect(heap.peek()).to.equal(model[0]);
          expect(heap.size).to.equal(model.length);
        }
      }),
    );
  });

  it('has the smallest item on top again after it looked anew at one whose rank changed there', () => {
    const ranks = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 });
    fc.assert(
      fc.property(ranks, ranks, (start, changes) => {
        const items = start.map((rank) => ({ rank }));
        const heap = new Heap([...items], (a, b) => a.rank - b.rank);
        for (const rank of changes) {
          const top = heap.peek();
          if (top !== undefined) top.rank = rank;
          heap.resift();
          expect(heap.peek()?.rank).to.equal(items.map((item) => item.rank).toSorted(ascending)[0]);
        }
        expect(drain(heap)).to.have.members(items);
      }),
    );
  });

  it('is empty after its only item is taken, and stays usable', () => {
    const heap = new Heap(['b'], (a, b) => (a < b ? -1 : 1));
    expect([heap.pop(), heap.pop(), heap.size]).to.deep.equal(['b', undefined, 0]);
    heap.push('c');
    heap.push('a');
    expect(drain(heap)).to.deep.equal(['a', 'c']);
  });
});

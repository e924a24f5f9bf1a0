import { expect } from 'chai';
import fc from 'fast-check';
import { RecentBytes } from '../../../../src/adapters/kube/protobuf/recent-bytes.ts';

describe('values by their bytes', () => {
  it('are those that were kept for the same bytes, wherever these stand, or none', () => {
    const text = fc.uint8Array({ min: 0, max: 2, maxLength: 6 });
    let known = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(4)), { maxLength: 60, size: 'max' }), (looks) => {
        const recent = new RecentBytes<string>(8);
        for (const [bytes, before] of looks) {
          const around = Uint8Array.from([...new Uint8Array(before).fill(9), ...bytes, 9]);
          const [from, end] = [before, before + bytes.length];
          const value = recent.get(around, from, end);
          expect(value ?? bytes.join()).to.equal(bytes.join());
          if (value === undefined) recent.set(around, from, end, bytes.join());
          else known += 1;
          expect(recent.get(around, from, end)).to.equal(bytes.join());
        }
      }),
    );
    expect(known).to.be.greaterThan(100);
  });

  it('are not kept for many bytes', () => {
    const recent = new RecentBytes<string>(8);
    const bytes = new Uint8Array(1000).fill(7);
    for (const [end, want] of [
      [128, 'kept'],
      [129, undefined],
    ] as const) {
      expect(recent.get(bytes, 0, end)).to.equal(undefined);
      recent.set(bytes, 0, end, 'kept');
      expect(recent.get(bytes, 0, end)).to.equal(want);
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { compareResourceVersions } from '../../src/lib/resource-version.ts';

describe('order of resourceVersions', () => {
  it('is that of the numbers they spell, beyond what a double holds', () => {
    const version = fc.bigInt({ min: 0n, max: 2n ** 80n });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const want = a < b ? -1 : a > b ? 1 : 0;
        expect(Math.sign(compareResourceVersions(String(a), String(b)))).to.equal(want);
      }),
    );
  });

  it('puts no version before every version', () => {
    expect(compareResourceVersions('1', '')).to.be.greaterThan(0);
  });
});

import { expect } from 'chai';
import { withoutAmbient } from './pure.ts';

const AMBIENT_USES: Readonly<Record<string, () => unknown>> = {
  'Date.now': () => Date.now(),
  'Math.random': () => Math.random(),
  'an alias of Math': () => {
    const dice = Math;
    return dice.random();
  },
  'performance.now': () => performance.now(),
  'new Date()': () => new Date(),
  'Date()': () => Date(),
};

const PURE_USES: Readonly<Record<string, readonly [() => unknown, unknown]>> = {
  'a date from its argument': [() => new Date(0).toISOString(), '1970-01-01T00:00:00.000Z'],
  'a date is still a Date': [() => new Date(0) instanceof Date, true],
  'a parsed date': [() => Date.parse('1970-01-01T00:00:01Z'), 1000],
  'plain arithmetic': [() => Math.max(1, 2), 2],
};

describe('withoutAmbient', () => {
  for (const [name, use] of Object.entries(AMBIENT_USES)) {
    it(`makes ${name} throw inside and work again afterwards`, () => {
      expect(() => withoutAmbient(use)).to.throw(/was used in a pure function/);
      expect(use()).to.not.equal(undefined);
    });
  }

  for (const [name, [use, want]] of Object.entries(PURE_USES)) {
    it(`leaves ${name} alone`, () => {
      expect(withoutAmbient(use)).to.equal(want);
    });
  }

  it('restores everything when the function throws', () => {
    expect(() =>
      withoutAmbient(() => {
        throw new Error('its own fault');
      }),
    ).to.throw('its own fault');
    expect(Date.now()).to.be.a('number');
    expect(performance.now()).to.be.a('number');
  });

  it('refuses a promise, whose work would escape the traps', () => {
    expect(() => withoutAmbient(() => Promise.resolve(1))).to.throw(/promise/);
  });
});

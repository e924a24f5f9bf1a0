import { expect } from 'chai';
import fc from 'fast-check';
import { durationMs, goDuration } from '../../src/lib/duration.ts';

describe('a duration', () => {
  const READ: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['-0', 0],
    ['1h2m3s', 3_723_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['300ms', 300],
    ['+2m', 120_000],
    ['-1m', -60_000],
    ['5us5µs5μs', 0.015],
    ['2m1h2m', 3_840_000],
  ];
  for (const [text, ms] of READ) {
    it(`is read from ${text}`, () => {
      expect(durationMs(text)).to.be.closeTo(ms, 1e-9);
    });
  }

  const UNREAD = [
    '',
    '-',
    '1',
    '1d',
    'h',
    '.s',
    '1h 2m',
    ' 1h',
    '1h2',
    '1,5h',
    '1e3s',
    '--1s',
    '3000000h',
    '9'.repeat(200),
  ];
  for (const text of UNREAD) {
    it(`is not read from "${text.slice(0, 20)}"`, () => {
      expect(durationMs(text)).to.equal(undefined);
    });
  }

  it('of hours, minutes and seconds is their sum', () => {
    const part = fc.nat(1000);
    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        expect(durationMs(`${h}h${m}m${s}s`)).to.equal(((h * 60 + m) * 60 + s) * 1000);
      }),
    );
  });
});

describe('goDuration', () => {
  it('is read as what it was, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        expect(durationMs(goDuration(seconds * 1000))).to.equal(seconds * 1000);
      }),
    );
  });

  for (const [ms, want] of [
    [0, '0s'],
    [59_600, '1m0s'],
    [3_723_000, '1h2m3s'],
    [90_000_000, '25h0m0s'],
  ] as const) {
    it(`writes ${ms} ms as ${want}`, () => {
      expect(goDuration(ms)).to.equal(want);
    });
  }
});

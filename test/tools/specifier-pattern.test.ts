import { expect } from 'chai';
import fc from 'fast-check';
import { climbsInto, packagesOtherThan } from '../../tools/lint/specifier-pattern.ts';

const ALLOWED = ['typebox', 'node-forge', 'node:crypto', 'node:cry', '@scope/name'];

const SPECIFIERS: Readonly<Record<string, boolean>> = {
  typebox: false,
  'typebox/value': false,
  typeboxes: true,
  typebo: true,
  'node-forge': false,
  'node-forge/lib/x': false,
  'node-forgery': true,
  'node:crypto': false,
  'node:cry': false,
  'node:cryp': true,
  'node:fs': true,
  crypto: true,
  '@scope/name': false,
  '@scope/other': true,
  './typebox': false,
  '../lib/x.ts': false,
  '/absolute': false,
};

describe('the pattern for packages other than the allowed ones', () => {
  const pattern = new RegExp(packagesOtherThan(ALLOWED));

  for (const [specifier, want] of Object.entries(SPECIFIERS)) {
    it(`${want ? 'matches' : 'passes'} ${specifier}`, () => {
      expect(pattern.test(specifier)).to.equal(want);
    });
  }

  it('agrees with a plain comparison on any specifier near an allowed name', () => {
    const piece = fc.constantFrom(
      'typebox',
      'typebo',
      'x',
      'node',
      ':',
      '-',
      'forge',
      'crypto',
      'cry',
      'p',
      '/',
      '@scope',
      'name',
      '.',
    );
    const specifiers = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
    const allowed = fc.subarray(ALLOWED);
    fc.assert(
      fc.property(specifiers, allowed, (specifier, names) => {
        const bare = !specifier.startsWith('.') && !specifier.startsWith('/');
        const want = bare && !names.some((name) => specifier === name || specifier.startsWith(`${name}/`));
        expect(new RegExp(packagesOtherThan(names)).test(specifier), specifier).to.equal(want);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the pattern for relative specifiers', () => {
  const pattern = new RegExp(climbsInto(['src/config', 'certs']));
  const cases: Readonly<Record<string, boolean>> = {
    '../config/x.ts': true,
    '../../src/config/x.ts': true,
    '../../certs/x.ts': true,
    '../certs': true,
    './config/x.ts': false,
    '../configure/x.ts': false,
    '../lib/config/x.ts': false,
    'config/x.ts': false,
  };
  for (const [specifier, want] of Object.entries(cases)) {
    it(`${want ? 'matches' : 'passes'} ${specifier}`, () => {
      expect(pattern.test(specifier)).to.equal(want);
    });
  }
});

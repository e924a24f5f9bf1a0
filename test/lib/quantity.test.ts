import { expect } from 'chai';
import fc from 'fast-check';
import { formatNano, formatUnits, parseQuantity, quantityToUnits } from '../../src/lib/quantity.ts';
import type { QuantityUnit, Rounding } from '../../src/lib/quantity.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const NANO = 1_000_000_000n;

describe('parseQuantity', () => {
  const good: readonly (readonly [unknown, bigint])[] = [
    ['0', 0n],
    ['-0', 0n],
    ['1', NANO],
    ['+1', NANO],
    ['-1', -NANO],
    [2, 2n * NANO],
    [0.5, NANO / 2n],
    ['1.5', 1_500_000_000n],
    ['.5', NANO / 2n],
    ['5.', 5n * NANO],
    ['0100', 100n * NANO],
    ['100m', 100_000_000n],
    ['0.1m', 100_000n],
    ['1u', 1000n],
    ['1n', 1n],
    ['1k', 1000n * NANO],
    ['1M', 10n ** 15n],
    ['1G', 10n ** 18n],
    ['1T', 10n ** 21n],
    ['1P', 10n ** 24n],
    ['1E', 10n ** 27n],
    ['1Ki', 1024n * NANO],
    ['1Mi', 1024n ** 2n * NANO],
    ['1Gi', 1024n ** 3n * NANO],
    ['1Ti', 1024n ** 4n * NANO],
    ['1Pi', 1024n ** 5n * NANO],
    ['1Ei', 1024n ** 6n * NANO],
    ['1.5Ki', 1536n * NANO],
    ['0.1Ki', 102_400_000_000n],
    ['1e3', 1000n * NANO],
    ['1E3', 1000n * NANO],
    ['1e+3', 1000n * NANO],
    ['12e-3', 12_000_000n],
    ['1.5e3', 1500n * NANO],
    [1e21, 10n ** 30n],
    [1e-7, 100n],
  ];
  for (const [text, want] of good) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(parseQuantity(text)).to.equal(want);
    });
  }

  it('rounds what is finer than a billionth away from zero, as Kubernetes does', () => {
    expect(parseQuantity('0.1n')).to.equal(1n);
    expect(parseQuantity('-0.1n')).to.equal(-1n);
    expect(parseQuantity('1e-300')).to.equal(1n);
    expect(parseQuantity('0e-300')).to.equal(0n);
    expect(parseQuantity('0.0000000011')).to.equal(2n);
  });

  const bad: readonly unknown[] = [
    '',
    ' ',
    '.',
    '-',
    '+',
    '+.',
    'e',
    '1e',
    '1E+',
    'm',
    'Ki',
    '1 ',
    ' 1',
    '1,5',
    '1.1.1',
    '--1',
    '1K',
    '1ki',
    '1i',
    '1mi',
    '1Mib',
    '0x10',
    '1_000',
    'Infinity',
    'NaN',
    '1e1.5',
    '١',
    '9'.repeat(300),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    true,
    {},
    [],
    ['1'],
  ];
  for (const text of bad) {
    it(`refuses ${typeof text === 'string' ? JSON.stringify(text.slice(0, 20)) : String(text)}`, () => {
      expect(parseQuantity(text)).to.equal(undefined);
    });
  }

  it('answers an absurd exponent at once', () => {
    expect(quantityToUnits('1e9999999999', 'one', 'up')).to.equal(MAX);
    expect(quantityToUnits('-1e9999999999', 'one', 'up')).to.equal(-MAX);
    expect(quantityToUnits('1e-9999999999', 'one', 'down')).to.equal(0);
  });

  it('never throws, whatever text it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789+-.eEinumkKMGTP ')) }), (text) => {
        const nano = parseQuantity(text);
        expect(nano === undefined || typeof nano === 'bigint').to.equal(true);
      }),
    );
  });
});

describe('quantityToUnits', () => {
  const cases: readonly (readonly [unknown, QuantityUnit, number, number])[] = [
    ['1', 'milli', 1000, 1000],
    ['1500m', 'milli', 1500, 1500],
    ['0.1m', 'milli', 1, 0],
    ['1.0001', 'milli', 1001, 1000],
    [2, 'milli', 2000, 2000],
    ['64Ki', 'kibi', 64, 64],
    ['1Gi', 'kibi', 1_048_576, 1_048_576],
    ['1', 'kibi', 1, 0],
    ['1025', 'kibi', 2, 1],
    ['1G', 'kibi', 976_563, 976_562],
    ['1500m', 'one', 2, 1],
    ['8', 'one', 8, 8],
    ['2k', 'one', 2000, 2000],
    ['-1500m', 'one', -1, -2],
    ['8Ei', 'kibi', MAX, MAX],
    ['9007199254740993', 'one', MAX, MAX],
    ['16Pi', 'kibi', 2 ** 44, 2 ** 44],
  ];
  for (const [text, unit, wantUp, wantDown] of cases) {
    it(`counts ${JSON.stringify(text)} in ${unit}`, () => {
      expect(quantityToUnits(text, unit, 'up')).to.equal(wantUp);
      expect(quantityToUnits(text, unit, 'down')).to.equal(wantDown);
    });
  }

  it('answers undefined for what is not a quantity', () => {
    for (const text of ['', 'abc', '1KiB', null, {}, [1]])
      expect(quantityToUnits(text, 'one', 'up')).to.equal(undefined);
  });

  const units = fc.constantFrom<QuantityUnit>('milli', 'kibi', 'one');
  const roundings = fc.constantFrom<Rounding>('up', 'down');
  const texts = fc
    .tuple(
      fc.bigInt({ min: 0n, max: 10n ** 17n }),
      fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: undefined }),
      fc.constantFrom(
        '',
        'n',
        'u',
        'm',
        'k',
        'M',
        'G',
        'T',
        'P',
        'E',
        'Ki',
        'Mi',
        'Gi',
        'Ti',
        'Pi',
        'Ei',
        'e3',
        'E-3',
        'e12',
      ),
    )
    .map(([whole, fraction, suffix]) => `${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`);

  it('rounds to the whole number next to the exact amount, on the asked side', () => {
    const perUnit = { milli: 10n ** 6n, one: NANO, kibi: 1024n * NANO };
    fc.assert(
      fc.property(texts, units, (text, unit) => {
        const exact = parseQuantity(text) ?? -1n;
        const up = quantityToUnits(text, unit, 'up') ?? -1;
        const down = quantityToUnits(text, unit, 'down') ?? -1;
        expect(up - down).to.be.oneOf([0, 1]);
        if (up === MAX) return;
        expect(BigInt(up) * perUnit[unit] >= exact).to.equal(true);
        expect(BigInt(down) * perUnit[unit] <= exact).to.equal(true);
      }),
    );
  });

  it('keeps the order of amounts', () => {
    fc.assert(
      fc.property(texts, texts, units, roundings, (a, b, unit, rounding) => {
        const [low, high] = (parseQuantity(a) ?? 0n) <= (parseQuantity(b) ?? 0n) ? [a, b] : [b, a];
        expect(quantityToUnits(low, unit, rounding)).to.be.at.most(quantityToUnits(high, unit, rounding) ?? -1);
      }),
    );
  });

  it('gives back what formatUnits wrote', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), units, roundings, (value, unit, rounding) => {
        expect(quantityToUnits(formatUnits(value, unit), unit, rounding)).to.equal(value === 0 ? 0 : value);
      }),
    );
  });
});

describe('formatNano', () => {
  for (const [nano, want] of [
    [0n, '0'],
    [2_000_000_000n, '2'],
    [1_500_000_000n, '1500m'],
    [7n, '7n'],
    [10n ** 30n, '1000000000000000000000'],
  ] as const) {
    it(`writes ${nano} billionths as ${want}, which reads as the same`, () => {
      expect([formatNano(nano), parseQuantity(want)]).to.deep.equal([want, nano]);
    });
  }
});

describe('formatUnits', () => {
  const cases: readonly (readonly [number, QuantityUnit, string])[] = [
    [0, 'milli', '0'],
    [1500, 'milli', '1500m'],
    [2000, 'milli', '2'],
    [-500, 'milli', '-500m'],
    [0, 'kibi', '0'],
    [1, 'kibi', '1Ki'],
    [1536, 'kibi', '1536Ki'],
    [1024, 'kibi', '1Mi'],
    [3 * 1024 ** 2, 'kibi', '3Gi'],
    [1024 ** 5, 'kibi', '1Ei'],
    [1000, 'one', '1000'],
    [-0, 'one', '0'],
  ];
  for (const [value, unit, want] of cases) {
    it(`writes ${value} ${unit} as ${want}`, () => {
      expect(formatUnits(value, unit)).to.equal(want);
    });
  }
});

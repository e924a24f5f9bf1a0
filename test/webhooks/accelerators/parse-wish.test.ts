import { expect } from 'chai';
import fc from 'fast-check';
import { parseWish } from '../../../src/api/accelerators/parse-wish.ts';
import { parseWishLabel } from '../../../webhooks/accelerators/wish-label.ts';
import { formatWish, PLAIN_WISH } from '../../../src/api/accelerators/wish.ts';
import type { AcceleratorWish } from '../../../src/api/accelerators/wish.ts';

describe('a wish for accelerators', () => {
  const reads: readonly (readonly [string, Partial<AcceleratorWish>])[] = [
    ['gpu', { deviceClass: 'gpu' }],
    ['8 x gpu', { count: 8, deviceClass: 'gpu' }],
    ['8x GPU', { count: 8, deviceClass: 'gpu' }],
    ['8 gpu', { count: 8, deviceClass: 'gpu' }],
    ['2 x h100', { count: 2, models: ['h100'] }],
    ['mi300x', { models: ['mi300x'] }],
    ['0.5 gpu', { share: 50, deviceClass: 'gpu' }],
    ['1.0 gpu', { count: 1, deviceClass: 'gpu' }],
    [
      '8 x gpu, memory >= 80Gi, one NVLink domain',
      { count: 8, deviceClass: 'gpu', memoryMib: 81_920, isOneDomain: true },
    ],
    ['gpu,memory>=80GB', { deviceClass: 'gpu', memoryMib: 76_294 }],
    ['gpu memory 10Gi shared', { deviceClass: 'gpu', sharedMib: 10_240 }],
    ['npu, memory 1.5Gi shared', { deviceClass: 'npu', sharedMib: 1536 }],
    ['profile 1g.10gb', { profile: '1g.10gb' }],
    ['2 x gpu, mig 3g.40gb', { count: 2, deviceClass: 'gpu', profile: '3g.40gb' }],
    ['gpu, profile 1g.10gb+me', { deviceClass: 'gpu', profile: '1g.10gb+me' }],
    ['gpu, compute >= 8.6', { deviceClass: 'gpu', compute: 806 }],
    ['gpu, compute >= 9', { deviceClass: 'gpu', compute: 900 }],
    ['gpu, vendor amd, model mi300x | mi250', { deviceClass: 'gpu', vendor: 'amd', models: ['mi300x', 'mi250'] }],
    ['4 x tpu, topology 2x2x1', { count: 4, deviceClass: 'tpu', topology: '2x2x1' }],
    ['gpu, container trainer, may come', { deviceClass: 'gpu', container: 'trainer', mayCome: true }],
  ];
  for (const [text, wish] of reads) {
    it(`reads "${text}"`, () => {
      expect(parseWish(text)).to.deep.equal({ kind: 'wish', wish: { ...PLAIN_WISH, ...wish } });
    });
  }

  const refuses: readonly (readonly [string, number, RegExp])[] = [
    ['', 1, /says nothing/],
    ['gpu,', 5, /says nothing/],
    ['8 x', 1, /lacks what is counted/],
    ['0 x gpu', 1, /from 0\.01/],
    ['1.5 x gpu', 1, /from 0\.01/],
    ['2000 x gpu', 1, /up to 1024/],
    ['8 x gpu 3', 9, /does not belong here: 3/],
    ['gpu, 4 x gpu', 6, /said twice/],
    ['gpu, memory >= 80', 16, /no amount of memory/],
    ['gpu, memory 80Gi', 6, /must read "memory >= 80Gi"/],
    ['gpu, memory >= -1Gi', 16, /no amount of memory|must read/],
    ['gpu, memory >= 99999999Ti', 16, /no amount of memory/],
    ['gpu, one domain', 6, /one NVLink domain/],
    ['gpu, one NVLink domain for all', 6, /one NVLink domain for the group/],
    ['gpu, model h100 a100', 6, /must read "model h100"/],
    ['gpu, profile nonsense', 6, /must name one profile/],
    ['gpu, compute > 8', 6, /compute >= 8/],
    ['0.5 gpu, memory 10Gi shared', 1, /two ways/],
    ['memory >= 80Gi', 1, /does not say which devices/],
    ['2 x gpu, memory 10Gi shared', 1, /one device/],
    ['x'.repeat(300), 1, /at most 256/],
    ['💥', 1, /neither a class/],
  ];
  for (const [text, column, message] of refuses) {
    it(`refuses "${text.slice(0, 40)}" at ${column}`, () => {
      const parsed = parseWish(text);
      expect(parsed.kind).to.equal('mistake');
      if (parsed.kind !== 'mistake') return;
      expect(parsed.mistake.message).to.match(message);
      expect(parsed.mistake.column).to.equal(column);
    });
  }

  it('is the same wish again after it was written and read', () => {
    fc.assert(
      fc.property(wishes(), (wish) => {
        expect(parseWish(formatWish(wish))).to.deep.equal({ kind: 'wish', wish });
      }),
    );
  });

  it('takes any text without failing, and names a column of it', () => {
    const words = fc.constantFrom(
      '8',
      'x',
      'gpu',
      ',',
      'memory',
      '>=',
      '80Gi',
      '|',
      'model',
      '__proto__',
      'one',
      '0.5',
      ' ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(words).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseWish(text);
        if (parsed.kind === 'wish') expect(parseWish(formatWish(parsed.wish))).to.deep.equal(parsed);
        else expect(parsed.mistake.column).to.be.within(1, text.length + 1);
        expect(() => parseWishLabel(text)).to.not.throw();
      }),
    );
  });
});

describe('the label form of a wish', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['gpu-8', '8 x gpu'],
    ['gpu-8-80gi', '8 x gpu, memory >= 80Gi'],
    ['h100-8-linked', '8 x device, model h100, one NVLink domain'],
    ['gpu-1-1g.10gb', '1 x gpu, profile 1g.10gb'],
    ['h100-8-grouplinked', '8 x device, model h100, one NVLink domain for the group'],
    ['gpu-2-linked-80gi', '2 x gpu, memory >= 80Gi, one NVLink domain'],
  ];
  for (const [label, text] of rows) {
    it(`${label} is ${text}`, () => {
      const parsed = parseWishLabel(label);
      expect(parsed.kind === 'wish' ? formatWish(parsed.wish) : parsed.mistake).to.equal(text);
    });
  }

  for (const label of ['', 'gpu', 'gpu-', 'gpu-0', '8-gpu', 'gpu-8-80', 'gpu-8-fast', 'gpu-8-80gi-40gi', 'GPU-8']) {
    it(`"${label}" is none`, () => {
      expect(parseWishLabel(label).kind).to.equal('mistake');
    });
  }
});

function wishes(): fc.Arbitrary<AcceleratorWish> {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,8}$/);
  const mib = fc.oneof(
    fc.integer({ min: 1, max: 16 * 1024 ** 2 }),
    fc.integer({ min: 1, max: 512 }).map((n) => n * 1024),
  );
  const part = fc.oneof(
    fc.record({ count: fc.integer({ min: 1, max: 1024 }) }),
    fc.record({ share: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ sharedMib: mib }),
    fc.record({ count: fc.integer({ min: 1, max: 8 }), profile: fc.constantFrom('1g.10gb', '7g.80gb', '1g.5gb+me') }),
  );
  const rest = fc.record(
    {
      deviceClass: fc.constantFrom<AcceleratorWish['deviceClass']>('gpu', 'tpu', 'npu', 'device'),
      vendor: name,
      models: fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
      memoryMib: mib,
      compute: fc.integer({ min: 1, max: 99 }).chain((major) => fc.nat(99).map((minor) => major * 100 + minor)),
      topology: fc.constantFrom('2x4', '2x2x1'),
      isOneDomain: fc.boolean(),
      container: fc.stringMatching(/^[a-z]([-a-z0-9]{0,5}[a-z0-9])?$/),
      mayCome: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(part, rest).map(([a, b]) => ({ ...PLAIN_WISH, ...b, ...a }));
}

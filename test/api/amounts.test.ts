import { expect } from 'chai';
import fc from 'fast-check';
import { amountsText, formatAmounts, parseAmounts, resourceUnit } from '../../src/api/amounts.ts';

describe('parseAmounts', () => {
  it('counts cpu in thousandths, memory and storage in KiB, all else in ones', () => {
    const raw = {
      cpu: '1500m',
      memory: '1Gi',
      'ephemeral-storage': '1025',
      storage: '1Ki',
      'hugepages-2Mi': '4Mi',
      'nvidia.com/gpu': '8',
      pods: 110,
    };
    const { amounts, errors } = parseAmounts(raw, 'up');
    expect(errors).to.deep.equal([]);
    expect(Object.fromEntries(amounts)).to.deep.equal({
      cpu: 1500,
      memory: 1_048_576,
      'ephemeral-storage': 2,
      storage: 1,
      'hugepages-2Mi': 4096,
      'nvidia.com/gpu': 8,
      pods: 110,
    });
  });

  it('rounds down where asked', () => {
    const { amounts } = parseAmounts({ cpu: '0.1m', memory: '2047', 'example.com/fpga': '1500m' }, 'down');
    expect(Object.fromEntries(amounts)).to.deep.equal({ cpu: 0, memory: 1, 'example.com/fpga': 1 });
  });

  it('reports each malformed or negative entry with its path and keeps the others', () => {
    const { amounts, errors } = parseAmounts(
      { cpu: 'two', memory: '-1n', pods: -1, gpu: null, ok: '3' },
      'up',
      'spec.deserved',
    );
    expect(Object.fromEntries(amounts)).to.deep.equal({ ok: 3 });
    expect(errors.map((error) => `${error.path} ${error.message}`)).to.deep.equal([
      'spec.deserved[cpu] must be a Kubernetes quantity such as 2, 500m or 16Gi',
      'spec.deserved[memory] must not be negative',
      'spec.deserved[pods] must not be negative',
      'spec.deserved[gpu] must be a Kubernetes quantity such as 2, 500m or 16Gi',
    ]);
  });

  it('takes null and absent as an empty list, minus zero as zero, and refuses a list that is none', () => {
    expect(parseAmounts(undefined, 'up')).to.deep.equal({ amounts: new Map(), errors: [] });
    expect(parseAmounts(null, 'up').errors).to.deep.equal([]);
    expect(parseAmounts({ cpu: '-0' }, 'up').amounts.get('cpu')).to.equal(0);
    expect(parseAmounts(['cpu'], 'up', 'spec.capability').errors[0]?.path).to.equal('spec.capability');
  });

  it('takes a list of 64 names whole, and one of 65 as one error and as asking for what no node has', () => {
    const list = (count: number, quantity: string): object =>
      Object.fromEntries(Array.from({ length: count }, (_unused, ix) => [`example.com/r${ix}`, quantity]));
    expect(parseAmounts(list(64, '1'), 'up').amounts.size).to.equal(64);
    expect(parseAmounts(list(64, '1'), 'up').errors).to.deep.equal([]);
    const { amounts, errors } = parseAmounts({ ...list(64, 'broken'), cpu: '2' }, 'up', 'spec.capability');
    expect([...amounts]).to.deep.equal([
      ['cpu', 2000],
      ['sluice.dev/more-than-64-resources', 1],
    ]);
    expect(errors.map(({ path, message }) => `${path} ${message}`)).to.deep.equal([
      'spec.capability must not name more than 64 resources',
    ]);
  });

  it('lets no node offer what too long a list asks for', () => {
    const list = Object.fromEntries(Array.from({ length: 65 }, (_unused, ix) => [`example.com/r${ix}`, '1']));
    expect([...parseAmounts({ ...list, cpu: '2' }, 'down').amounts]).to.deep.equal([['cpu', 2000]]);
  });

  it('keeps odd names such as __proto__ as names', () => {
    const { amounts } = parseAmounts(JSON.parse('{"__proto__": "1", "constructor": "2"}'), 'up');
    expect([...amounts]).to.deep.equal([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        expect(parseAmounts(raw, 'up').amounts).to.be.instanceOf(Map);
      }),
    );
  });
});

describe('formatAmounts', () => {
  const names = fc.constantFrom('cpu', 'memory', 'storage', 'hugepages-1Gi', 'nvidia.com/gpu', 'pods');
  const lists = fc.dictionary(names, fc.maxSafeInteger().map(Math.abs)).map((list) => new Map(Object.entries(list)));

  it('gives back what parseAmounts reads, in either rounding', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom('up' as const, 'down' as const), (amounts, rounding) => {
        expect(new Map(parseAmounts(formatAmounts(amounts), rounding).amounts)).to.deep.equal(amounts);
      }),
    );
  });

  it('writes one text for equal amounts in any order', () => {
    expect(
      amountsText(
        new Map([
          ['memory', 2048],
          ['cpu', 1500],
        ]),
      ),
    ).to.equal('{"cpu":"1500m","memory":"2Mi"}');
    fc.assert(
      fc.property(lists, (amounts) => {
        expect(amountsText(new Map([...amounts].toReversed()))).to.equal(amountsText(amounts));
      }),
    );
  });

  it('knows the unit of every resource', () => {
    expect(['cpu', 'hugepages-2Mi', 'storage', 'nvidia.com/gpu'].map(resourceUnit)).to.deep.equal([
      'milli',
      'kibi',
      'kibi',
      'one',
    ]);
  });
});

import { expect } from 'chai';
import { median, quantile, rounded } from '../../bench/figures.ts';
import { formatReport } from '../../bench/report.ts';

describe('figures', () => {
  it('have the middle value as median, and the mean of the two middle ones', () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([9, 1, 5, 7])).to.equal(6);
    expect(median([])).to.be.NaN;
  });

  it('have the value that a share of them does not exceed as quantile', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).to.deep.equal([
      1, 51, 100, 100,
    ]);
  });

  it('are rounded to the digits asked for', () => {
    expect([rounded(1.2345, 2), rounded(1234.5, -2), rounded(-0.04, 1)]).to.deep.equal([1.23, 1200, -0]);
  });

  it('are shown one a line, tables with the same rows side by side', () => {
    const text = formatReport({
      name: 'webhook',
      machine: { cpu: 'some', cores: 2 },
      settings: { rate: 1000 },
      figures: { podsPerSecond: 12_345, alone: { p50Ms: 0.25, errors: 0 }, coreBusy: { p50Ms: 0.5 } },
    });
    expect(text.split('\n')).to.deep.equal([
      'webhook: rate=1000',
      'machine: some, 2',
      '',
      'podsPerSecond  12,345',
      '',
      '             alone    coreBusy',
      'p50Ms         0.25         0.5',
      'errors           0           -',
    ]);
  });

  it('are shown indented where a table stands alone', () => {
    const text = formatReport({
      name: 'e2e',
      machine: {},
      settings: {},
      figures: { cpu: { sluice: { etcd: 1, apiserver: 2 } } },
    });
    expect(text.split('\n').slice(3)).to.deep.equal([
      '',
      'cpu',
      '',
      '  sluice',
      '    etcd       1',
      '    apiserver  2',
    ]);
  });
});

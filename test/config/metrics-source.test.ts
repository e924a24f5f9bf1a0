import { expect } from 'chai';
import { readPolicy } from '../../src/config/read-policy.ts';

const METRICS = { type: 'prometheus', address: 'http://prometheus.monitoring:9090' };

function read(metrics: unknown, ...others: readonly object[]): ReturnType<typeof readPolicy> {
  const plugins = [{ name: 'gang' }, { name: 'predicates' }, { name: 'proportion' }, ...others];
  return readPolicy({ actions: 'enqueue, allocate', tiers: [{ plugins }], metrics });
}

function mistakes(...asked: Parameters<typeof read>): readonly string[] {
  const result = read(...asked);
  return result.kind === 'errors' ? result.errors.map(({ path, message }) => `${path} ${message}`) : [];
}

describe('where measurements of nodes come from', () => {
  const CASES: readonly (readonly [string, unknown, string])[] = [
    ['no map', 'http://a', 'metrics must be a map'],
    ['another kind', { ...METRICS, type: 'graphite' }, 'metrics.type must be prometheus'],
    [
      'Elasticsearch',
      { ...METRICS, type: 'elasticsearch' },
      'metrics.type Elasticsearch is not read; name a Prometheus',
    ],
    [
      'custom metrics',
      { ...METRICS, type: 'prometheus_adaptor' },
      'metrics.type custom metrics of the API server are not read; name the Prometheus behind them',
    ],
    ['no address', { type: 'prometheus' }, 'metrics.address must be a URL such as http://host:9090'],
    [
      'a password',
      { ...METRICS, address: 'http://me:secret@host' },
      'metrics.address must be a URL such as http://host:9090',
    ],
    ['a short interval', { ...METRICS, interval: '10ms' }, 'metrics.interval must be a duration from 1s to 5m'],
    ['other keys', { ...METRICS, tls: {} }, 'metrics.tls is not supported; there are type, address, interval'],
  ];
  for (const [name, metrics, want] of CASES) {
    it(`cannot be ${name}`, () => expect(mistakes(metrics, { name: 'usage' })).to.deep.equal([want]));
  }

  it('is a Prometheus that is asked every half minute unless told otherwise', () => {
    const given = [
      { ...METRICS, address: 'https://a/prom/' },
      { ...METRICS, interval: '1m' },
    ].map((metrics) => {
      const result = read(metrics, { name: 'usage' });
      return result.kind === 'policy' ? result.policy.metrics : result;
    });
    expect(given).to.deep.equal([
      { type: 'prometheus', address: 'https://a/prom', intervalMs: 30_000 },
      { type: 'prometheus', address: 'http://prometheus.monitoring:9090', intervalMs: 60_000 },
    ]);
  });

  it('is asked for by the plugin usage, and refused where nobody looks at it', () => {
    expect(mistakes(undefined, { name: 'usage' })).to.deep.equal([
      'metrics must say where the plugin usage reads how busy nodes are',
    ]);
    expect(mistakes(METRICS)[0]).to.match(/^metrics does nothing without a plugin that looks at it/);
    expect(mistakes(undefined)).to.deep.equal([]);
  });

  it('goes with limits in a map, of which no other names are known', () => {
    const thresholds = { cpu: 70, mem: '60' };
    const result = read(METRICS, { name: 'usage', arguments: { thresholds, 'usage.weight': 3 } });
    if (result.kind !== 'policy') throw new Error('refused');
    expect([...(result.policy.tiers[0]?.[3]?.arguments ?? [])]).to.deep.equal([
      ['thresholds.cpu', 70],
      ['thresholds.mem', 60],
      ['usage.weight', 3],
    ]);
    const told = mistakes(METRICS, { name: 'usage', arguments: { thresholds: { gpu: 1 }, estimator: {} } });
    expect(told.map((each) => each.split(' ')[0])).to.deep.equal([
      'tiers[0].plugins[3].arguments[thresholds.gpu]',
      'tiers[0].plugins[3].arguments[estimator]',
    ]);
  });
});

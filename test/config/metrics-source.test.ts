import { expect } from 'chai';
import { readPolicy } from '../../src/config/read-policy.ts';

const METRICS = { type: 'prometheus', address: 'http://prometheus.monitoring:9090' };

const SEARCH = { type: 'elasticsearch', address: 'http://search:9200' };
const ONE_PASSWORD = 'must give a username with a password, and the password or its file, not both';

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
    [
      'another kind',
      { ...METRICS, type: 'graphite' },
      'metrics.type must be one of prometheus, prometheus_adaptor, elasticsearch',
    ],
    [
      'of no kind',
      { address: 'http://a' },
      'metrics its type must be one of prometheus, prometheus_adaptor, elasticsearch',
    ],
    ['no address', { type: 'prometheus' }, 'metrics.address must be a URL such as http://host:9090'],
    [
      'a password',
      { ...METRICS, address: 'http://me:secret@host' },
      'metrics.address must be a URL such as http://host:9090',
    ],
    ['a short interval', { ...METRICS, interval: '10ms' }, 'metrics.interval must be a duration from 1s to 5m'],
    ['other keys', { ...METRICS, query: '' }, 'metrics.query is not supported; there are type, address, interval, tls'],
    [
      'custom metrics elsewhere',
      { ...METRICS, type: 'prometheus_adaptor' },
      'metrics.address is not supported; there are type, interval',
    ],
    [
      'a Prometheus with an index',
      { ...METRICS, elasticsearch: {} },
      'metrics.elasticsearch is not supported; there are type, address, interval, tls',
    ],
    ['no map of TLS', { ...METRICS, tls: 'off' }, 'metrics.tls must be a map'],
    [
      'half trusted',
      { ...METRICS, tls: { insecureSkipVerify: 'maybe' } },
      'metrics.tls.insecureSkipVerify must be true or false',
    ],
    [
      'trusted by a file nobody knows where',
      { ...METRICS, tls: { caFile: 'ca.pem' } },
      'metrics.tls.caFile must be the path of a file, from the root',
    ],
    [
      'an index with a path',
      { ...SEARCH, elasticsearch: { index: 'a/b' } },
      'metrics.elasticsearch.index must be an index such as metricbeat-*',
    ],
    [
      'a number as password',
      { ...SEARCH, elasticsearch: { username: 'me', password: 1 } },
      'metrics.elasticsearch.password must be a text',
    ],
    ['a password of nobody', { ...SEARCH, elasticsearch: { password: 'x' } }, `metrics.elasticsearch ${ONE_PASSWORD}`],
    [
      'two passwords',
      { ...SEARCH, elasticsearch: { username: 'me', password: 'x', passwordFile: '/x' } },
      `metrics.elasticsearch ${ONE_PASSWORD}`,
    ],
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

  it('is an Elasticsearch or the custom metrics as well, with what Volcano says of them', () => {
    const elasticsearch = { index: 'nodes', hostnameFieldName: 'host.name', username: 'me', passwordFile: '/secret' };
    const tls = { insecureSkipVerify: 'true', caFile: '/ca.pem' };
    const given = [SEARCH, { ...SEARCH, elasticsearch, tls }, { type: 'prometheus_adaptor' }].map((metrics) => {
      const result = read(metrics, { name: 'usage' });
      return result.kind === 'policy' ? result.policy.metrics : result;
    });
    const common = { type: 'elasticsearch', address: 'http://search:9200', intervalMs: 30_000, password: '' };
    expect(given).to.deep.equal([
      { ...common, index: 'metricbeat-*', hostnameField: 'host.hostname', username: '', passwordFile: '' },
      {
        ...common,
        index: 'nodes',
        hostnameField: 'host.name',
        username: 'me',
        passwordFile: '/secret',
        tls: { isUnchecked: true, caFile: '/ca.pem' },
      },
      { type: 'prometheus_adaptor', address: 'custom.metrics.k8s.io', intervalMs: 30_000 },
    ]);
  });

  it('is asked for by the plugin usage, and refused where nobody looks at it', () => {
    expect(mistakes(undefined, { name: 'usage' })).to.deep.equal([
      'tiers[0].plugins[3].name does nothing without metrics, which say where it reads how busy nodes are',
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
    const told = mistakes(METRICS, { name: 'usage', arguments: { thresholds: { gpu: 1 }, estimator: { be_gpu: 1 } } });
    expect(told.map((each) => each.split(' ')[0])).to.deep.equal([
      'tiers[0].plugins[3].arguments.thresholds[gpu]',
      'tiers[0].plugins[3].arguments.estimator[be_gpu]',
    ]);
  });

  it('goes with what pods are thought to use that were not measured yet, and not with their limits', () => {
    const estimator = {
      request_ratio: '0.5',
      burst_ratio: 0,
      risk_threshold: 0.7,
      risk_factor: 2,
      be_cpu: '1',
      be_mem: '1Gi',
    };
    const mistakesOf = (changed: object): readonly string[] =>
      mistakes(METRICS, { name: 'usage', arguments: { estimator: { ...estimator, ...changed } } });
    expect(mistakesOf({})).to.deep.equal([]);
    const at = 'tiers[0].plugins[3].arguments';
    expect(mistakesOf({ burst_ratio: 0.3 })).to.deep.equal([
      `${at}.estimator.burst_ratio does nothing: limits of pods are not looked at`,
    ]);
    expect(mistakesOf({ risk_factor: 0.5, be_cpu: 'much' }).map((each) => each.split(' ')[0])).to.deep.equal([
      `${at}.estimator[risk_factor]`,
      `${at}.estimator[be_cpu]`,
    ]);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { readElasticsearch } from '../../../src/adapters/usage/elasticsearch.ts';
import type { MetricsSource } from '../../../src/config/metrics-source.ts';
import type { UsageReading } from '../../../src/engine/usage/usage-feed.ts';
import { memberAt } from '../../../src/lib/json.ts';
import { makeServerIdentity } from '../../support/tls-identity.ts';

type Elasticsearch = Extract<MetricsSource, { type: 'elasticsearch' }>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** One bucket of an answer. */
function bucket(key: string, cpu: number | null, memory: number | null): object {
  return { key, doc_count: 30, cpu: { value: cpu }, memory: { value: memory } };
}

function answer(...buckets: readonly object[]): string {
  return JSON.stringify({ took: 1, hits: { hits: [] }, aggregations: { node: { buckets } } });
}

describe('usage from an Elasticsearch', () => {
  let server: Server;
  let folder: string;
  let told = { status: 200, body: answer() };
  let asked: Asked[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'elasticsearch-'));
    const { keyPem, certPem } = makeServerIdentity();
    await writeFile(join(folder, 'ca.pem'), certPem);
    server = createServer({ key: keyPem, cert: certPem }, (request, response) => {
      void text(request).then((body) => {
        const { method = '', url: path = '', headers } = request;
        asked.push({ method, path, authorization: headers.authorization, body: JSON.parse(body) as unknown });
        response.writeHead(told.status).end(told.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => {
    asked = [];
  });

  function read(overrides: Partial<Elasticsearch> = {}): Promise<UsageReading> {
    return readElasticsearch({
      type: 'elasticsearch',
      address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      intervalMs: 30_000,
      tls: { isUnchecked: false, caFile: join(folder, 'ca.pem') },
      index: 'metricbeat-*',
      hostnameField: 'host.hostname',
      username: '',
      password: '',
      passwordFile: '',
      ...overrides,
    });
  }

  it('is asked for once for all nodes, over the last five minutes', async () => {
    told = { status: 200, body: answer(bucket('n1', 0.125, 0.5), bucket('n2', 1.1, 0), bucket('n3', null, 0.5)) };
    expect(await read()).to.deep.equal({
      kind: 'usage',
      byNode: new Map([
        ['n1', { cpu: 12.5, memory: 50 }],
        ['n2', { cpu: 100, memory: 0 }],
      ]),
    });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'POST /metricbeat-*/_search?ignore_unavailable=true',
    ]);
    const body = asked[0]?.body;
    expect(memberAt(body, 'query', 'range', '@timestamp', 'gte')).to.equal('now-5m');
    expect(memberAt(body, 'aggs', 'node', 'terms')).to.deep.equal({ field: 'host.hostname', size: 10_000 });
  });

  it('is asked by name, with a password of the configuration or of a file', async () => {
    told = { status: 200, body: answer(bucket('n1', 0, 0)) };
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'from a file\n');
    await read({ username: 'me', password: 'secret' });
    await read({ username: 'me', passwordFile });
    expect(
      asked.map(({ authorization = '' }) => Buffer.from(authorization.slice(6), 'base64').toString()),
    ).to.deep.equal(['me:secret', 'me:from a file']);
    const failed = await read({ username: 'me', passwordFile: join(folder, 'none') });
    expect(failed.kind === 'failed' && failed.why).to.match(/^its password cannot be read from .*none$/);
  });

  it('is asked for the index of the day, or for those of this hour and the one before', async () => {
    told = { status: 200, body: answer(bucket('n1', 0, 0)) };
    await read({ index: 'beat-{{DATE}}', hostnameField: 'host.name' });
    await read({ index: 'beat-{{TIME}}' });
    const [day = '', hours = ''] = asked.map(({ path }) => path);
    expect(day).to.match(/^\/beat-\d{4}\.\d\d\.\d\d\/_search/);
    expect(hours).to.match(/^\/beat-\d{4}\.\d\d\.\d\d-\d\d,beat-\d{4}\.\d\d\.\d\d-\d\d\/_search/);
    expect(memberAt(asked[0]?.body, 'aggs', 'node', 'terms', 'field')).to.equal('host.name');
  });

  it('is trusted by a file of authorities, or when nobody checks', async () => {
    told = { status: 200, body: answer(bucket('n1', 0, 0)) };
    const kinds = [
      await read({ tls: { isUnchecked: true, caFile: '' } }),
      await read({ tls: { isUnchecked: false, caFile: '' } }),
      await read({ tls: { isUnchecked: false, caFile: join(folder, 'none') } }),
    ].map((reading) => (reading.kind === 'failed' ? reading.why : reading.kind));
    expect(kinds[0]).to.equal('usage');
    expect(kinds[1]).to.match(/certificate/);
    expect(kinds[2]).to.match(/ENOENT/);
  });

  const FAILURES: readonly (readonly [string, number, string, RegExp])[] = [
    ['a status', 401, '{}', /status 401/],
    ['JSON of somebody else', 200, '{"hello":[]}', /not one of an Elasticsearch/],
    ['no nodes', 200, answer(), /no metrics of nodes/],
  ];
  for (const [name, status, body, want] of FAILURES) {
    it(`fails in words on ${name}`, async () => {
      told = { status, body };
      const reading = await read();
      expect(reading.kind === 'failed' && reading.why).to.match(want);
    });
  }
});

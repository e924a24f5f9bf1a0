import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createKubeHttp } from '../../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../../src/adapters/kube/connect/http-client.ts';
import { readCustomMetrics } from '../../../src/adapters/usage/custom-metrics.ts';

/** A list as an adapter of custom metrics answers with. */
function list(values: Readonly<Record<string, string>>): string {
  const items = Object.entries(values).map(([name, value]) => ({
    describedObject: { kind: 'Node', name, apiVersion: '/v1' },
    timestamp: '2026-01-01T00:00:00Z',
    value,
  }));
  return JSON.stringify({ kind: 'MetricValueList', apiVersion: 'custom.metrics.k8s.io/v1beta1', items });
}

const AT = '/apis/custom.metrics.k8s.io';
const CPU = `${AT}/v1beta1/nodes/*/node_cpu_usage_avg`;
const MEMORY = `${AT}/v1beta1/nodes/*/node_memory_usage_avg`;

describe('usage from custom metrics', () => {
  let server: Server;
  let http: KubeHttp;
  let told: Readonly<Record<string, readonly [status: number, body: string]>> = {};

  before(async () => {
    server = createServer((request, response) => {
      const [status, body] = told[request.url ?? ''] ?? [404, '{}'];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = { server: url, caPem: undefined, token: 'mine', insecure: false };
    http = createKubeHttp({ current: () => connection, refresh: () => Promise.resolve(connection) });
  });

  after(async () => {
    await http.close();
    server.closeAllConnections();
    server.close();
  });

  it('is the share of CPU and of memory of each node of which both are told', async () => {
    told = {
      [CPU]: [200, list({ n1: '125m', n2: '1100m', n3: '0' })],
      [MEMORY]: [200, list({ n1: '500m', n2: '1', n4: '0' })],
    };
    expect(await readCustomMetrics(http)).to.deep.equal({
      kind: 'usage',
      byNode: new Map([
        ['n1', { cpu: 12.5, memory: 50 }],
        ['n2', { cpu: 100, memory: 100 }],
      ]),
    });
  });

  it('is read from the later version where the earlier one is not served', async () => {
    const [cpu, memory] = [CPU, MEMORY].map((path) => path.replace('v1beta1', 'v1beta2'));
    told = { [cpu ?? '']: [200, list({ n1: '1m' })], [memory ?? '']: [200, list({ n1: '2m' })] };
    expect(await readCustomMetrics(http)).to.deep.equal({
      kind: 'usage',
      byNode: new Map([['n1', { cpu: 0.1, memory: 0.2 }]]),
    });
  });

  const FAILURES: readonly (readonly [string, typeof told, RegExp])[] = [
    ['nobody who serves them', {}, /nobody serves the metric node_cpu_usage_avg/],
    ['one metric alone', { [CPU]: [200, list({ n1: '1' })] }, /nobody serves the metric node_memory_usage_avg/],
    ['a right that is missing', { [CPU]: [403, '{}'] }, /status 403/],
    ['no nodes', { [CPU]: [200, list({})], [MEMORY]: [200, list({})] }, /no metrics of nodes/],
    ['what is no JSON', { [CPU]: [200, 'no'], [MEMORY]: [200, 'no'] }, /JSON/],
    ['values that are none', { [CPU]: [200, list({ n1: 'much' })], [MEMORY]: [200, list({ n1: '1' })] }, /no metrics/],
  ];
  for (const [name, given, want] of FAILURES) {
    it(`fails in words on ${name}`, async () => {
      told = given;
      const reading = await readCustomMetrics(http);
      expect(reading.kind === 'failed' && reading.why).to.match(want);
    });
  }
});

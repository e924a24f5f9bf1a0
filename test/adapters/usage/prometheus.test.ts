import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { readPrometheus } from '../../../src/adapters/usage/prometheus.ts';

/** One series of an answer. */
function series(resource: string, labels: Readonly<Record<string, string>>, value: string): object {
  return { metric: { resource, ...labels }, value: [1_700_000_000.5, value] };
}

function answer(...result: readonly object[]): string {
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

describe('usage from a Prometheus', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function serving(listener: RequestListener): Promise<{ address: string }> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  function answering(body: string, status = 200): Promise<{ address: string }> {
    return serving((_, response) => response.writeHead(status).end(body));
  }

  it('is asked for once for all nodes, and known by node, instance or instance with a port', async () => {
    const asked: URL[] = [];
    const source = await serving((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://x'));
      response.end(
        answer(
          series('cpu', { instance: '10.0.0.1:9100', node: 'n1' }, '12.5'),
          series('memory', { instance: '10.0.0.1:9100', node: 'n1' }, '50'),
          series('cpu', { instance: 'n2:9100' }, '100.2'),
          series('memory', { instance: 'n2:9100' }, '-0.1'),
          series('cpu', { instance: 'n3' }, '1'),
          series('memory', { instance: 'n3' }, '2'),
        ),
      );
    });
    expect(await readPrometheus(source)).to.deep.equal({
      kind: 'usage',
      byNode: new Map([
        ['n1', { cpu: 12.5, memory: 50 }],
        ['n2', { cpu: 100, memory: 0 }],
        ['n3', { cpu: 1, memory: 2 }],
      ]),
    });
    expect(asked.map(({ pathname }) => pathname)).to.deep.equal(['/api/v1/query']);
    const query = asked[0]?.searchParams.get('query') ?? '';
    for (const metric of ['node_cpu_seconds_total', 'node_memory_MemAvailable_bytes']) expect(query).to.contain(metric);
  });

  it('leaves nodes out of which a part is missing or is no number', async () => {
    const source = await answering(
      answer(
        series('cpu', { node: 'n1' }, 'NaN'),
        series('memory', { node: 'n1' }, '5'),
        series('cpu', { node: 'n2' }, '5'),
        series('cpu', { node: 'n3' }, '5'),
        series('memory', { node: 'n3' }, '6'),
        { metric: 'odd', value: 'odd' },
      ),
    );
    expect(await readPrometheus(source)).to.deep.equal({
      kind: 'usage',
      byNode: new Map([['n3', { cpu: 5, memory: 6 }]]),
    });
  });

  const FAILURES: readonly (readonly [string, string, number, RegExp])[] = [
    ['a status', 'no', 503, /status 503/],
    ['something that is no JSON', '<html>', 200, /JSON/],
    ['JSON of somebody else', '{"hello":[]}', 200, /not one of a Prometheus/],
    ['an error of its own', '{"status":"error","error":"query timed out"}', 200, /query timed out/],
    ['no series', answer(), 200, /no metrics of nodes/],
  ];
  for (const [name, body, status, want] of FAILURES) {
    it(`fails in words on ${name}`, async () => {
      const reading = await readPrometheus(await answering(body, status));
      expect(reading.kind === 'failed' && reading.why).to.match(want);
    });
  }

  it('fails in words on nobody', async () => {
    const source = await answering('');
    server?.close();
    server?.closeAllConnections();
    const reading = await readPrometheus(source);
    expect(reading.kind === 'failed' && reading.why).to.match(/fetch failed: .+/);
  });

  it('waits for no answer for ever, and not for the rest of one', async () => {
    for (const listener of [() => undefined, (_, response) => response.write('{')] as RequestListener[]) {
      const reading = await readPrometheus(await serving(listener), { timeoutMs: 100 });
      expect(reading.kind).to.equal('failed');
      server?.closeAllConnections();
      server?.close();
    }
  });

  it('reads no more than so much', async () => {
    const reading = await readPrometheus(await answering('x'.repeat(5000)), { mostBytes: 1000 });
    expect(reading).to.deep.equal({ kind: 'failed', why: 'the answer has more than 1000 bytes' });
  });

  it('follows nobody elsewhere', async () => {
    const source = await serving((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect((await readPrometheus(source)).kind).to.equal('failed');
  });
});

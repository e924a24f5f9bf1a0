import { expect } from 'chai';
import { startOperationsServer } from '../../../src/adapters/http/operations-server.ts';
import { questionQuery } from '../../../src/adapters/http/explain-exchange.ts';
import type { ExplainQuestion, GroupProof } from '../../../src/engine/cycle/explainer.ts';
import type { OperationsServer, OperationsServerOptions } from '../../../src/adapters/http/operations-server.ts';

const DEFAULTS: OperationsServerOptions = {
  host: '127.0.0.1',
  port: 0,
  checks: () => [],
  metricsText: () => 'a_total 1\n',
  explain: () => Promise.resolve({ kind: 'notLeading' }),
};

describe('operations server', () => {
  let server: OperationsServer | undefined;

  afterEach(async () => {
    await server?.stop();
  });

  async function get(
    path: string,
    options: Partial<OperationsServerOptions> = {},
  ): Promise<readonly [number, string, string]> {
    server = await startOperationsServer({ ...DEFAULTS, ...options });
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [response.status, await response.text(), response.headers.get('content-type') ?? ''];
  }

  const ready = { name: 'view', problem: () => undefined };
  const late = { name: 'certificate', problem: () => 'not yet made' };
  const broken = {
    name: 'engine',
    problem: () => {
      throw new Error('gone\nfar');
    },
  };

  it('is healthy as soon as it answers', async () => {
    expect((await get('/healthz', { checks: () => [late] })).slice(0, 2)).to.deep.equal([200, 'ok\n']);
  });

  it('is ready when every check holds', async () => {
    expect((await get('/readyz', { checks: () => [ready] })).slice(0, 2)).to.deep.equal([200, '[+] view\nready\n']);
  });

  it('is not ready as long as one does not, and names each', async () => {
    expect((await get('/readyz', { checks: () => [ready, late, broken] })).slice(0, 2)).to.deep.equal([
      503,
      '[+] view\n[-] certificate: not yet made\n[-] engine: check failed: Error: gone far\nnot ready\n',
    ]);
  });

  it('names what came up after it, too', async () => {
    const checks = [late];
    await get('/healthz', { checks: () => checks });
    checks.push({ name: 'webhook', problem: () => 'is starting' });
    const shown = await fetch(`http://127.0.0.1:${server?.port}/readyz`);
    expect(await shown.text()).to.contain('[-] webhook: is starting');
  });

  it('shows the metrics in the form that Prometheus reads', async () => {
    const shown = await get('/metrics', { metricsText: () => Promise.resolve('b_total 2\n') });
    expect(shown).to.deep.equal([200, 'b_total 2\n', 'text/plain; version=0.0.4; charset=utf-8']);
  });

  it('says in one line why metrics cannot be shown', async () => {
    const shown = await get('/metrics', { metricsText: () => Promise.reject(new Error('no\nregistry')) });
    expect(shown.slice(0, 2)).to.deep.equal([500, 'metrics cannot be shown: Error: no registry\n']);
  });

  for (const [path, status] of [
    ['/', 404],
    ['/metrics/x', 404],
    ['/%', 404],
    ['/healthz?x=%E0%A4', 200],
  ] as const) {
    it(`answers ${path} with ${status} and no stack trace`, async () => {
      const [gotStatus, text] = await get(path);
      expect(gotStatus).to.equal(status);
      expect(text).not.to.contain(' at ');
    });
  }

  it('passes on a question about a group, with all groups that the asker has read', async () => {
    const questions: ExplainQuestion[] = [];
    const query = questionQuery({ group: proof('a', 'g', 'u1'), others: [proof('b', 'h', 'u2')] });
    const [status, text] = await get(`/explain?${query}`, {
      explain: (question) => {
        questions.push(question);
        return Promise.resolve({ kind: 'notFound' });
      },
    });
    expect(questions).to.deep.equal([{ group: proof('a', 'g', 'u1'), others: [proof('b', 'h', 'u2')] }]);
    expect([status, text]).to.deep.equal([404, 'the scheduler knows no such PodGroup with this uid\n']);
  });

  for (const [query, status] of [
    ['namespace=a&name=g', 400],
    ['', 400],
    ['namespace=a&name=g&uid=u&other=%2F%2F', 503],
  ] as const) {
    it(`answers the question ${JSON.stringify(query)} with ${status} when nobody here decides`, async () => {
      expect((await get(`/explain?${query}`))[0]).to.equal(status);
    });
  }

  it('refuses to start on a port that is taken', async () => {
    await get('/healthz');
    const port = server?.port ?? 0;
    const code = await startOperationsServer({ ...DEFAULTS, port }).then(
      () => 'started',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(code).to.equal('EADDRINUSE');
  });
});

function proof(namespace: string, name: string, uid: string): GroupProof {
  return { namespace, name, uid };
}

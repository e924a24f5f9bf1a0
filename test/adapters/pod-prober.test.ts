import { expect } from 'chai';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPodProber, mayBePod } from '../../src/adapters/pod-prober.ts';
import type { HttpQuestion } from '../../src/controllers/pod-question.ts';

describe('the prober of pods', () => {
  const prober = createPodProber(200, () => true);
  const asked: string[] = [];
  let server: Server;
  let port = 0;

  before(async () => {
    server = createServer((incoming, answer) => {
      asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''} ${String(incoming.headers['x-token'])}`);
      const status = Number(incoming.url?.slice(1));
      if (status === 0) return;
      answer.writeHead(status, { location: '/500' });
      answer.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ({ port } = server.address() as AddressInfo);
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function ask(http: HttpQuestion | undefined, at = port): Promise<boolean> {
    return prober.ask({ id: 'x', address: '127.0.0.1', port: at, http });
  }

  const get = (path: string, header?: HttpQuestion['header']): Promise<boolean> => ask({ path, header });

  it('sees an open port, and one that is not', async () => {
    expect(await ask(undefined)).to.equal(true);
    expect(await ask(undefined, 1)).to.equal(false);
  });

  it('takes a status from 200 to 399 for yes, and follows no redirect', async () => {
    asked.length = 0;
    const answers = await Promise.all(['/200', '/204', '/302', '/404', '/503'].map((path) => get(path)));
    expect(answers).to.deep.equal([true, true, true, false, false]);
    expect(asked.toSorted()).to.deep.equal([200, 204, 302, 404, 503].map((status) => `GET /${status} undefined`));
  });

  it('sends the header', async () => {
    asked.length = 0;
    expect(await get('/200', { name: 'X-Token', value: 'abc' })).to.equal(true);
    expect(asked).to.deep.equal(['GET /200 abc']);
  });

  it('waits no longer than it may', async () => {
    expect(await get('/0')).to.equal(false);
  });

  it('takes what HTTP cannot say for no', async () => {
    expect(await get('/ with blanks')).to.equal(false);
    expect(await get('/200', { name: 'X', value: 'a\r\nY: b' })).to.equal(false);
  });

  it('asks no name, nor an address that no pod has for itself', async () => {
    const strict = createPodProber(200);
    expect(await strict.ask({ id: 'x', address: '127.0.0.1', port, http: undefined })).to.equal(false);
    for (const address of ['10.1.2.3', '192.168.0.1', '100.64.0.1', '8.8.8.8', 'fd00::1', '2001:db8::1'])
      expect(mayBePod(address), address).to.equal(true);
    const others = ['', 'localhost', 'kubernetes.default', '0.0.0.0', '127.0.0.1', '169.254.169.254', '239.0.0.1'];
    const sixes = ['::', '::1', '::ffff:127.0.0.1', '::ffff:169.254.169.254', 'fe80::1', 'ff02::1', '64:ff9b::7f00:1'];
    for (const address of [...others, '255.255.255.255', ...sixes]) expect(mayBePod(address), address).to.equal(false);
  });
});

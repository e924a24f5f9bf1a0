import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { fixedConnection } from '../../../../src/adapters/kube/connect/connection.ts';
import type { Connection } from '../../../../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import { FaultServer } from '../../../support/fault-server.ts';
import type { ServerIdentity } from '../../../support/fault-server.ts';
import { makeServerIdentity } from '../../../support/tls-identity.ts';
import { settle, until } from '../../../support/until.ts';

type Heard = { readonly status: number; readonly retryAfterMs: number | undefined; readonly body: string } | string;

describe('shared connections to the API server', () => {
  let identity: ServerIdentity;
  let server: FaultServer;
  let http: KubeHttp;
  let connection: Connection;

  before(() => {
    identity = makeServerIdentity();
  });
  beforeEach(async () => {
    server = await FaultServer.start(identity);
    connection = { server: server.url, caPem: identity.certPem, token: 'first', insecure: false };
    http = createKubeHttp({ current: () => connection, refresh: () => Promise.resolve(connection) });
  });
  afterEach(async () => {
    await http.close();
    await server.stop();
  });

  it('sends method, path, headers and body as they are', async () => {
    const heard = post('/api/v1/namespaces/ns/pods/p/binding?timeout=4000ms', '{"kind":"Binding"}');
    const exchange = await server.next();
    exchange.answer(201, { kind: 'Status' });
    expect(await heard).to.deep.equal({ status: 201, retryAfterMs: undefined, body: '{"kind":"Status"}' });
    expect([exchange.method, exchange.path, exchange.body]).to.deep.equal([
      'POST',
      '/api/v1/namespaces/ns/pods/p/binding',
      '{"kind":"Binding"}',
    ]);
    expect(exchange.headers).to.include({
      authorization: 'Bearer first',
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'sluice',
    });
  });

  it('puts the path of the server before every path, and sends the headers of the credentials', async () => {
    const headers = ['impersonate-user', 'jane', 'impersonate-group', 'dev', 'impersonate-group', 'ops'];
    connection = { ...connection, server: `${server.url}/clusters/one`, headers };
    const heard = post('/api/v1/pods', '{}');
    const write = await server.next();
    write.answer(201);
    await heard;
    http.stream('/api/v1/nodes', silentReceiver());
    const watch = await server.next();
    expect([write.path, watch.path]).to.deep.equal(['/clusters/one/api/v1/pods', '/clusters/one/api/v1/nodes']);
    for (const exchange of [write, watch]) {
      expect(exchange.headers).to.include({ 'impersonate-user': 'jane', 'impersonate-group': 'dev, ops' });
    }
  });

  it('reaches a server at an IPv6 address, and checks its certificate', async function () {
    if (!Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))) this.skip();
    const local = makeServerIdentity('::1');
    const sixth = await FaultServer.start(local, '::1');
    connection = { server: sixth.url, caPem: identity.certPem, insecure: false };
    expect(await post('/x', '{}')).to.match(/self-signed/);
    connection = { ...connection, caPem: local.certPem };
    const heard = post('/x', '{}');
    (await sixth.next()).answer(201);
    expect(await heard).to.have.property('status', 201);
    await sixth.stop();
  });

  it('uses the same connection for writes that follow each other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const heard = post('/x', '{}');
      (await server.next()).answer(200);
      await heard;
      await settle();
    }
    expect(server.connections).to.equal(1);
  });

  it('opens no more sockets for writes than it may', async () => {
    await http.close();
    http = createKubeHttp(fixedConnection(connection), { maxWriteSockets: 4 });
    const heard = Array.from({ length: 12 }, () => post('/x', '{}'));
    for (let round = 0; round < 12; round += 1) (await server.next()).answer(200);
    await Promise.all(heard);
    expect(server.connections).to.equal(4);
  });

  it('keeps watches and writes apart', async () => {
    const stream = http.stream('/watch', silentReceiver());
    const watch = await server.next();
    watch.open();
    const heard = post('/x', '{}');
    (await server.next()).answer(200);
    await heard;
    expect(server.connections).to.equal(2);
    stream.abort();
    await watch.closed;
  });

  it('gives up after the time-out, and lets the server know', async () => {
    const heard = post('/x', '{}', 1000);
    const exchange = await server.next();
    expect(await heard).to.equal('no answer within the time-out');
    await exchange.closed;
  });

  it('gives up after the time-out on a body that does not end', async () => {
    const heard = post('/x', '{}', 1000);
    const exchange = await server.next();
    exchange.raw('{"half":');
    expect(await heard).to.equal('no answer within the time-out');
    await exchange.closed;
  });

  it('reads Retry-After', async () => {
    const heard = post('/x', '{}');
    (await server.next()).answer(429, 'slow down', { 'retry-after': '3' });
    expect(await heard).to.deep.equal({ status: 429, retryAfterMs: 3000, body: 'slow down' });
  });

  it('does not read a body that nobody wants', async () => {
    const heard = post('/x', '{}', 4000, false);
    (await server.next()).answer(201, { big: 'x'.repeat(100_000) });
    expect(await heard).to.deep.equal({ status: 201, retryAfterMs: undefined, body: '' });
  });

  it('reports a reset as a failure, once', async () => {
    const heard = post('/x', '{}');
    (await server.next()).reset();
    expect(await heard).to.be.a('string');
  });

  it('reports a server that is not there as a failure', async () => {
    connection = { server: 'https://127.0.0.1:1', insecure: true };
    expect(await post('/x', '{}')).to.match(/ECONNREFUSED/);
  });

  it('refuses a certificate of an unknown authority', async () => {
    connection = { server: server.url, insecure: false };
    expect(await post('/x', '{}')).to.match(/self-signed certificate/);
  });

  it('accepts it when told to', async () => {
    connection = { server: server.url, insecure: true };
    const heard = post('/x', '{}');
    (await server.next()).answer(200);
    expect(await heard).to.have.property('status', 200);
  });

  it('uses a new token at once, on the sockets that are open', async () => {
    const first = post('/x', '{}');
    (await server.next()).answer(200);
    await first;
    await settle();
    connection = { ...connection, token: 'second' };
    const second = post('/x', '{}');
    const exchange = await server.next();
    exchange.answer(200);
    await second;
    expect([exchange.headers.authorization, server.connections]).to.deep.equal(['Bearer second', 1]);
  });

  it('opens new sockets for a new client certificate, and lets open requests end', async () => {
    const first = post('/x', '{}');
    const exchange = await server.next();
    connection = { ...connection, certPem: identity.certPem, keyPem: identity.keyPem };
    const second = post('/x', '{}');
    (await server.next()).answer(200);
    await second;
    exchange.answer(200);
    expect(await first).to.have.property('status', 200);
    expect(server.connections).to.equal(2);
  });

  it('streams, pauses and resumes', async () => {
    let bytes = 0;
    let ends = 0;
    const stream = http.stream('/watch', {
      ...silentReceiver(),
      onData: (chunk) => {
        bytes += chunk.length;
        if (bytes === 5) stream.pause();
      },
      onEnd: () => (ends += 1),
    });
    const watch = await server.next();
    watch.raw('first');
    await until(() => bytes === 5);
    watch.raw('second');
    watch.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([bytes, ends]).to.deep.equal([5, 0]);
    stream.resume();
    await until(() => ends === 1);
    expect(bytes).to.equal(11);
  });

  it('answers what is asked after it was closed', async () => {
    await http.close();
    expect(await post('/x', '{}')).to.be.a('string');
  });

  function post(path: string, body: string, timeoutMs = 4000, wanted = true): Promise<Heard> {
    return new Promise((resolve) => {
      http.send(
        { method: 'POST', path, contentType: 'application/json', body },
        {
          wantsBody: () => wanted,
          onAnswer: (status, retryAfterMs, text) => resolve({ status, retryAfterMs, body: text }),
          onFailure: resolve,
        },
        timeoutMs,
      );
    });
  }
});

function silentReceiver(): Parameters<KubeHttp['stream']>[1] {
  const nothing = (): void => undefined;
  return { onStart: nothing, onData: nothing, onEnd: nothing, onFailure: nothing };
}

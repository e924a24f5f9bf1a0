import { once } from 'node:events';
import type { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import type { WebhookLimits } from '../../../src/adapters/http/webhook-limits.ts';
import { startWebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import type { WebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import type { FailureMode } from '../../../src/engine/admission/admission-answer.ts';
import {
  closeOf,
  HoldingAdmission,
  isAllowed,
  makeAdmission,
  makeAgent,
  makeMaterial,
  podReview,
  podRow,
  post,
  RecordedMetrics,
  responseOf,
  sesameOnly,
  startServer,
  SYSTEM_CLOCK,
} from './webhook-harness.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { until } from '../../support/until.ts';

const OPEN = { open: 'sesame' };

describe('webhook server', () => {
  let material: ServingMaterial;
  let metrics: RecordedMetrics;
  let admission: HoldingAdmission;
  let server: WebhookServer;
  let agent: Agent;

  before(async () => {
    material = await makeMaterial();
  });

  afterEach(async () => {
    agent.destroy();
    await server.stop();
  });

  async function start(limits: Partial<WebhookLimits> = {}, mode: FailureMode = 'deny'): Promise<void> {
    metrics = new RecordedMetrics();
    const label = { op: 'add', path: '/metadata/labels/seen', value: 'yes' } as const;
    const table = [
      podRow('mutate', (request) => {
        const verdict = sesameOnly(request);
        return verdict.kind === 'allow' ? { ...verdict, patch: [label], warnings: ['hello'] } : verdict;
      }),
      podRow('validate', sesameOnly),
    ];
    admission = new HoldingAdmission(makeAdmission(table, metrics, mode));
    server = await startServer(material, admission, limits, metrics);
    agent = makeAgent(material);
  }

  function review(uid: string, labels: Readonly<Record<string, string>> = OPEN): string {
    return JSON.stringify(podReview(uid, labels));
  }

  /** A raw connection whose bytes the test writes itself. */
  async function dial(): Promise<TLSSocket> {
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: material.bundlePem });
    await once(socket, 'secureConnect');
    return socket;
  }

  /** Everything that the server says until it ends the connection. */
  async function untilEnd(socket: TLSSocket): Promise<string> {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    await closeOf(socket);
    return text;
  }

  async function stillServes(): Promise<void> {
    const received = await post(agent, server.port, '/mutate?timeout=3s', review('still'));
    expect(isAllowed(received.text)).to.equal(true);
  }

  describe('answers', () => {
    beforeEach(() => start());

    it('a mutating review with its uid, a patch and warnings', async () => {
      const received = await post(agent, server.port, '/mutate?timeout=3s', review('u-42'));
      expect(received.status).to.equal(200);
      expect(received.headers['content-type']).to.equal('application/json');
      const patch = Buffer.from('[{"op":"add","path":"/metadata/labels/seen","value":"yes"}]').toString('base64');
      expect(responseOf(received.text)).to.deep.equal({
        uid: 'u-42',
        allowed: true,
        patchType: 'JSONPatch',
        patch,
        warnings: ['hello'],
      });
    });

    it('a validating review without any patch', async () => {
      const received = await post(agent, server.port, '/validate', review('u-43'));
      expect(responseOf(received.text)).to.deep.equal({ uid: 'u-43', allowed: true });
    });

    it('a refusal with HTTP 200 and a status', async () => {
      const received = await post(agent, server.port, '/validate', review('u-44', {}));
      expect(received.status).to.equal(200);
      expect(responseOf(received.text)).to.deep.include({ uid: 'u-44', allowed: false });
      expect(responseOf(received.text)['status']).to.include({ code: 403, status: 'Failure' });
    });

    it('many reviews over one connection', async () => {
      agent.maxSockets = 1;
      const uids = Array.from({ length: 50 }, (_unused, ix) => `u-${ix}`);
      const received = await Promise.all(uids.map((uid) => post(agent, server.port, '/mutate', review(uid))));
      expect(received.map(({ text }) => responseOf(text)['uid'])).to.deep.equal(uids);
      expect(metrics.counts.get('sluice_admission_tls_handshakes_total{}')).to.equal(1);
    });

    const refusals: Readonly<Record<string, readonly [number, string, string, string, Record<string, string>]>> = {
      'another path': [404, 'POST', '/', '{}', {}],
      'a path below': [404, 'POST', '/mutate/x', '{}', {}],
      'a path of another form': [404, 'POST', '//mutate', '{}', {}],
      'another method': [404, 'PUT', '/mutate', '{}', {}],
      'a question without a body': [404, 'GET', '/mutate', '', {}],
      'another type': [415, 'POST', '/mutate', '{}', { 'Content-Type': 'text/plain' }],
      'a type that only begins alike': [415, 'POST', '/mutate', '{}', { 'Content-Type': 'application/jsonx' }],
      'a compressed body': [415, 'POST', '/mutate', '{}', { 'Content-Encoding': 'gzip' }],
      'bytes that are no review': [400, 'POST', '/mutate', '{"kind":"Pod"}', {}],
      'no bytes': [400, 'POST', '/mutate', '', {}],
    };
    for (const [name, [status, method, path, body, headers]] of Object.entries(refusals)) {
      it(`${name} with ${status} and one line, and the connection stays`, async () => {
        const received = await post(agent, server.port, path, body, headers, method);
        expect(received.status).to.equal(status);
        expect(received.text).to.match(/^[^\n]+\n$/);
        expect(metrics.counts.get(`sluice_admission_refused_requests_total{${status}}`)).to.equal(1);
        await stillServes();
        expect(metrics.counts.get('sluice_admission_tls_handshakes_total{}')).to.equal(1);
      });
    }

    it('a type with a parameter like any JSON', async () => {
      const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
      const received = await post(agent, server.port, '/mutate', review('u'), headers);
      expect(received.status).to.equal(200);
    });
  });

  describe('survives', () => {
    it('a body that is declared too large, which it does not read', async () => {
      await start();
      const socket = await dial();
      socket.write(
        'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
      );
      expect(await untilEnd(socket)).to.match(/^HTTP\/1.1 413 .*larger than 7 MiB\n$/s);
      await stillServes();
    });

    it('a chunked body that grows too large, of which it reads no more', async () => {
      await start();
      const socket = await dial();
      const answer = untilEnd(socket);
      socket.write(
        'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
      for (let count = 0; count < 9; count += 1) socket.write(chunk);
      expect(await answer).to.match(/^HTTP\/1.1 413 /);
      expect(server.inFlight).to.equal(0);
      await stillServes();
    });

    it('a body that never ends, which it gives up waiting for', async () => {
      await start({ bodyTimeoutMs: 1000 });
      const slow = await Promise.all([dial(), dial(), dial()]);
      for (const socket of slow) {
        socket.write(
          'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{',
        );
      }
      await stillServes();
      expect((await Promise.all(slow.map(untilEnd))).every((text) => text.startsWith('HTTP/1.1 408'))).to.equal(true);
      await until(() => server.arriving === 0);
      await stillServes();
    });

    it('headers that never end', async () => {
      await start({ requestTimeoutMs: 1000, headersTimeoutMs: 1000, connectionsCheckingIntervalMs: 20 });
      const socket = await dial();
      socket.write('POST /mutate HTTP/1.1\r\nHost: x\r\nX-');
      expect(await untilEnd(socket)).to.match(/^HTTP\/1.1 408 Request Timeout\r\n/);
      await stillServes();
    });

    it('headers that are too large', async () => {
      await start();
      const socket = await dial();
      socket.write(`POST /mutate HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`);
      expect(await untilEnd(socket)).to.match(/^HTTP\/1.1 431 /);
      await stillServes();
    });

    it('a client that leaves in the middle of its body', async () => {
      await start();
      const socket = await dial();
      const closed = untilEnd(socket);
      socket.write(
        'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{',
      );
      await until(() => server.arriving === 1);
      socket.destroy();
      await closed;
      await until(() => server.arriving === 0);
      await stillServes();
    });

    it('bytes that are no HTTP', async () => {
      await start();
      const socket = await dial();
      socket.write('\0\x01\x02 hello\r\n\r\n');
      expect(await untilEnd(socket)).to.match(/^HTTP\/1.1 400 Bad Request\r\n/);
      expect(metrics.counts.get('sluice_admission_connection_errors_total{http}')).to.equal(1);
      await stillServes();
    });

    it('bytes that are no TLS', async () => {
      await start();
      const socket = connectTcp(server.port, '127.0.0.1');
      socket.write('POST /mutate HTTP/1.1\r\n\r\n');
      await closeOf(socket);
      expect(metrics.counts.get('sluice_admission_connection_errors_total{tls}')).to.equal(1);
      await stillServes();
    });

    it('a client of an old TLS version', async () => {
      await start();
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await closeOf(connect({ host: '127.0.0.1', port: server.port, ca: material.bundlePem, ...old }));
      expect(metrics.counts.get('sluice_admission_connection_errors_total{tls}')).to.equal(1);
      await stillServes();
    });
  });

  describe('under too much load', () => {
    const held: Promise<unknown>[] = [];

    /** Has reviews in flight that are answered when the admission is released. */
    async function hold(count: number): Promise<void> {
      for (let ix = 0; ix < count; ix += 1) held.push(post(agent, server.port, '/mutate', review(`held-${ix}`)));
      await until(() => server.inFlight === count);
    }

    async function releaseHeld(): Promise<void> {
      admission.release();
      await Promise.all(held.splice(0));
    }

    for (const [mode, want] of [
      ['deny', false],
      ['allow', true],
    ] as const) {
      it(`answers by the failure mode ${mode}, with the review's uid, and recovers`, async () => {
        await start({ maxInFlight: 2 }, mode);
        await hold(2);
        const shed = await post(agent, server.port, '/mutate', review('u-1', {}));
        expect(responseOf(shed.text)).to.deep.include({ uid: 'u-1', allowed: want });
        expect(responseOf(shed.text)['auditAnnotations']).to.deep.equal({ reason: 'Overloaded', 'failure-mode': mode });
        expect(metrics.counts.get('sluice_admission_shed_total{in-flight}')).to.equal(1);
        await releaseHeld();
        expect(server.inFlight).to.equal(0);
        await stillServes();
      });
    }

    it('refuses what is no review even while it sheds', async () => {
      await start({ maxInFlight: 1 }, 'allow');
      await hold(1);
      expect((await post(agent, server.port, '/mutate', 'junk')).status).to.equal(400);
      await releaseHeld();
    });

    it('holds no more bytes than it may', async () => {
      await start({ maxBufferedBytes: 10_000 }, 'allow');
      const received = await post(agent, server.port, '/mutate', ' '.repeat(20_000));
      expect(received.status).to.equal(503);
      expect(metrics.counts.get('sluice_admission_shed_total{memory}')).to.equal(1);
      await stillServes();
    });

    it('answers by the failure mode when the body came too late for the time that is left', async () => {
      await start({}, 'deny');
      const body = review('late');
      const socket = await dial();
      const answer = untilEnd(socket);
      const head = `POST /mutate?timeout=0.001s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 1)}`);
      await until(() => server.arriving === 1);
      const seenMs = performance.now();
      await until(() => performance.now() - seenMs > 2);
      socket.write(body.slice(1));
      expect(await answer).to.contain('"reason":"Overloaded"');
    });
  });

  it('refuses to start with a key of another certificate', async () => {
    await start();
    const other = await makeMaterial('other-ca');
    const mixed = { ...material, privateKeyPem: other.privateKeyPem };
    const message = await startServer(mixed, makeAdmission([])).then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(message).to.contain('the private key does not belong to the certificate');
  });

  it('refuses to start on a port that is taken', async () => {
    await start();
    const [log, clock] = [QUIET_LOG, SYSTEM_CLOCK];
    const options = {
      host: '127.0.0.1',
      port: server.port,
      material,
      admission: makeAdmission([]),
      metrics,
      clock,
      log,
    };
    const code = await startWebhookServer(options).then(
      () => 'started',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(code).to.equal('EADDRINUSE');
  });
});

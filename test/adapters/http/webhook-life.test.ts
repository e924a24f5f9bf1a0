import { once } from 'node:events';
import type { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import type { WebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import { notAfterMs } from '../../../certs/renewal.ts';
import {
  closeOf,
  isAllowed,
  makeAdmission,
  makeAgent,
  makeMaterial,
  podReview,
  podRow,
  post,
  RecordedMetrics,
  sesameOnly,
  startServer,
} from './webhook-harness.ts';

const BODY = JSON.stringify(podReview('u', { open: 'sesame' }));

describe('webhook server over its life', () => {
  let materials: readonly ServingMaterial[];
  let trusting: ServingMaterial;
  let metrics: RecordedMetrics;
  let server: WebhookServer;
  let agent: Agent;

  before(async () => {
    materials = await Promise.all(['ca-0', 'ca-1', 'ca-2'].map((name) => makeMaterial(name)));
    const bundlePem = materials.map((material) => material.bundlePem).join('');
    trusting = { ...at(0), bundlePem };
  });

  beforeEach(async () => {
    metrics = new RecordedMetrics();
    const admission = makeAdmission([podRow('mutate', sesameOnly)], metrics);
    server = await startServer(at(0), admission, { drainWaitMs: 100, hardStopMs: 200 }, metrics);
    agent = makeAgent(trusting);
  });

  afterEach(async () => {
    agent.destroy();
    await server.stop();
  });

  function at(ix: number): ServingMaterial {
    const material = materials[ix];
    if (material === undefined) throw new Error('no such material');
    return material;
  }

  /** A connection that has sent the headers of a review and owes its body. */
  async function dialAndAnnounce(length: number): Promise<TLSSocket> {
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: trusting.bundlePem });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const type = 'Content-Type: application/json';
    socket.write(`POST /mutate HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${length}\r\n\r\n`);
    while (server.arriving < 1) await turn();
    return socket;
  }

  async function issuerSeen(): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: trusting.bundlePem });
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().issuer;
    socket.destroy();
    return String(CN);
  }

  describe('certificate swap', () => {
    it('serves new connections with the new certificate while open ones go on', async () => {
      await post(agent, server.port, '/mutate', BODY);
      expect(server.swapCertificate(at(1))).to.deep.equal([]);
      expect((await post(agent, server.port, '/mutate', BODY)).status).to.equal(200);
      expect(metrics.counts.get('sluice_admission_tls_handshakes_total{}')).to.equal(1);
      expect(await issuerSeen()).to.equal('ca-1');
      const end = notAfterMs(at(1).certificatePem) / 1000;
      expect(metrics.gauges.get('sluice_admission_certificate_not_after_seconds')).to.equal(end);
    });

    it('keeps the old certificate when the new one is no good, and says why', async () => {
      const mixed = { ...at(1), privateKeyPem: at(2).privateKeyPem };
      expect(server.swapCertificate(mixed)).to.deep.equal(['the private key does not belong to the certificate']);
      const foreign = { ...at(1), bundlePem: at(2).bundlePem };
      expect(server.swapCertificate(foreign)).to.deep.equal(['no authority of the bundle has signed the certificate']);
      expect(server.swapCertificate({ certificatePem: '', privateKeyPem: '', bundlePem: '' })).to.have.length(1);
      expect(await issuerSeen()).to.equal('ca-0');
      expect(metrics.counts.get('sluice_admission_certificate_swaps_total{refused}')).to.equal(3);
    });

    it('drops no review under load, over kept and over fresh connections', async () => {
      const fresh = makeAgent(trusting, 4, false);
      let isOver = false;
      let answered = 0;
      const work = async (through: Agent): Promise<void> => {
        while (!isOver) {
          const received = await post(through, server.port, '/mutate', BODY);
          if (!isAllowed(received.text)) throw new Error(`not allowed: ${received.text}`);
          answered += 1;
        }
      };
      const workers = [
        ...Array.from({ length: 6 }, () => work(agent)),
        ...Array.from({ length: 2 }, () => work(fresh)),
      ];
      let swaps = 0;
      for (; swaps < 60; swaps += 1) {
        const before = answered;
        expect(server.swapCertificate(at(swaps % 3))).to.deep.equal([]);
        while (answered < before + 10) await turn();
      }
      isOver = true;
      await Promise.all(workers);
      expect(answered).to.be.greaterThan(600);
      expect(metrics.counts.get('sluice_admission_certificate_swaps_total{swapped}')).to.equal(60);
    });
  });

  describe('drain', () => {
    it('goes on serving at first, ends each connection with its answer, and then closes', async () => {
      expect((await post(agent, server.port, '/mutate', BODY)).headers['connection']).to.equal('keep-alive');
      const stopped = server.stop();
      expect(server.isReady).to.equal(false);
      const kept = await post(agent, server.port, '/mutate', BODY);
      expect(isAllowed(kept.text)).to.equal(true);
      expect(kept.headers['connection']).to.equal('close');
      const fresh = await post(agent, server.port, '/mutate', BODY);
      expect(isAllowed(fresh.text)).to.equal(true);
      await stopped;
      expect(await outcomeOf(post(agent, server.port, '/mutate', BODY))).to.equal('ECONNREFUSED');
    });

    it('closes idle connections and waits for a review that is still coming', async () => {
      await post(agent, server.port, '/mutate', BODY);
      const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
      const slow = await dialAndAnnounce(BODY.length);
      let text = '';
      slow.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      const closed = Promise.all([slow, ...idle].map(closeOf));
      const stopped = server.stop();
      await Promise.all(idle.map(closeOf));
      expect(server.arriving).to.equal(1);
      slow.write(BODY);
      await Promise.all([closed, stopped]);
      expect(idle).to.have.length(1);
      expect(text)
        .to.contain('"allowed":true')
        .and.to.match(/connection: close/i);
    });

    it('cuts a connection that never finishes at the hard stop', async () => {
      const stuck = await dialAndAnnounce(9);
      const closed = closeOf(stuck.resume());
      await server.stop();
      await closed;
    });

    it('is not held up by a connection that never carried a request', async () => {
      const patient = await startServer(at(0), makeAdmission([]), { drainWaitMs: 0, hardStopMs: 600_000 });
      const unused = connect({ host: '127.0.0.1', port: patient.port, ca: trusting.bundlePem });
      await once(unused, 'secureConnect');
      // The client may be through with the handshake before the server is; an answer on another connection orders them.
      await post(agent, patient.port, '/mutate', BODY);
      const closed = closeOf(unused.resume());
      await patient.stop();
      await closed;
    });

    it('is not held up for good by a connection that never finishes its handshake', async () => {
      const mute = connectTcp(server.port, '127.0.0.1');
      await once(mute, 'connect');
      await post(agent, server.port, '/mutate', BODY);
      const closed = closeOf(mute.resume());
      await server.stop();
      await closed;
    });

    it('is one, however often it is asked for', async () => {
      expect(server.stop()).to.equal(server.stop());
      await server.stop();
    });
  });
});

async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

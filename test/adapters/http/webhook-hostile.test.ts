import { once } from 'node:events';
import type { Agent } from 'node:https';
import { connect, createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { createAdmission } from '../../../src/engine/admission/admission.ts';
import { ReflectedView } from '../../../src/engine/admission/cluster-view.ts';
import type { WebhookLimits } from '../../../src/adapters/http/webhook-limits.ts';
import { startWebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import type { WebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { NAMESPACE_VIEW, QUEUE_VIEW, viewKindsOf } from '../../../webhooks/view-kinds.ts';
import {
  closeOf,
  isAllowed,
  makeAdmission,
  makeAgent,
  makeMaterial,
  podReview,
  post,
  RecordedMetrics,
  startServer,
  SYSTEM_CLOCK,
} from './webhook-harness.ts';
import { NOBODY_KNOWS } from '../../support/questions.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { makeQueue } from '../../support/records.ts';
import { makeServerIdentity } from '../../support/tls-identity.ts';
import { until } from '../../support/until.ts';

const HEAD = 'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
const BODY = JSON.stringify(podReview('u'));

describe('webhook server among hostile clients', () => {
  let material: ServingMaterial;
  let secureContext: SecureContext;
  let metrics: RecordedMetrics;
  let server: WebhookServer;
  let agent: Agent;

  before(async () => {
    material = await makeMaterial();
    // One for all connections: to make it is most of the work.
    secureContext = createSecureContext({ ca: material.bundlePem });
  });

  afterEach(async () => {
    agent.destroy();
    await server.stop();
  });

  /** The rows and the view of a served cluster. */
  async function start(limits: Partial<WebhookLimits> = {}): Promise<void> {
    metrics = new RecordedMetrics();
    const view = new ReflectedView(viewKindsOf(REGISTRY));
    const queues = [makeQueue('root', { parent: '' }), makeQueue('default')];
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: queues }]);
    const lab = { name: 'lab', labels: [], deleting: false, optedIn: true, defaultQueue: 'default' };
    view.handler(NAMESPACE_VIEW)([{ kind: 'replace', records: [lab] }]);
    const ports = { questions: NOBODY_KNOWS, metrics, clock: SYSTEM_CLOCK, log: QUIET_LOG };
    const admission = createAdmission({ table: REGISTRY, view, ...ports, failureMode: 'deny' });
    server = await startServer(material, admission, { hardStopMs: 100, ...limits }, metrics);
    agent = makeAgent(material);
  }

  async function dial(): Promise<TLSSocket> {
    const socket = connect({ host: '127.0.0.1', port: server.port, secureContext });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }

  async function isServed(): Promise<boolean> {
    return isAllowed((await post(agent, server.port, '/mutate?timeout=3s', BODY)).text);
  }

  it('answers reviews as ever while a thousand requests owe their bodies', async () => {
    await start({ maxConnectionsPerPeer: 2_000 });
    const half: TLSSocket[] = [];
    for (let count = 0; count < 1_000; count += 1) {
      const socket = await dial();
      socket.write(`${HEAD}Content-Length: 900\r\n\r\n`);
      half.push(socket);
    }
    expect(await isServed()).to.equal(true);
    expect(server.inFlight).to.equal(0);
    expect([...metrics.counts.keys()].filter((key) => key.startsWith('sluice_admission_shed_total'))).to.deep.equal([]);
    for (const socket of half) socket.destroy();
  });

  it('closes the connections of a peer that are silent for longest, and not the one that carries reviews', async () => {
    await start({ maxConnectionsPerPeer: 5 });
    agent.maxSockets = 1;
    expect(await isServed()).to.equal(true);
    const silent: TLSSocket[] = [];
    for (let count = 0; count < 8; count += 1) {
      silent.push(await dial());
      expect(await isServed()).to.equal(true);
    }
    // Five are left in all, and one of them is ours.
    for (const socket of silent.slice(0, 4)) await closeOf(socket.resume());
    expect(metrics.counts.get('sluice_admission_tls_handshakes_total{}')).to.equal(9);
    for (const socket of silent) socket.destroy();
  });

  it('gives up the body that has been coming longest when memory is short', async () => {
    await start({ maxBufferedBytes: 10_000 });
    const first = await dial();
    const answer = once(first, 'data');
    first.write(`${HEAD}Content-Length: 9000\r\n\r\n${' '.repeat(6_000)}`);
    await until(() => server.arriving === 1);
    const second = await dial();
    second.write(`${HEAD}Content-Length: 9000\r\n\r\n${' '.repeat(6_000)}`);
    expect(String(await answer)).to.match(/^HTTP\/1.1 503 .*too many bytes/s);
    expect(await isServed()).to.equal(true);
    expect(metrics.counts.get('sluice_admission_shed_total{memory}')).to.equal(1);
    second.destroy();
  });

  it('answers only clients with a certificate of the given authority, also after a swap', async () => {
    await start();
    const known = makeServerIdentity();
    const guarded = await startWebhookServer({
      host: '127.0.0.1',
      port: 0,
      material,
      clientCaPem: known.certPem,
      admission: makeAdmission([]),
      metrics,
      clock: SYSTEM_CLOCK,
      log: QUIET_LOG,
      limits: { drainWaitMs: 0, hardStopMs: 100 },
    });
    const friend = makeAgent(material, 1, false);
    Object.assign(friend.options, { cert: known.certPem, key: known.keyPem });
    const impostor = makeServerIdentity();
    const liar = makeAgent(material, 1, false);
    Object.assign(liar.options, { cert: impostor.certPem, key: impostor.keyPem });
    const statuses = async (): Promise<readonly number[]> => {
      const received = [];
      for (const each of [friend, agent, liar]) received.push(await post(each, guarded.port, '/mutate', BODY));
      return received.map(({ status }) => status);
    };
    expect(await statuses()).to.deep.equal([200, 401, 401]);
    expect(guarded.swapCertificate(material)).to.deep.equal([]);
    expect(await statuses()).to.deep.equal([200, 401, 401]);
    await guarded.stop();
  });

  const names = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_unused, ix) => [`example.com/${ix.toString(36)}`, '1']));
  const job = (resources: object, annotations: object): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'x', annotations },
    spec: { parallelism: 2, template: { spec: { containers: [{ name: 'c', resources }] } } },
  });
  const jobReview = (object: object): string => {
    const jobs = { group: 'batch', version: 'v1', resource: 'jobs' };
    const review = podReview('hostile', {}, { resource: jobs, dryRun: true });
    return JSON.stringify({ ...review, request: { ...Object(review['request']), object } });
  };
  const TOO_LARGE = '"reason":"ObjectTooLarge"';
  const hostile: Readonly<Record<string, readonly [says: string, body: string]>> = {
    'a Job of 1.5 MB with 110,000 resource names': [TOO_LARGE, jobReview(job({ requests: names(110_000) }, {}))],
    'a Job with as many resource names as a review of every day may have values': [
      '"allowed":true',
      jobReview(job({ requests: names(19_000) }, {})),
    ],
    'a Job with as many resource names as a review may have values': [
      '',
      jobReview(job({ requests: names(99_000) }, {})),
    ],
    'a plan that nests 350,000 levels deep': [
      '"allowed":true',
      jobReview(job({}, { 'sluice.dev/group-plan': `{"version":1,"x":${'['.repeat(350_000)}${']'.repeat(350_000)}}` })),
    ],
  };
  for (const [what, [says, body]] of Object.entries(hostile)) {
    it(`answers other reviews between those of ${what}`, async () => {
      await start();
      expect(await isServed()).to.equal(true);
      const attackers = makeAgent(material, 8);
      let left = 24;
      let answered = 0;
      const attacks = Array.from({ length: left }, async () => {
        const received = await post(attackers, server.port, '/mutate?timeout=30s', body);
        left -= 1;
        expect(received.status).to.equal(200);
        expect(received.text).to.contain(says);
      });
      while (left > 0) {
        expect(await isServed()).to.equal(true);
        answered += 1;
      }
      await Promise.all(attacks);
      attackers.destroy();
      expect(answered).to.be.greaterThan(8);
    });
  }
});

import { expect } from 'chai';
import { fixedConnection } from '../../../../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import { createWriter } from '../../../../src/adapters/kube/write/writer.ts';
import type { KubeWriter, WriterOptions } from '../../../../src/adapters/kube/write/writer.ts';
import { EVENTS, PODS, POD_GROUPS, QUEUES } from '../../../../src/api/resources.ts';
import type { WriteOutcome, WriteRequest } from '../../../../src/engine/ports.ts';
import { FaultServer } from '../../../support/fault-server.ts';
import type { FaultExchange } from '../../../support/fault-server.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { RecordingMetrics } from '../../../support/recording-metrics.ts';
import { settle } from '../../../support/until.ts';

const BINDING: WriteRequest = {
  verb: 'create',
  type: PODS,
  namespace: 'ns',
  name: 'p',
  subresource: 'binding',
  body: { kind: 'Binding' },
  lane: 'decision',
};
const STATUS: WriteRequest = {
  verb: 'mergePatch',
  type: POD_GROUPS,
  namespace: 'ns',
  name: 'g',
  subresource: 'status',
  body: { status: {} },
  lane: 'status',
};
const OF_BUDGET = { reason: 'DisruptionBudget', message: 'Budget b allows nothing.' };
const EVENT: WriteRequest = {
  verb: 'create',
  type: EVENTS,
  namespace: 'ns',
  name: 'e',
  subresource: '',
  body: { kind: 'Event' },
  lane: 'event',
};

describe('writer', () => {
  let server: FaultServer;
  let http: KubeHttp;
  let metrics: RecordingMetrics;
  let refreshes: number;
  let writer: KubeWriter;

  beforeEach(async () => {
    server = await FaultServer.start();
    const fixed = fixedConnection({ server: server.url, insecure: false });
    refreshes = 0;
    http = createKubeHttp({ ...fixed, refresh: () => ((refreshes += 1), fixed.refresh()) });
    metrics = new RecordingMetrics();
    writer = makeWriter();
  });
  afterEach(async () => {
    await http.close();
    await server.stop();
  });

  const requests: readonly { name: string; request: WriteRequest; want: readonly string[] }[] = [
    {
      name: 'a binding',
      request: BINDING,
      want: ['POST', '/api/v1/namespaces/ns/pods/p/binding', 'application/json', '{"kind":"Binding"}'],
    },
    {
      name: 'a status patch',
      request: STATUS,
      want: [
        'PATCH',
        '/apis/scheduling.volcano.sh/v1beta1/namespaces/ns/podgroups/g/status',
        'application/merge-patch+json',
        '{"status":{}}',
      ],
    },
    {
      name: 'a strategic patch',
      request: { ...STATUS, verb: 'strategicPatch' },
      want: [
        'PATCH',
        '/apis/scheduling.volcano.sh/v1beta1/namespaces/ns/podgroups/g/status',
        'application/strategic-merge-patch+json',
        '{"status":{}}',
      ],
    },
    {
      name: 'a new object',
      request: EVENT,
      want: ['POST', '/apis/events.k8s.io/v1/namespaces/ns/events', 'application/json', '{"kind":"Event"}'],
    },
    {
      name: 'a replacement of a cluster-scoped object',
      request: { ...STATUS, verb: 'replace', type: QUEUES, namespace: '', subresource: '' },
      want: ['PUT', '/apis/scheduling.volcano.sh/v1beta1/queues/g', 'application/json', '{"status":{}}'],
    },
    {
      name: 'a deletion with preconditions',
      request: { ...BINDING, verb: 'delete', subresource: '', body: { preconditions: { uid: 'u' } } },
      want: ['DELETE', '/api/v1/namespaces/ns/pods/p', 'application/json', '{"preconditions":{"uid":"u"}}'],
    },
  ];
  for (const tc of requests) {
    it(`sends ${tc.name}, and tells the server when we give up`, async () => {
      const outcome = writer.write(tc.request);
      const exchange = await server.next();
      exchange.answer(200, {});
      await outcome;
      expect([exchange.method, exchange.path, exchange.headers['content-type'], exchange.body]).to.deep.equal(tc.want);
      expect(exchange.query.get('timeout')).to.equal('4000ms');
    });
  }

  it('applies as the field manager sluice, whoever set the fields before', async () => {
    const outcome = writer.write({ ...STATUS, verb: 'apply', subresource: '' });
    const exchange = await server.next();
    exchange.answer(200, {});
    await outcome;
    expect([exchange.method, exchange.headers['content-type']]).to.deep.equal([
      'PATCH',
      'application/apply-patch+yaml',
    ]);
    expect(Object.fromEntries(exchange.query)).to.deep.equal({
      timeout: '4000ms',
      fieldManager: 'sluice',
      force: 'true',
    });
  });

  it('reads a single object without body or time-out parameter', async () => {
    const outcome = writer.write({ ...BINDING, verb: 'get', subresource: '', body: undefined });
    const exchange = await server.next();
    exchange.answer(200, { kind: 'Pod' });
    expect(await outcome).to.deep.equal({ kind: 'done', object: { kind: 'Pod' } });
    expect([exchange.method, exchange.body, exchange.query.size, exchange.headers['content-type']]).to.deep.equal([
      'GET',
      '',
      0,
      undefined,
    ]);
  });

  const message = 'told by the server';
  const outcomes: readonly { name: string; by: (exchange: FaultExchange) => void; want: Partial<WriteOutcome> }[] = [
    {
      name: 'a made object',
      by: (x) => x.answer(201, { kind: 'PodGroup' }),
      want: { kind: 'done', object: { kind: 'PodGroup' } },
    },
    { name: 'a conflict', by: (x) => x.answer(409, { message }), want: { kind: 'conflict', message } },
    { name: 'a missing object', by: (x) => x.answer(404, { message }), want: { kind: 'notFound', message } },
    { name: 'an invalid object', by: (x) => x.answer(422, { message }), want: { kind: 'refused', code: 422, message } },
    {
      name: 'a patch for an earlier object of the name',
      by: (x) => x.answer(422, { message, details: { causes: [{ field: 'metadata.uid' }] } }),
      want: { kind: 'conflict', message },
    },
    { name: 'a bad request', by: (x) => x.answer(400, { message }), want: { kind: 'refused', code: 400, message } },
    { name: 'a forbidden write', by: (x) => x.answer(403, { message }), want: { kind: 'refused', code: 403, message } },
    {
      name: 'a proxy that answers in HTML',
      by: (x) => x.answer(413, '<html>'),
      want: { kind: 'refused', code: 413, message: '<html>' },
    },
    {
      name: 'too many requests with a time',
      by: (x) => x.answer(429, { message }, { 'retry-after': '2' }),
      want: { kind: 'throttled', retryAfterMs: 2000, message },
    },
    {
      name: 'too many requests with a time in the body',
      by: (x) => x.answer(429, { message, details: { retryAfterSeconds: 5 } }),
      want: { kind: 'throttled', retryAfterMs: 5000, message },
    },
    {
      name: 'too many requests without a time',
      by: (x) => x.answer(429, { message }),
      want: { kind: 'throttled', retryAfterMs: 1000, message },
    },
    {
      name: 'a time beyond reason',
      by: (x) => x.answer(429, { message }, { 'retry-after': '999999' }),
      want: { kind: 'throttled', retryAfterMs: 300_000, message },
    },
    {
      name: '429 of a disruption budget',
      by: (x) => x.answer(429, { message, details: { causes: [OF_BUDGET] } }, { 'retry-after': '10' }),
      want: { kind: 'refused', code: 429, message: `${message} Budget b allows nothing.` },
    },
    {
      name: '403 of a disruption budget',
      by: (x) => x.answer(403, { message, details: { causes: [OF_BUDGET] } }),
      want: { kind: 'refused', code: 429, message: `${message} Budget b allows nothing.` },
    },
    {
      name: 'unavailable with a time',
      by: (x) => x.answer(503, { message }, { 'retry-after': '1' }),
      want: { kind: 'throttled', retryAfterMs: 1000, message },
    },
    { name: 'unavailable without a time', by: (x) => x.answer(503, { message }), want: { kind: 'unknown', message } },
    { name: 'a fault of the server', by: (x) => x.answer(500, { message }), want: { kind: 'unknown', message } },
    { name: 'a gateway time-out', by: (x) => x.answer(504, ''), want: { kind: 'unknown', message: 'HTTP 504' } },
    {
      name: 'a success that cannot be read',
      by: (x) => x.answer(200, '{"cut'),
      want: { kind: 'unknown', message: 'the answer is not JSON' },
    },
    { name: 'a broken connection', by: (x) => x.reset(), want: { kind: 'unknown' } },
    { name: 'an answer that breaks off', by: (x) => (x.raw('{'), x.reset()), want: { kind: 'unknown' } },
  ];
  for (const tc of outcomes) {
    it(`has an outcome for ${tc.name}: ${tc.want.kind}`, async () => {
      const outcome = writer.write({ ...STATUS, lane: 'decision' });
      tc.by(await server.next());
      expect(await outcome).to.include(
        Object.fromEntries(Object.entries(tc.want).filter(([, value]) => typeof value !== 'object')),
      );
      if ('object' in tc.want) expect(await outcome).to.deep.equal(tc.want);
    });
  }

  it('has an outcome for silence', async () => {
    writer = makeWriter({ timeoutMs: 1000 });
    const outcome = writer.write(BINDING);
    await server.next();
    expect((await outcome).kind).to.equal('unknown');
  });

  for (const request of [BINDING, EVENT]) {
    it(`does not read the answer of a written ${request.subresource === '' ? 'event' : 'binding'}`, async () => {
      const outcome = writer.write(request);
      (await server.next()).answer(201, '{"broken');
      expect(await outcome).to.deep.equal({ kind: 'done', object: undefined });
    });
  }

  it('reads the credentials again after 401 and tries once more', async () => {
    const outcome = writer.write(STATUS);
    (await server.next()).answer(401);
    (await server.next()).answer(200, {});
    expect([(await outcome).kind, refreshes]).to.deep.equal(['done', 1]);
  });

  it('gives up after the second 401', async () => {
    const outcome = writer.write(STATUS);
    (await server.next()).answer(401, { message });
    (await server.next()).answer(401, { message });
    expect(await outcome).to.deep.equal({ kind: 'refused', code: 401, message });
  });

  it('asks for leadership before every send, also for what waited', async () => {
    let leads = true;
    writer = makeWriter({ maxInFlight: 1, leadership: { epoch: 1, isLeader: () => leads } });
    const first = writer.write(BINDING);
    const others = Array.from({ length: 20_000 }, () => writer.write(BINDING));
    const exchange = await server.next();
    leads = false;
    exchange.answer(201);
    expect((await first).kind).to.equal('done');
    const kinds = new Set((await Promise.all(others)).map(({ kind }) => kind));
    expect([[...kinds], server.untaken]).to.deep.equal([['notLeader'], 0]);
  });

  it('does not send again after 401 when leadership was lost meanwhile', async () => {
    let leads = true;
    writer = makeWriter({ leadership: { epoch: 1, isLeader: () => leads } });
    const outcome = writer.write(BINDING);
    const exchange = await server.next();
    leads = false;
    exchange.answer(401);
    expect((await outcome).kind).to.equal('notLeader');
  });

  it('sends waiting decisions before waiting status and events', async () => {
    writer = makeWriter({ maxInFlight: 1 });
    const sent = [EVENT, STATUS, EVENT, STATUS, BINDING, BINDING].map((request) => writer.write(request));
    const order: (string | undefined)[] = [];
    for (let round = 0; round < sent.length; round += 1) {
      const exchange = await server.next();
      order.push(exchange.path.split('/').at(-1));
      exchange.answer(200, {});
    }
    expect(order).to.deep.equal(['events', 'binding', 'binding', 'status', 'status', 'events']);
  });

  it('drops events when too many wait', async () => {
    writer = makeWriter({ maxInFlight: 1 });
    void writer.write(BINDING);
    const outcomesOfEvents = Array.from({ length: 2001 }, () => writer.write(EVENT));
    expect((await outcomesOfEvents[2000])?.kind).to.equal('throttled');
  });

  it('is idle once everything is answered', async () => {
    await writer.idle();
    void writer.write(BINDING);
    let isIdle = false;
    void writer.idle().then(() => (isIdle = true));
    const exchange = await server.next();
    await settle();
    expect(isIdle).to.equal(false);
    exchange.answer(201);
    await writer.idle();
  });

  it('gives up 20,000 statuses and events that wait, at once, and still sends decisions', async () => {
    writer = makeWriter({ maxInFlight: 2 });
    const first = writer.write(STATUS);
    const waiting = Array.from({ length: 20_000 }, (_, i) => writer.write(i % 20 === 0 ? EVENT : STATUS));
    const exchange = await server.next();
    const binding = writer.write(BINDING);
    writer.dropLower();
    waiting.push(writer.write(STATUS));
    const outcomes = await Promise.all(waiting);
    expect(new Set(outcomes.map(({ kind }) => kind))).to.deep.equal(new Set(['notLeader']));
    exchange.answer(200, {});
    (await server.next()).answer(201);
    expect([(await first).kind, (await binding).kind]).to.deep.equal(['done', 'done']);
    await writer.idle();
  });

  it('counts writes by outcome', async () => {
    const outcome = writer.write(BINDING);
    (await server.next()).answer(409, {});
    await outcome;
    const labels = { lane: 'decision', verb: 'create', resource: 'pods/binding', outcome: 'conflict' };
    expect(metrics.value('sluice_writes_total', labels)).to.equal(1);
    expect(metrics.value('sluice_write_latency_milliseconds', { lane: 'decision' })).to.equal(1);
  });

  function makeWriter(overrides: Partial<WriterOptions> = {}): KubeWriter {
    return createWriter({ http, metrics, clock: new ManualClock(), log: QUIET_LOG, ...overrides });
  }
});

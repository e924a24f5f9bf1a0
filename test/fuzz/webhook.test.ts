import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { expect } from 'chai';
import type { Phase } from '../../src/engine/admission/admission-table.ts';
import { replyTo } from '../../src/adapters/http/review-reply.ts';
import type { Reply } from '../../src/adapters/http/review-reply.ts';
import type { WebhookServer } from '../../src/adapters/http/webhook-server.ts';
import type { ServingMaterial } from '../../src/engine/certificates/certificate-maker.ts';
import {
  makeAdmission,
  makeAgent,
  makeMaterial,
  podRow,
  post,
  RecordedMetrics,
  responseOf,
  sesameOnly,
  startServer,
} from '../adapters/http/webhook-harness.ts';
import { drawBytes } from './byte-source.ts';
import { Dice } from './dice.ts';
import { expectedFor } from './review-oracle.ts';
import type { Expected } from './review-oracle.ts';
import { mutateReview } from './review-mutator.ts';

/** Sizes and seed come from the environment for long runs and for repeating one. */
const SEED = numberFrom('SLUICE_FUZZ_SEED', Date.now() % 2 ** 32);
const BYTE_STRINGS = numberFrom('SLUICE_FUZZ_BYTES', 100_000);
const TLS_BYTE_STRINGS = numberFrom('SLUICE_FUZZ_TLS_BYTES', 2_000);
const RAW_STREAMS = numberFrom('SLUICE_FUZZ_STREAMS', 200);
const REVIEWS = numberFrom('SLUICE_FUZZ_REVIEWS', 20_000);
const WORKERS = 8;
const TERMS = { isShed: false, deadlineMs: Infinity, rowId: '', mayRead: () => true };

const TABLE = (['mutate', 'validate'] as const).flatMap((phase) => [
  podRow(phase, sesameOnly),
  { ...podRow(phase, sesameOnly), group: 'batch', resource: 'jobs' },
]);

describe('fuzzing the webhook', function suite() {
  this.timeout(600_000);

  const reviews = readReviews();
  let material: ServingMaterial;
  let metrics: RecordedMetrics;
  let server: WebhookServer;

  before(async () => {
    material = await makeMaterial();
    metrics = new RecordedMetrics();
    server = await startServer(material, makeAdmission(TABLE, metrics), {}, metrics);
  });

  after(() => server.stop());

  it('starts from real reviews that the oracle takes for reviews', () => {
    const kinds = reviews.map((bytes) => expectedFor(bytes).kind);
    expect(kinds).to.deep.equal(Array(reviews.length).fill('answer'));
  });

  it(`answers ${BYTE_STRINGS} random byte strings in process (seed ${SEED})`, () => {
    const dice = new Dice(SEED);
    const admission = makeAdmission(TABLE);
    const tally = new Map<string, number>();
    for (let count = 0; count < BYTE_STRINGS; count += 1) {
      const bytes = drawBytes(dice, reviews);
      const phase = dice.chance(50) ? 'mutate' : 'validate';
      const reply = atOnce(replyTo(admission, phase, bytes, TERMS));
      check(reply, bytes, phase, tally);
    }
    expect(tally.get('refusal') ?? 0).to.be.greaterThan(0);
  });

  it(`answers ${TLS_BYTE_STRINGS} random byte strings over TLS (seed ${SEED})`, async () => {
    const dice = new Dice(SEED + 1);
    await sendAll(TLS_BYTE_STRINGS, () => drawBytes(dice, reviews), dice);
  });

  it(`survives ${RAW_STREAMS} connections of random bytes in place of HTTP (seed ${SEED})`, async () => {
    const dice = new Dice(SEED + 2);
    for (let count = 0; count < RAW_STREAMS; count += 1) {
      const start = dice.pick([
        '',
        'POST ',
        'POST /mutate HTTP/1.1\r\n',
        'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n',
      ]);
      await sendStream(Buffer.concat([Buffer.from(start), drawBytes(dice, reviews)]));
    }
    await sendAll(10, () => dice.pick(reviews), dice);
  });

  it(`answers ${REVIEWS} mutated reviews over TLS (seed ${SEED})`, async () => {
    const dice = new Dice(SEED + 3);
    const tally = await sendAll(REVIEWS, () => mutateReview(dice, dice.pick(reviews)), dice);
    // The run proves something only if each outcome was really reached.
    for (const outcome of ['refusal', 'allowed', 'denied']) {
      expect(tally.get(outcome) ?? 0, outcome).to.be.greaterThan(REVIEWS / 50);
    }
  });

  /** Sends over kept connections and checks each answer against the oracle. */
  async function sendAll(total: number, draw: () => Buffer, dice: Dice): Promise<ReadonlyMap<string, number>> {
    const agent = makeAgent(material, WORKERS);
    const tally = new Map<string, number>();
    let left = total;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const bytes = draw();
        const phase = dice.chance(50) ? 'mutate' : 'validate';
        const { status, headers, text } = await post(agent, server.port, `/${phase}?timeout=30s`, bytes);
        check({ status, contentType: String(headers['content-type']), body: text }, bytes, phase, tally);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    agent.destroy();
    expect(server.inFlight).to.equal(0);
    expect(metrics.counts.get('sluice_admission_internal_errors_total{mutate,fault}')).to.equal(undefined);
    return tally;
  }

  /** Resolves when the server has ended the connection, as it must once the client has said all it has to say. */
  async function sendStream(bytes: Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: material.bundlePem }, () => socket.end(bytes));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    await promise;
    expect(text).not.to.contain('"allowed":true');
    expect(text).to.match(/^(?:HTTP\/1\.1 [45]|$)/);
  }
});

function check(reply: Reply, bytes: Buffer, phase: Phase, tally: Map<string, number>): void {
  const expected = expectedFor(bytes);
  const outcome = outcomeOf(reply);
  const want = wanted(expected);
  if (!want.test(outcome)) {
    const shown = bytes.length > 4000 ? `${bytes.length} bytes` : bytes.toString('base64');
    throw new Error(`Expected ${String(want)}, got ${outcome} in ${phase} for ${shown}`);
  }
  const kind = outcome.split(' ', 1)[0] ?? '';
  tally.set(kind, (tally.get(kind) ?? 0) + 1);
}

function wanted(expected: Expected): RegExp {
  if (expected.kind === 'refusal') return /^refusal$/;
  if (expected.kind === 'oversize') return /^(?:refusal$|denied )/;
  return new RegExp(`^${expected.isAllowed ? 'allowed' : 'denied'} ${RegExp.escape(expected.uid)}$`);
}

function outcomeOf({ status, contentType, body }: Reply): string {
  const isLine = /^[^\n]+\n$/.test(body) && contentType.startsWith('text/plain');
  if (status === 400 || status === 413) return isLine ? 'refusal' : `a refusal of another form: ${body}`;
  if (status !== 200 || contentType !== 'application/json') return `status ${status}`;
  const { uid, allowed, patch } = responseOf(body);
  if (patch !== undefined || typeof uid !== 'string') return 'an answer of another form';
  return `${allowed === true ? 'allowed' : 'denied'} ${uid}`;
}

/** Reviews as a kube-apiserver 1.37 sent them. */
function readReviews(): readonly Buffer[] {
  const text = readFileSync(new URL('admission-reviews.ndjson', import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => Buffer.from(line));
}

function numberFrom(name: string, fallback: number): number {
  const given = Number(process.env[name] ?? Number.NaN);
  return Number.isSafeInteger(given) && given >= 0 ? given : fallback;
}

function atOnce(reply: Reply | Promise<Reply>): Reply {
  if (reply instanceof Promise) throw new Error('the reply is late');
  return reply;
}

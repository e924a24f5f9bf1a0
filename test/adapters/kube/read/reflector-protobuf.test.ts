import { expect } from 'chai';
import { POD_GROUPS } from '../../../../src/api/resources.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { loadKubernetes } from '../../../../tools/protobuf/kubernetes.ts';
import type { FaultExchange } from '../../../support/fault-server.ts';
import { KubernetesWriter } from '../../../support/kubernetes-writer.ts';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../../support/reflector-bench.ts';
import { settle, until } from '../../../support/until.ts';

const JSON_ALONE = 'application/json';
const PROTOBUF_FIRST = 'application/vnd.kubernetes.protobuf,application/json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

describe('reflector in protobuf', () => {
  let writer: KubernetesWriter;
  let bench: ReflectorBench;

  before(async () => {
    writer = new KubernetesWriter(await loadKubernetes());
  });
  beforeEach(async () => {
    bench = await openReflectorBench();
  });
  afterEach(() => bench.close());

  it('is asked for first, with JSON as the second choice', async () => {
    bench.reflector.start();
    expect((await bench.server.next()).headers.accept).to.equal(PROTOBUF_FIRST);
  });

  it('is not asked for where the API server knows none', async () => {
    await bench.close();
    bench = await openReflectorBench({ type: POD_GROUPS });
    bench.reflector.start();
    expect((await bench.server.next()).headers.accept).to.equal(JSON_ALONE);
  });

  it('lists by a stream and follows what changes', async () => {
    const watch = await listed(9, rawPod('a', 3), rawPod('b', 4));
    send(watch, 'MODIFIED', rawPod('a', 10));
    send(watch, 'BOOKMARK', bookmark(11));
    send(watch, 'DELETED', rawPod('b', 12));
    await until(() => bench.changes.length === 3);
    expect(bench.seen()).to.deep.equal(['replace a@3 b@4', 'upsert a@10', 'delete b@12']);
    watch.end();
    await bench.resumesFrom('12');
  });

  it('lists in pages', async () => {
    bench.reflector.start();
    (await bench.server.next()).answer(422, {});
    const first = await bench.server.next();
    expect(first.headers.accept).to.equal(PROTOBUF_FIRST);
    answer(first, 200, 'v1/PodList', { metadata: { resourceVersion: '9', continue: 'more' }, items: [rawPod('a', 3)] });
    const second = await bench.server.next();
    expect(second.query.get('continue')).to.equal('more');
    answer(second, 200, 'v1/PodList', { metadata: { resourceVersion: '9' }, items: [rawPod('b', 4)] });
    await until(() => bench.reflector.synced);
    expect(bench.seen()).to.deep.equal(['replace a@3 b@4']);
  });

  describe('of a kind with many objects', () => {
    beforeEach(async () => {
      await bench.close();
      bench = await openReflectorBench({ isNumerous: true });
      bench.reflector.start();
    });

    it('lists in pages at once, each asked for while the one before it is read', async () => {
      const first = await bench.server.next();
      expect(Object.fromEntries(first.query)).to.deep.equal({ limit: '10000' });
      const bytes = writer.object('v1/PodList', page('more', rawPod('a', 3)));
      open(first).raw(bytes.subarray(0, -10));
      const second = await bench.server.next();
      expect(second.query.get('continue')).to.equal('more');
      answer(second, 200, 'v1/PodList', page('', rawPod('b', 4)));
      await settle();
      expect(bench.reflector.synced).to.equal(false);
      first.raw(bytes.subarray(-10));
      first.end();
      await until(() => bench.reflector.synced);
      expect(bench.seen()).to.deep.equal(['replace a@3 b@4']);
      expect((await bench.server.next()).query.get('resourceVersion')).to.equal('9');
    });

    it('takes nothing of a list that it gave up, though the next page of that is on its way', async () => {
      const first = await bench.server.next();
      open(first).raw(writer.object('v1/PodList', page('more', rawPod('a', 3))).subarray(0, -10));
      const late = await bench.server.next();
      open(late);
      first.reset();
      const again = await bench.afterBackoff();
      expect(again.query.has('continue')).to.equal(false);
      open(again);
      late.raw(writer.object('v1/PodList', page('', rawPod('old', 4))));
      await late.closed;
      again.raw(writer.object('v1/PodList', page('', rawPod('new', 5))));
      again.end();
      await until(() => bench.reflector.synced);
      expect(bench.seen()).to.deep.equal(['replace new@5']);
    });

    it('lists by a stream where the server gives JSON alone', async () => {
      (await bench.server.next()).answer(406, { message: 'only JSON' });
      expect((await bench.server.next()).query.get('sendInitialEvents')).to.equal('true');
    });

    function page(token: string, ...items: readonly JsonObject[]): JsonObject {
      return { metadata: { resourceVersion: '9', continue: token }, items };
    }

    function open(exchange: FaultExchange): FaultExchange {
      exchange.open(PROTOBUF);
      return exchange;
    }
  });

  it('lists again when an event says that the version is too old', async () => {
    const watch = await listed(9);
    watch.raw(writer.event('ERROR', 'v1/Status', { code: 410, reason: 'Expired', message: 'too old' }));
    expect((await bench.afterBackoff()).query.get('sendInitialEvents')).to.equal('true');
    expect(bench.endsBy('status410')).to.equal(1);
  });

  it('understands a refusal', async () => {
    const watch = await listed(9);
    watch.end();
    const resumed = await bench.afterBackoff();
    answer(resumed, 410, 'v1/Status', { code: 410, reason: 'Expired', message: 'too old' });
    expect((await bench.afterBackoff()).query.get('sendInitialEvents')).to.equal('true');
  });

  for (const status of [406, 415]) {
    it(`gives way to JSON when the server answers ${status}`, async () => {
      bench.reflector.start();
      (await bench.server.next()).answer(status, { message: 'only JSON' });
      const again = await bench.server.next();
      expect(again.headers.accept).to.equal(JSON_ALONE);
      again.event('BOOKMARK', bookmark(9, true));
      await until(() => bench.reflector.synced);
    });
  }

  it('compares itself with names and versions alone', async () => {
    await bench.close();
    bench = await openReflectorBench({ timings: { idleLimitMs: 9_000_000 } });
    await listed(9, rawPod('a', 3), rawPod('b', 4));
    bench.clock.advance(600_000);
    const page = await bench.server.next();
    expect(page.headers.accept).to.match(/^application\/vnd\.kubernetes\.protobuf;as=PartialObjectMetadataList;/);
    const items = [rawPod('a', 3), rawPod('missed', 5)];
    answer(page, 200, 'meta.k8s.io/v1/PartialObjectMetadataList', { metadata: { resourceVersion: '9' }, items });
    const selfChecks = { resource: 'pods', result: 'mismatch' };
    await until(() => bench.metrics.value('sluice_reflector_self_checks_total', selfChecks) === 1);
  });

  it('gives way to JSON when an event cannot be read, and goes on from where it was', async () => {
    const watch = await listed(9, rawPod('a', 3));
    send(watch, 'MODIFIED', rawPod('a', 10));
    watch.raw(Buffer.from('00000002ffff', 'hex'));
    const again = await bench.resumesFrom('10');
    expect(again.headers.accept).to.equal(JSON_ALONE);
    again.event('MODIFIED', rawPod('a', 11));
    await until(() => bench.changes.length === 3);
    expect(bench.seen().at(-1)).to.equal('upsert a@11');
  });

  async function listed(version: number, ...pods: readonly JsonObject[]): Promise<FaultExchange> {
    bench.reflector.start();
    const watch = await bench.server.next();
    watch.open(`${PROTOBUF};stream=watch`);
    for (const pod of pods) send(watch, 'ADDED', pod);
    send(watch, 'BOOKMARK', bookmark(version, true));
    await until(() => bench.reflector.synced);
    return watch;
  }

  function send(watch: FaultExchange, type: string, pod: JsonObject): void {
    watch.raw(writer.event(type, 'v1/Pod', pod));
  }

  function answer(exchange: FaultExchange, status: number, kind: string, json: JsonObject): void {
    exchange.answer(status, writer.object(kind, json), { 'content-type': PROTOBUF });
  }
});

import { expect } from 'chai';
import type { FaultExchange } from '../../../support/fault-server.ts';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../../support/reflector-bench.ts';
import { settle, until } from '../../../support/until.ts';

const GONE = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };

describe('reflector', () => {
  let bench: ReflectorBench;

  beforeEach(async () => {
    bench = await openReflectorBench();
  });
  afterEach(() => bench.close());

  describe('the first list', () => {
    it('is asked for as a stream, consistently and with bookmarks', async () => {
      bench.reflector.start();
      const { path, query, headers } = await bench.server.next();
      expect(path).to.equal('/api/v1/pods');
      expect(Object.fromEntries(query)).to.deep.equal({
        watch: '1',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '300',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
      });
      expect(headers.authorization).to.equal('Bearer old');
    });

    it('is handed over as one replacement when the closing bookmark comes', async () => {
      bench.reflector.start();
      const watch = await bench.server.next();
      watch.event('ADDED', rawPod('a', 3));
      watch.event('ADDED', rawPod('b', 2));
      watch.event('MODIFIED', rawPod('b', 4));
      watch.event('ADDED', rawPod('c', 1));
      watch.event('DELETED', rawPod('c', 5));
      await settle();
      expect(bench.reflector.synced).to.equal(false);
      watch.event('BOOKMARK', bookmark(9, true));
      await until(() => bench.reflector.synced);
      expect(bench.seen()).to.deep.equal(['replace a@3 b@4']);
    });

    it('is followed by the events of the same stream', async () => {
      const watch = await bench.listed(9, rawPod('a', 3));
      watch.event('MODIFIED', rawPod('a', 10));
      watch.event('ADDED', rawPod('b', 11));
      watch.event('DELETED', rawPod('a', 12));
      await until(() => bench.changes.length === 4);
      expect(bench.seen()).to.deep.equal(['replace a@3', 'upsert a@10', 'upsert b@11', 'delete a@12']);
    });

    for (const status of [400, 422]) {
      it(`falls back to pages when the server answers ${status}`, async () => {
        bench.reflector.start();
        (await bench.server.next()).answer(status, { message: 'sendInitialEvents is forbidden' });
        await expectPages();
      });
    }

    it('falls back to pages when a bookmark comes that does not close the initial events', async () => {
      bench.reflector.start();
      const watch = await bench.server.next();
      watch.event('ADDED', rawPod('x', 1));
      watch.event('BOOKMARK', bookmark(5));
      await expectPages();
    });

    it('falls back to pages when the stream falls silent before the closing bookmark', async () => {
      bench.reflector.start();
      const watch = await bench.server.next();
      watch.event('ADDED', rawPod('x', 1));
      await until(() => bench.metrics.value('sluice_reflector_bytes_total', { resource: 'pods' }) > 0);
      bench.clock.advance(30_000);
      await expectPages();
    });

    it('stays a stream when the server did not answer at all', async () => {
      bench.reflector.start();
      await bench.server.next();
      bench.clock.advance(30_000);
      await until(() => bench.endsBy('idle') === 1);
      bench.clock.advance(1000);
      expect((await bench.server.next()).query.get('sendInitialEvents')).to.equal('true');
    });

    it('carries the selectors', async () => {
      await bench.close();
      bench = await openReflectorBench({ namespace: 'team', fieldSelector: 'spec.nodeName=', labelSelector: 'a=b' });
      bench.reflector.start();
      const { path, query } = await bench.server.next();
      expect(path).to.equal('/api/v1/namespaces/team/pods');
      expect([query.get('fieldSelector'), query.get('labelSelector')]).to.deep.equal(['spec.nodeName=', 'a=b']);
    });
  });

  describe('after the end of a watch', () => {
    const ends: readonly { name: string; cause: string; by: (watch: FaultExchange) => void }[] = [
      { name: 'a TCP reset', cause: 'network', by: (watch) => watch.reset() },
      { name: 'a clean close', cause: 'closed', by: (watch) => watch.end() },
      {
        name: 'a line that is cut off',
        cause: 'closed',
        by: (watch) => (watch.raw('{"type":"ADDED","obj'), watch.end()),
      },
      { name: 'a line that is no JSON', cause: 'corrupt', by: (watch) => watch.raw('{"type":"ADDED",}\n') },
      {
        name: 'a line that is no event',
        cause: 'corrupt',
        by: (watch) => watch.raw('{"type":"RENAMED","object":{}}\n'),
      },
      {
        name: 'an object without a version',
        cause: 'corrupt',
        by: (watch) => watch.event('ADDED', { metadata: { name: 'x' } }),
      },
      {
        name: 'an ERROR event of 500',
        cause: 'status500',
        by: (watch) => watch.event('ERROR', { code: 500, message: 'etcd' }),
      },
      { name: 'an ERROR event of 504', cause: 'status504', by: (watch) => watch.event('ERROR', { code: 504 }) },
    ];
    for (const tc of ends) {
      it(`resumes from the last version: ${tc.name}`, async () => {
        const watch = await bench.listed(9, rawPod('a', 3));
        watch.event('MODIFIED', rawPod('a', 12));
        await until(() => bench.changes.length === 2);
        tc.by(watch);
        await until(() => bench.endsBy(tc.cause) === 1);
        await watch.closed;
        bench.clock.advance(800);
        const { query } = await bench.server.next();
        expect(query.get('resourceVersion')).to.equal('12');
        expect(query.has('sendInitialEvents')).to.equal(false);
        expect(bench.seen()).to.have.length(2);
      });
    }

    it('resumes from a bookmark', async () => {
      const watch = await bench.listed(9);
      watch.event('BOOKMARK', bookmark(500));
      watch.end();
      await bench.resumesFrom('500');
    });

    for (const tc of [
      { name: 'by status', by: (watch: FaultExchange) => watch.answer(410, GONE) },
      { name: 'by an ERROR event', by: (watch: FaultExchange) => watch.event('ERROR', GONE) },
    ]) {
      it(`lists again after 410 ${tc.name}, and what is missing then is gone`, async () => {
        const first = await bench.listed(9, rawPod('a', 3), rawPod('b', 4));
        first.end();
        tc.by(await bench.resumesFrom('9'));
        await until(() => bench.endsBy('status410') === 1);
        bench.clock.advance(2000);
        const second = await bench.server.next();
        expect(second.query.get('sendInitialEvents')).to.equal('true');
        second.event('ADDED', rawPod('b', 4));
        second.event('BOOKMARK', bookmark(20, true));
        await until(() => bench.changes.length === 2);
        expect(bench.seen()).to.deep.equal(['replace a@3 b@4', 'replace b@4']);
        expect(bench.metrics.value('sluice_reflector_lists_total', { resource: 'pods', cause: 'status410' })).to.equal(
          1,
        );
      });
    }

    it('leaves a silent peer after the inactivity limit and resumes without a list', async () => {
      const watch = await bench.listed(9);
      bench.clock.advance(149_000);
      expect(bench.endsBy('idle')).to.equal(0);
      bench.clock.advance(1000);
      await watch.closed;
      await bench.resumesFrom('9');
    });

    it('counts the inactivity from the last byte', async () => {
      const watch = await bench.listed(9);
      bench.clock.advance(100_000);
      watch.event('MODIFIED', rawPod('a', 10));
      await until(() => bench.changes.length === 2);
      bench.clock.advance(100_000);
      expect(bench.endsBy('idle')).to.equal(0);
      bench.clock.advance(50_000);
      await watch.closed;
    });

    it('waits twice as long each time while clean closes bring nothing', async () => {
      (await bench.listed(9)).end();
      const waits: number[] = [];
      for (let round = 0; round < 8; round += 1) {
        await until(() => bench.endsBy('closed') === round + 1);
        waits.push(bench.clock.delays.at(-1) ?? 0);
        bench.clock.advance(waits.at(-1) ?? 0);
        (await bench.server.next()).end();
      }
      expect(waits).to.deep.equal([20, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    });

    it('resumes after a moment when the watch brought events, and starts again from the shortest wait', async () => {
      (await bench.listed(9)).end();
      await until(() => bench.endsBy('closed') === 1);
      bench.clock.advance(20);
      (await bench.server.next()).end();
      await until(() => bench.endsBy('closed') === 2);
      bench.clock.advance(800);
      const third = await bench.server.next();
      third.event('ADDED', rawPod('b', 10));
      third.end();
      await until(() => bench.endsBy('closed') === 3);
      expect(bench.clock.delays.at(-1)).to.equal(20);
      bench.clock.advance(20);
      (await bench.server.next()).end();
      await until(() => bench.endsBy('closed') === 4);
      expect(bench.clock.delays.at(-1)).to.equal(800);
    });

    it('resumes at once when the server ends a watch that stood long', async () => {
      const watch = await bench.listed(9);
      bench.clock.advance(140_000);
      watch.end();
      expect((await bench.server.next()).query.get('resourceVersion')).to.equal('9');
    });
  });

  describe('a refusal', () => {
    for (const tc of [
      { status: 429, header: '7', wantMs: 7000 },
      { status: 503, header: '40', wantMs: 40_000 },
      { status: 503, header: '4000', wantMs: 300_000 },
      { status: 429, header: 'Fri, 31 Dec 1999 23:59:59 GMT', wantMs: 800 },
      { status: 500, header: '', wantMs: 800 },
    ]) {
      it(`of ${tc.status} with Retry-After "${tc.header}" is obeyed for ${tc.wantMs} ms`, async () => {
        bench.reflector.start();
        (await bench.server.next()).answer(tc.status, {}, tc.header === '' ? {} : { 'retry-after': tc.header });
        await until(() => bench.endsBy(`status${tc.status}`) === 1);
        expect(bench.clock.delays.at(-1)).to.equal(tc.wantMs);
        bench.clock.advance(tc.wantMs - 1);
        await settle();
        expect(bench.server.untaken).to.equal(0);
        bench.clock.advance(1);
        await bench.server.next();
      });
    }

    it('of 401 reads the credentials again and is tried again once at once', async () => {
      bench.reflector.start();
      (await bench.server.next()).answer(401);
      (await bench.server.next()).answer(401);
      await until(() => bench.endsBy('status401') === 2);
      await settle();
      expect([bench.refreshes(), bench.server.untaken, bench.clock.delays.at(-1)]).to.deep.equal([2, 0, 800]);
    });

    it('of 403 makes it not ready until reading is allowed again', async () => {
      (await bench.listed(9)).end();
      (await bench.resumesFrom('9')).answer(403, { message: 'no' });
      await until(() => bench.endsBy('status403') === 1);
      expect(bench.reflector.synced).to.equal(false);
      bench.clock.advance(2000);
      (await bench.server.next()).event('BOOKMARK', bookmark(11));
      await until(() => bench.reflector.synced);
    });

    it('at 100 % causes at most one request in four seconds', async () => {
      bench.reflector.start();
      let requests = 0;
      const startMs = bench.clock.monotonicMs();
      while (bench.clock.monotonicMs() - startMs < 600_000) {
        (await bench.server.next()).answer(429, {}, { 'retry-after': '1' });
        requests += 1;
        await until(() => bench.endsBy('status429') === requests);
        bench.clock.advance(bench.clock.delays.at(-1) ?? 0);
      }
      expect(requests / 600).to.be.lessThan(0.25);
    });
  });

  async function expectPages(): Promise<void> {
    const first = await bench.server.next();
    expect(Object.fromEntries(first.query)).to.deep.equal({ limit: '10000' });
    first.answer(200, { metadata: { resourceVersion: '9', continue: 'rest' }, items: [rawPod('a', 3)] });
    const second = await bench.server.next();
    expect(Object.fromEntries(second.query)).to.deep.equal({ limit: '10000', continue: 'rest' });
    second.answer(200, { metadata: { resourceVersion: '9' }, items: [rawPod('b', 4)] });
    const watch = await bench.server.next();
    expect([watch.query.get('resourceVersion'), watch.query.get('allowWatchBookmarks')]).to.deep.equal(['9', 'true']);
    await until(() => bench.reflector.synced);
    expect(bench.seen()).to.deep.equal(['replace a@3 b@4']);
  }
});

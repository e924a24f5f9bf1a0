import { expect } from 'chai';
import type { FaultExchange } from '../../../test/support/fault-server.ts';
import { bookmark, describeChange, openReflectorBench, rawPod } from '../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../support/reflector-bench.ts';
import { settle, until } from '../../support/until.ts';

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
      expect(seen()).to.deep.equal(['replace a@3 b@4']);
    });

    it('is followed by the events of the same stream', async () => {
      const watch = await listed(9, rawPod('a', 3));
      watch.event('MODIFIED', rawPod('a', 10));
      watch.event('ADDED', rawPod('b', 11));
      watch.event('DELETED', rawPod('a', 12));
      await until(() => bench.changes.length === 4);
      expect(seen()).to.deep.equal(['replace a@3', 'upsert a@10', 'upsert b@11', 'delete a@12']);
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
      await until(() => endsBy('idle') === 1);
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
      { name: 'a line that is cut off', cause: 'closed', by: (watch) => (watch.raw('{"type":"ADDED","obj'), watch.end()) },
      { name: 'a line that is no JSON', cause: 'corrupt', by: (watch) => watch.raw('{"type":"ADDED",}\n') },
      { name: 'a line that is no event', cause: 'corrupt', by: (watch) => watch.raw('{"type":"RENAMED","object":{}}\n') },
      { name: 'an object without a version', cause: 'corrupt', by: (watch) => watch.event('ADDED', { metadata: { name: 'x' } }) },
      { name: 'an ERROR event of 500', cause: 'status500', by: (watch) => watch.event('ERROR', { code: 500, message: 'etcd' }) },
      { name: 'an ERROR event of 504', cause: 'status504', by: (watch) => watch.event('ERROR', { code: 504 }) },
    ];
    for (const tc of ends) {
      it(`resumes from the last version: ${tc.name}`, async () => {
        const watch = await listed(9, rawPod('a', 3));
        watch.event('MODIFIED', rawPod('a', 12));
        await until(() => bench.changes.length === 2);
        tc.by(watch);
        await until(() => endsBy(tc.cause) === 1);
        await watch.closed;
        bench.clock.advance(800);
        const { query } = await bench.server.next();
        expect(query.get('resourceVersion')).to.equal('12');
        expect(query.has('sendInitialEvents')).to.equal(false);
        expect(seen()).to.have.length(2);
      });
    }

    it('resumes from a bookmark', async () => {
      const watch = await listed(9);
      watch.event('BOOKMARK', bookmark(500));
      watch.end();
      await resumesFrom('500');
    });

    for (const tc of [
      { name: 'by status', by: (watch: FaultExchange) => watch.answer(410, GONE) },
      { name: 'by an ERROR event', by: (watch: FaultExchange) => watch.event('ERROR', GONE) },
    ]) {
      it(`lists again after 410 ${tc.name}, and what is missing then is gone`, async () => {
        const first = await listed(9, rawPod('a', 3), rawPod('b', 4));
        first.end();
        tc.by(await resumesFrom('9'));
        await until(() => endsBy('status410') === 1);
        bench.clock.advance(2000);
        const second = await bench.server.next();
        expect(second.query.get('sendInitialEvents')).to.equal('true');
        second.event('ADDED', rawPod('b', 4));
        second.event('BOOKMARK', bookmark(20, true));
        await until(() => bench.changes.length === 2);
        expect(seen()).to.deep.equal(['replace a@3 b@4', 'replace b@4']);
        expect(bench.metrics.value('sluice_reflector_lists_total', { resource: 'pods', cause: 'status410' })).to.equal(1);
      });
    }

    it('leaves a silent peer after the inactivity limit and resumes without a list', async () => {
      const watch = await listed(9);
      bench.clock.advance(149_000);
      expect(endsBy('idle')).to.equal(0);
      bench.clock.advance(1000);
      await watch.closed;
      await resumesFrom('9');
    });

    it('counts the inactivity from the last byte', async () => {
      const watch = await listed(9);
      bench.clock.advance(100_000);
      watch.event('MODIFIED', rawPod('a', 10));
      await until(() => bench.changes.length === 2);
      bench.clock.advance(100_000);
      expect(endsBy('idle')).to.equal(0);
      bench.clock.advance(50_000);
      await watch.closed;
    });

    it('waits twice as long each time while clean closes bring nothing', async () => {
      (await listed(9)).end();
      const waits: number[] = [];
      for (let round = 0; round < 8; round += 1) {
        await until(() => endsBy('closed') === round + 1);
        waits.push(bench.clock.delays.at(-1) ?? 0);
        bench.clock.advance(waits.at(-1) ?? 0);
        (await bench.server.next()).end();
      }
      expect(waits).to.deep.equal([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    });

    it('goes back to the shortest wait after a watch that brought events', async () => {
      (await listed(9)).end();
      await until(() => endsBy('closed') === 1);
      bench.clock.advance(800);
      (await bench.server.next()).end();
      await until(() => endsBy('closed') === 2);
      bench.clock.advance(1600);
      const third = await bench.server.next();
      third.event('ADDED', rawPod('b', 10));
      third.end();
      await until(() => endsBy('closed') === 3);
      expect(bench.clock.delays.at(-1)).to.equal(800);
    });

    it('resumes at once when the server ends a watch that stood long', async () => {
      const watch = await listed(9);
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
        await until(() => endsBy(`status${tc.status}`) === 1);
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
      await until(() => endsBy('status401') === 2);
      await settle();
      expect([bench.refreshes(), bench.server.untaken, bench.clock.delays.at(-1)]).to.deep.equal([2, 0, 800]);
    });

    it('of 403 makes it not ready until reading is allowed again', async () => {
      (await listed(9)).end();
      (await resumesFrom('9')).answer(403, { message: 'no' });
      await until(() => endsBy('status403') === 1);
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
        await until(() => endsBy('status429') === requests);
        bench.clock.advance(bench.clock.delays.at(-1) ?? 0);
      }
      expect(requests / 600).to.be.lessThan(0.25);
    });
  });

  describe('reading the stream', () => {
    it('puts a character together that a chunk border cuts in two', async () => {
      const watch = await listed(9);
      const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: rawPod('ä-\u{1F680}', 10) })}\n`);
      for (const byte of line) {
        watch.raw(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => bench.changes.length === 2);
      expect(seen().at(-1)).to.equal('upsert ä-\u{1F680}@10');
    });

    it('breaks off at a line that is longer than the limit', async () => {
      await bench.close();
      bench = await openReflectorBench({ timings: { maxLineBytes: 1000 } });
      const watch = await listed(9);
      watch.raw('x'.repeat(1001));
      await watch.closed;
      expect(endsBy('tooLong')).to.equal(1);
      expect(bench.metrics.value('sluice_reflector_decode_errors_total', { resource: 'pods' })).to.equal(1);
    });

    it('drops events that are older than what it holds, and does not resume from them', async () => {
      const watch = await listed(99, rawPod('a', 50));
      watch.event('MODIFIED', rawPod('a', 100));
      watch.event('MODIFIED', rawPod('a', 50));
      watch.event('MODIFIED', rawPod('a', 20));
      watch.event('MODIFIED', rawPod('a', 100));
      watch.event('DELETED', rawPod('a', 60));
      watch.end();
      const { query } = await afterBackoff();
      expect(query.get('resourceVersion')).to.equal('100');
      expect(seen()).to.deep.equal(['replace a@50', 'upsert a@100']);
      expect(bench.metrics.value('sluice_reflector_stale_drops_total', { resource: 'pods', kind: 'older' })).to.equal(3);
      expect(bench.metrics.value('sluice_reflector_stale_drops_total', { resource: 'pods', kind: 'same' })).to.equal(1);
    });

    it('does not bring a deleted object back by a late event', async () => {
      const watch = await listed(9, rawPod('a', 3));
      watch.event('DELETED', rawPod('a', 12));
      watch.event('MODIFIED', rawPod('a', 11));
      watch.event('ADDED', rawPod('a', 13));
      await until(() => bench.changes.length === 3);
      expect(seen()).to.deep.equal(['replace a@3', 'delete a@12', 'upsert a@13']);
    });

    it('takes an object that cannot be read for absent, and counts it', async () => {
      const watch = await listed(9, rawPod('a', 3), rawPod('b', 4, { broken: 'yes' }));
      watch.event('MODIFIED', rawPod('a', 10, { broken: 'yes' }));
      watch.event('DELETED', rawPod('b', 11));
      watch.event('MODIFIED', rawPod('a', 12));
      await until(() => bench.changes.length === 3);
      expect(seen()).to.deep.equal(['replace a@3', 'delete a@3', 'upsert a@12']);
      expect(bench.metrics.value('sluice_reflector_malformed_objects_total', { resource: 'pods' })).to.equal(2);
    });

    it('survives a projection that throws', async () => {
      await bench.close();
      bench = await openReflectorBench({ project: () => { throw new TypeError('null list'); } });
      await listed(9, rawPod('a', 3));
      expect([seen(), bench.fatal]).to.deep.equal([['replace'], []]);
    });

    it('takes a list that is older than the view for the truth, as after a restored backup', async () => {
      const first = await listed(900, rawPod('a', 850));
      first.event('ERROR', GONE);
      await until(() => endsBy('status410') === 1);
      bench.clock.advance(800);
      const second = await bench.server.next();
      second.event('ADDED', rawPod('a', 40));
      second.event('BOOKMARK', bookmark(50, true));
      await until(() => bench.changes.length === 2);
      expect(seen().at(-1)).to.equal('replace a@40');
      second.end();
      expect((await afterBackoff()).query.get('resourceVersion')).to.equal('50');
    });
  });

  describe('answers of own writes', () => {
    it('enter when they are newer, and the event that follows is dropped', async () => {
      const watch = await listed(9, rawPod('a', 3));
      bench.reflector.observe(rawPod('a', 12));
      watch.event('MODIFIED', rawPod('a', 12));
      watch.event('MODIFIED', rawPod('a', 13));
      await until(() => bench.changes.length === 3);
      expect(seen()).to.deep.equal(['replace a@3', 'upsert a@12', 'upsert a@13']);
    });

    it('do not move the resume point', async () => {
      const watch = await listed(9, rawPod('a', 3));
      bench.reflector.observe(rawPod('a', 12));
      watch.end();
      expect((await afterBackoff()).query.get('resourceVersion')).to.equal('9');
    });

    it('do not bring back what was deleted meanwhile', async () => {
      const watch = await listed(9);
      watch.event('BOOKMARK', bookmark(40));
      await until(() => events('BOOKMARK') === 2);
      bench.reflector.observe(rawPod('a', 30));
      bench.reflector.observe(rawPod('b', 41));
      await until(() => bench.changes.length === 2);
      expect(seen()).to.deep.equal(['replace', 'upsert b@41']);
    });

    it('that come during a list count only if they are newer than the list', async () => {
      const first = await listed(9, rawPod('a', 3));
      first.event('ERROR', GONE);
      await until(() => endsBy('status410') === 1);
      bench.clock.advance(800);
      const second = await bench.server.next();
      second.event('ADDED', rawPod('a', 3));
      await until(() => events('ADDED') === 2);
      bench.reflector.observe(rawPod('gone', 15));
      bench.reflector.observe(rawPod('new', 25));
      second.event('BOOKMARK', bookmark(20, true));
      await until(() => bench.changes.length === 3);
      expect(seen()).to.deep.equal(['replace a@3', 'replace a@3', 'upsert new@25']);
    });

    it('before the first list are left to the list', async () => {
      bench.reflector.observe(rawPod('a', 3));
      bench.reflector.start();
      bench.reflector.observe(rawPod('a', 3));
      await settle();
      expect(bench.changes).to.deep.equal([]);
    });
  });

  describe('start and stop', () => {
    it('twice started it lists once', async () => {
      bench.reflector.start();
      bench.reflector.start();
      await bench.server.next();
      await settle();
      expect(bench.server.untaken).to.equal(0);
    });

    it('stopped at once it opens no connection', async () => {
      bench.reflector.start();
      await bench.reflector.stop();
      await settle();
      expect(bench.server.connections).to.equal(0);
    });

    it('stopped during the list it opens no watch and hands nothing over', async () => {
      bench.reflector.start();
      const watch = await bench.server.next();
      watch.event('ADDED', rawPod('a', 1));
      await settle();
      await bench.reflector.stop();
      await watch.closed;
      bench.clock.advance(600_000);
      await settle();
      expect([bench.server.untaken, bench.changes, bench.clock.pending]).to.deep.equal([0, [], 0]);
    });

    it('stopped during a page it asks for no further page', async () => {
      bench.reflector.start();
      (await bench.server.next()).answer(422);
      const page = await bench.server.next();
      const stopped = bench.reflector.stop();
      page.answer(200, { metadata: { resourceVersion: '9', continue: 'more' }, items: [rawPod('a', 1)] });
      await stopped;
      await settle();
      expect([bench.server.untaken, bench.changes]).to.deep.equal([0, []]);
    });

    it('stopped while it waits it opens no watch', async () => {
      (await listed(9)).end();
      await until(() => endsBy('closed') === 1);
      await bench.reflector.stop();
      bench.clock.advance(600_000);
      await settle();
      expect([bench.server.untaken, bench.clock.pending]).to.deep.equal([0, 0]);
    });

    it('stopped and started it lists anew, and nothing of the first life arrives', async () => {
      const first = await listed(9, rawPod('a', 3));
      first.event('ADDED', rawPod('lost', 10));
      const stopped = bench.reflector.stop();
      bench.reflector.start();
      expect(bench.reflector.synced).to.equal(false);
      await stopped;
      const second = await bench.server.next();
      expect(second.query.get('sendInitialEvents')).to.equal('true');
      second.event('ADDED', rawPod('b', 5));
      second.event('BOOKMARK', bookmark(20, true));
      await until(() => bench.reflector.synced);
      expect(seen()).to.deep.equal(['replace a@3', 'replace b@5']);
    });

    it('a handler that throws is told once and ends it', async () => {
      await bench.close();
      bench = await openReflectorBench({ handler: () => { throw new Error('broken cache'); } });
      bench.reflector.start();
      const watch = await bench.server.next();
      watch.event('ADDED', rawPod('a', 3));
      watch.event('BOOKMARK', bookmark(9, true));
      await watch.closed;
      bench.clock.advance(600_000);
      await settle();
      expect(bench.fatal.map(({ message }) => message)).to.deep.equal(['broken cache']);
      expect([bench.reflector.synced, bench.server.untaken]).to.deep.equal([false, 0]);
    });
  });

  describe('the self-check', () => {
    it('finds a view that is right to be right', async () => {
      await listed(9, rawPod('a', 3));
      bench.clock.advance(120_000);
      await keepAlive(10);
      await selfCheckPage(10, rawPod('a', 3));
      await until(() => selfChecks('equal') === 1);
    });

    it('lists again when the view is wrong', async () => {
      const watch = await listed(9, rawPod('a', 3));
      await keepAlive(10);
      await selfCheckPage(10, rawPod('a', 3), rawPod('missed', 8));
      await until(() => selfChecks('mismatch') === 1);
      await watch.closed;
      bench.clock.advance(2000);
      expect((await bench.server.next()).query.get('sendInitialEvents')).to.equal('true');
      expect(bench.metrics.value('sluice_reflector_mismatches_total', { resource: 'pods' })).to.equal(1);
    });

    it('leaves a difference alone until the watch has passed the version of the list', async () => {
      const watch = await listed(9, rawPod('a', 3));
      await keepAlive(10);
      await selfCheckPage(30, rawPod('a', 3), rawPod('late', 28));
      await settle();
      const before = events('BOOKMARK');
      watch.event('ADDED', rawPod('late', 28));
      watch.event('BOOKMARK', bookmark(30));
      await until(() => events('BOOKMARK') > before);
      bench.clock.advance(5000);
      await until(() => selfChecks('equal') === 1);
    });
  });

  let currentWatch: FaultExchange;

  function seen(): readonly string[] {
    return bench.changes.map(describeChange);
  }

  function endsBy(cause: string): number {
    return bench.metrics.value('sluice_reflector_ends_total', { resource: 'pods', cause });
  }

  function events(type: string): number {
    return bench.metrics.value('sluice_reflector_events_total', { resource: 'pods', type });
  }

  function selfChecks(result: string): number {
    return bench.metrics.value('sluice_reflector_self_checks_total', { resource: 'pods', result });
  }

  /** Starts, and plays the first list to its end. */
  async function listed(version: number, ...objects: readonly unknown[]): Promise<FaultExchange> {
    bench.reflector.start();
    const watch = await bench.server.next();
    for (const object of objects) watch.event('ADDED', object);
    watch.event('BOOKMARK', bookmark(version, true));
    await until(() => bench.reflector.synced);
    currentWatch = watch;
    return watch;
  }

  async function afterBackoff(): Promise<FaultExchange> {
    await settle();
    bench.clock.advance(2000);
    return bench.server.next();
  }

  async function resumesFrom(version: string): Promise<FaultExchange> {
    const watch = await afterBackoff();
    expect(watch.query.get('resourceVersion')).to.equal(version);
    return watch;
  }

  async function expectPages(): Promise<void> {
    const first = await bench.server.next();
    expect(Object.fromEntries(first.query)).to.deep.equal({ limit: '500' });
    first.answer(200, { metadata: { resourceVersion: '9', continue: 'rest' }, items: [rawPod('a', 3)] });
    const second = await bench.server.next();
    expect(Object.fromEntries(second.query)).to.deep.equal({ limit: '500', continue: 'rest' });
    second.answer(200, { metadata: { resourceVersion: '9' }, items: [rawPod('b', 4)] });
    const watch = await bench.server.next();
    expect([watch.query.get('resourceVersion'), watch.query.get('allowWatchBookmarks')]).to.deep.equal(['9', 'true']);
    await until(() => bench.reflector.synced);
    expect(seen()).to.deep.equal(['replace a@3 b@4']);
  }

  /** Lets ten minutes pass in which bookmarks come. */
  async function keepAlive(version: number): Promise<void> {
    for (let step = 1; bench.server.untaken === 0; step += 1) {
      const before = events('BOOKMARK');
      currentWatch.event('BOOKMARK', bookmark(version));
      await until(() => events('BOOKMARK') > before);
      bench.clock.advance(60_000);
      await settle();
    }
  }

  async function selfCheckPage(version: number, ...items: readonly unknown[]): Promise<void> {
    const page = await bench.server.next();
    expect(page.query.get('limit')).to.equal('500');
    page.answer(200, { metadata: { resourceVersion: String(version) }, items });
  }
});

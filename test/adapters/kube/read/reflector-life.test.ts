import { expect } from 'chai';
import type { FaultExchange } from '../../../support/fault-server.ts';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../../support/reflector-bench.ts';
import { settle, until } from '../../../support/until.ts';

describe('life of a reflector', () => {
  let bench: ReflectorBench;

  beforeEach(async () => {
    bench = await openReflectorBench();
  });
  afterEach(() => bench.close());

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
      (await bench.listed(9)).end();
      await until(() => bench.endsBy('closed') === 1);
      await bench.reflector.stop();
      bench.clock.advance(600_000);
      await settle();
      expect([bench.server.untaken, bench.clock.pending]).to.deep.equal([0, 0]);
    });

    it('stopped and started it lists anew, and nothing of the first life arrives', async () => {
      const first = await bench.listed(9, rawPod('a', 3));
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
      expect(bench.seen()).to.deep.equal(['replace a@3', 'replace b@5']);
    });

    it('a handler that throws is told once and ends it', async () => {
      await bench.close();
      bench = await openReflectorBench({
        handler: () => {
          throw new Error('broken cache');
        },
      });
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

  it('of a kind that an older server does not serve it has no objects and holds nobody up, until it is served', async () => {
    await bench.close();
    bench = await openReflectorBench({ isOptional: true });
    bench.reflector.start();
    (await bench.server.next()).answer(404, { message: 'not found' });
    await until(() => bench.reflector.synced);
    expect([bench.reflector.problem(), bench.changes]).to.deep.equal([undefined, [{ kind: 'replace', records: [] }]]);
    await bench.reflector.catchUp();
    bench.clock.advance(60_000);
    const watch = await bench.server.next();
    watch.event('ADDED', rawPod('a', 3));
    watch.event('BOOKMARK', bookmark(9, true));
    await until(() => bench.seen().includes('replace a@3'));
  });

  describe('the self-check', () => {
    it('finds a view that is right to be right', async () => {
      const watch = await bench.listed(9, rawPod('a', 3));
      bench.clock.advance(120_000);
      await keepAlive(watch, 10);
      await selfCheckPage(10, rawPod('a', 3));
      await until(() => selfChecks('equal') === 1);
    });

    it('lists again when the view is wrong', async () => {
      const watch = await bench.listed(9, rawPod('a', 3));
      await keepAlive(watch, 10);
      await selfCheckPage(10, rawPod('a', 3), rawPod('missed', 8));
      await until(() => selfChecks('mismatch') === 1);
      await watch.closed;
      bench.clock.advance(2000);
      expect((await bench.server.next()).query.get('sendInitialEvents')).to.equal('true');
      expect(bench.metrics.value('sluice_reflector_mismatches_total', { resource: 'pods' })).to.equal(1);
    });

    it('leaves a difference alone until the watch has passed the version of the list', async () => {
      const watch = await bench.listed(9, rawPod('a', 3));
      await keepAlive(watch, 10);
      await selfCheckPage(30, rawPod('a', 3), rawPod('late', 28));
      await settle();
      const before = bench.events('BOOKMARK');
      watch.event('ADDED', rawPod('late', 28));
      watch.event('BOOKMARK', bookmark(30));
      await until(() => bench.events('BOOKMARK') > before);
      bench.clock.advance(5000);
      await until(() => selfChecks('equal') === 1);
    });
  });

  function selfChecks(result: string): number {
    return bench.metrics.value('sluice_reflector_self_checks_total', { resource: 'pods', result });
  }

  /** Lets ten minutes pass in which bookmarks come. */
  async function keepAlive(watch: FaultExchange, version: number): Promise<void> {
    while (bench.server.untaken === 0) {
      const before = bench.events('BOOKMARK');
      watch.event('BOOKMARK', bookmark(version));
      await until(() => bench.events('BOOKMARK') > before);
      bench.clock.advance(60_000);
      await settle();
    }
  }

  async function selfCheckPage(version: number, ...items: readonly unknown[]): Promise<void> {
    const page = await bench.server.next();
    expect(page.query.get('limit')).to.equal('10000');
    page.answer(200, { metadata: { resourceVersion: String(version) }, items });
  }
});

import { expect } from 'chai';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../../support/reflector-bench.ts';
import { settle, until } from '../../../support/until.ts';

const MANY = Array.from({ length: 1001 }, (_, i) => rawPod(`p${i}`, 1));

describe('a reflector that catches up', () => {
  let bench: ReflectorBench;
  let isDone: boolean;

  beforeEach(async () => {
    bench = await openReflectorBench();
    isDone = false;
  });
  afterEach(() => bench.close());

  it('asks for the newest version of all, and is done when its watch has handed that over', async () => {
    const watch = await bench.listed(9, rawPod('a', 3));
    catchUp();
    const list = await bench.server.next();
    expect(Object.fromEntries(list.query)).to.deep.equal({ limit: '1' });
    expect(list.headers.accept).to.match(/PartialObjectMetadataList/);
    list.answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    watch.event('MODIFIED', rawPod('a', 11));
    await until(() => bench.changes.length === 2);
    await tick(20);
    expect(isDone).to.equal(false);
    watch.event('MODIFIED', rawPod('a', 12));
    await until(() => bench.changes.length === 3);
    await tick(20);
    expect(isDone).to.equal(true);
  });

  it('asks until it is answered', async () => {
    await bench.listed(20, rawPod('a', 3));
    catchUp();
    (await bench.server.next()).answer(429, {});
    await settle();
    bench.clock.advance(500);
    (await bench.server.next()).answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    await until(() => isDone);
  });

  it('lists anew what is small, where no event and no bookmark comes', async () => {
    await bench.listed(9, rawPod('a', 3));
    catchUp();
    (await bench.server.next()).answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    await tick(80);
    const list = await bench.server.next();
    expect(list.query.get('sendInitialEvents')).to.equal('true');
    list.event('ADDED', rawPod('a', 3));
    await tick(20);
    expect(isDone).to.equal(false);
    list.event('BOOKMARK', bookmark(12, true));
    await until(() => bench.changes.length === 2);
    await tick(20);
    expect([isDone, bench.seen().at(-1)]).to.deep.equal([true, 'replace a@3']);
  });

  it('watches what is large from where it was, for so short a time that a bookmark comes at once', async () => {
    await bench.listed(9, ...MANY);
    catchUp();
    (await bench.server.next()).answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    await tick(80);
    const watch = await bench.server.next();
    expect([watch.query.get('resourceVersion'), watch.query.get('timeoutSeconds')]).to.deep.equal(['9', '3']);
    watch.event('BOOKMARK', bookmark(12));
    await until(() => bench.events('BOOKMARK') === 2);
    await tick(20);
    expect(isDone).to.equal(true);
    watch.end();
    await until(() => bench.endsBy('closed') === 1);
    bench.clock.advance(20);
    expect((await bench.server.next()).query.get('timeoutSeconds')).to.equal('300');
  });

  it('leaves such a watch alone until it ends, and lists anew at once when no bookmark came', async () => {
    await bench.listed(9, ...MANY);
    catchUp();
    (await bench.server.next()).answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    await tick(80);
    const watch = await bench.server.next();
    watch.open();
    await tick(6000);
    expect([bench.endsBy('renewed'), bench.server.untaken]).to.deep.equal([1, 0]);
    watch.end();
    const list = await bench.server.next();
    expect(list.query.get('sendInitialEvents')).to.equal('true');
    for (const pod of MANY) list.event('ADDED', pod);
    list.event('BOOKMARK', bookmark(12, true));
    await until(() => bench.changes.length === 2);
    await tick(20);
    expect(isDone).to.equal(true);
  });

  it('is not done while an API server that lags behind answers', async () => {
    await bench.listed(9, ...MANY);
    catchUp();
    (await bench.server.next()).answer(200, { metadata: { resourceVersion: '12' }, items: [] });
    await tick(80);
    const watch = await bench.server.next();
    watch.event('BOOKMARK', bookmark(11));
    await until(() => bench.events('BOOKMARK') === 2);
    await tick(200);
    expect(isDone).to.equal(false);
  });

  it('ends with the reflector', async () => {
    await bench.listed(9, rawPod('a', 3));
    catchUp();
    await bench.server.next();
    await bench.reflector.stop();
    await bench.http.close();
    await until(() => isDone);
  });

  function catchUp(): void {
    void bench.reflector.catchUp().then(() => (isDone = true));
  }

  async function tick(byMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < byMs; passedMs += 20) {
      await settle();
      bench.clock.advance(20);
    }
    await settle();
  }
});

describe('what a reflector says of itself', () => {
  let bench: ReflectorBench;

  beforeEach(async () => {
    bench = await openReflectorBench();
  });
  afterEach(() => bench.close());

  it('is a problem before the first list, and none afterwards, nor between two bookmarks', async () => {
    expect(bench.reflector.problem()).to.equal('is not listed yet');
    await bench.listed(9);
    expect(bench.reflector.problem()).to.equal(undefined);
    bench.clock.advance(120_000);
    expect(bench.reflector.problem()).to.equal(undefined);
  });

  for (const code of [403, 404]) {
    it(`is that it is refused with ${code}, until the watch stands again`, async () => {
      (await bench.listed(9)).end();
      (await bench.resumesFrom('9')).answer(code, { message: 'no' });
      await until(() => bench.endsBy(`status${code}`) === 1);
      expect(bench.reflector.problem()).to.equal('is refused: no');
      bench.clock.advance(2000);
      const watch = await bench.server.next();
      watch.open();
      if (code === 404) watch.event('BOOKMARK', bookmark(11, true));
      await until(() => bench.reflector.problem() === undefined);
    });
  }

  it('is that it is broken off, after half a minute of failed attempts, until the watch stands again', async () => {
    (await bench.listed(9)).end();
    let ends = 0;
    for (let passedMs = 0; passedMs < 31_000; passedMs = bench.clock.monotonicMs()) {
      (await bench.afterBackoff()).answer(500, {});
      ends += 1;
      await until(() => bench.endsBy('status500') === ends);
      bench.clock.advance(bench.clock.delays.at(-1) ?? 0);
    }
    expect(bench.reflector.problem()).to.equal('is broken off');
    (await bench.server.next()).open();
    await until(() => bench.reflector.problem() === undefined);
  });

  it('is that it is silent, where bookmarks fail to come', async () => {
    const timings = { idleLimitMs: 900_000 };
    await bench.close();
    bench = await openReflectorBench({ timings });
    await bench.listed(9);
    bench.clock.advance(181_000);
    expect(bench.reflector.problem()).to.equal('is silent');
  });
});

describe('a paged list', () => {
  it('asks again for the one page that failed, and is complete in spite of many failures', async () => {
    const bench = await openReflectorBench();
    bench.reflector.start();
    (await bench.server.next()).answer(422);
    const pages = 30;
    for (let page = 0; page < pages; page += 1) {
      const isLast = page === pages - 1;
      for (const status of page % 3 === 1 ? [429, 500] : []) {
        (await bench.server.next()).answer(status, {}, { 'retry-after': '1' });
        await settle();
        bench.clock.advance(2000);
      }
      const request = await bench.server.next();
      expect(request.query.get('continue') ?? '0').to.equal(String(page));
      const metadata = isLast ? { resourceVersion: '9' } : { resourceVersion: '9', continue: String(page + 1) };
      request.answer(200, { metadata, items: [rawPod(`p${page}`, 3)] });
    }
    await until(() => bench.reflector.synced);
    expect(bench.changes.map((change) => (change.kind === 'replace' ? change.records.length : 0))).to.deep.equal([
      pages,
    ]);
    await bench.close();
  });
});

describe('the self-check of a reflector', () => {
  it('reads names and versions alone, and only where it is asked to', async () => {
    let isWanted = false;
    const bench = await openReflectorBench({ mayCheckItself: () => isWanted, timings: { idleLimitMs: 9_000_000 } });
    await bench.listed(9, rawPod('a', 3));
    bench.clock.advance(600_000);
    await settle();
    expect(bench.server.untaken).to.equal(0);
    isWanted = true;
    bench.clock.advance(600_000);
    const list = await bench.server.next();
    expect(list.headers.accept).to.match(/,application\/json;as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1,/);
    list.answer(200, { metadata: { resourceVersion: '9' }, items: [rawPod('a', 3)] });
    const equal = { resource: 'pods', result: 'equal' };
    await until(() => bench.metrics.value('sluice_reflector_self_checks_total', equal) === 1);
    await bench.close();
  });
});

import { expect } from 'chai';
import type { ReflectorOptions } from '../../../../src/adapters/kube/read/reflector-options.ts';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { Item, ReflectorBench } from '../../../support/reflector-bench.ts';
import { settle, until } from '../../../support/until.ts';

const GONE = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };

const versionOf = ({ version }: Item): string => version;
const views: readonly { readonly name: string; readonly options: Partial<ReflectorOptions<Item>> }[] = [
  { name: 'view of a reflector', options: {} },
  { name: 'view of a reflector whose records tell their versions', options: { versionOf } },
];

for (const { name, options } of views)
  describe(name, () => {
    let bench: ReflectorBench;

    beforeEach(async () => {
      bench = await openReflectorBench(options);
    });
    afterEach(() => bench.close());

    describe('reading the stream', () => {
      it('puts a character together that a chunk border cuts in two', async () => {
        const watch = await bench.listed(9);
        const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: rawPod('ä-\u{1F680}', 10) })}\n`);
        for (const byte of line) {
          watch.raw(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await until(() => bench.changes.length === 2);
        expect(bench.seen().at(-1)).to.equal('upsert ä-\u{1F680}@10');
      });

      it('breaks off at a line that is longer than the limit', async () => {
        await bench.close();
        bench = await openReflectorBench({ ...options, timings: { maxEventBytes: 1000 } });
        const watch = await bench.listed(9);
        watch.raw('x'.repeat(1001));
        await watch.closed;
        expect(bench.endsBy('tooLong')).to.equal(1);
        expect(bench.metrics.value('sluice_reflector_decode_errors_total', { resource: 'pods' })).to.equal(1);
      });

      it('drops events that are older than what it holds, and does not resume from them', async () => {
        const watch = await bench.listed(99, rawPod('a', 50));
        watch.event('MODIFIED', rawPod('a', 100));
        watch.event('MODIFIED', rawPod('a', 50));
        watch.event('MODIFIED', rawPod('a', 20));
        watch.event('MODIFIED', rawPod('a', 100));
        watch.event('DELETED', rawPod('a', 60));
        watch.end();
        const { query } = await bench.afterBackoff();
        expect(query.get('resourceVersion')).to.equal('100');
        expect(bench.seen()).to.deep.equal(['replace a@50', 'upsert a@100']);
        expect(bench.metrics.value('sluice_reflector_stale_drops_total', { resource: 'pods', kind: 'older' })).to.equal(
          3,
        );
        expect(bench.metrics.value('sluice_reflector_stale_drops_total', { resource: 'pods', kind: 'same' })).to.equal(
          1,
        );
      });

      it('does not bring a deleted object back by a late event', async () => {
        const watch = await bench.listed(9, rawPod('a', 3));
        watch.event('DELETED', rawPod('a', 12));
        watch.event('MODIFIED', rawPod('a', 11));
        watch.event('ADDED', rawPod('a', 13));
        await until(() => bench.changes.length === 3);
        expect(bench.seen()).to.deep.equal(['replace a@3', 'delete a@12', 'upsert a@13']);
      });

      it('takes an object that cannot be read for absent, and counts it', async () => {
        const watch = await bench.listed(9, rawPod('a', 3), rawPod('b', 4, { broken: 'yes' }));
        watch.event('MODIFIED', rawPod('a', 10, { broken: 'yes' }));
        watch.event('DELETED', rawPod('b', 11));
        watch.event('MODIFIED', rawPod('a', 12));
        await until(() => bench.changes.length === 3);
        expect(bench.seen()).to.deep.equal(['replace a@3', 'delete a@3', 'upsert a@12']);
        expect(bench.metrics.value('sluice_reflector_malformed_objects_total', { resource: 'pods' })).to.equal(2);
      });

      it('survives a projection that throws', async () => {
        await bench.close();
        bench = await openReflectorBench({
          project: () => {
            throw new TypeError('null list');
          },
        });
        await bench.listed(9, rawPod('a', 3));
        expect([bench.seen(), bench.fatal]).to.deep.equal([['replace'], []]);
      });

      it('takes a list that is older than the view for the truth, as after a restored backup', async () => {
        const first = await bench.listed(900, rawPod('a', 850));
        first.event('ERROR', GONE);
        await until(() => bench.endsBy('status410') === 1);
        bench.clock.advance(800);
        const second = await bench.server.next();
        second.event('ADDED', rawPod('a', 40));
        second.event('BOOKMARK', bookmark(50, true));
        await until(() => bench.changes.length === 2);
        expect(bench.seen().at(-1)).to.equal('replace a@40');
        second.end();
        expect((await bench.afterBackoff()).query.get('resourceVersion')).to.equal('50');
      });
    });

    describe('answers of own writes', () => {
      it('enter when they are newer, and the event that follows is dropped', async () => {
        const watch = await bench.listed(9, rawPod('a', 3));
        bench.reflector.observe(rawPod('a', 12));
        watch.event('MODIFIED', rawPod('a', 12));
        watch.event('MODIFIED', rawPod('a', 13));
        await until(() => bench.changes.length === 3);
        expect(bench.seen()).to.deep.equal(['replace a@3', 'upsert a@12', 'upsert a@13']);
      });

      it('do not move the resume point', async () => {
        const watch = await bench.listed(9, rawPod('a', 3));
        bench.reflector.observe(rawPod('a', 12));
        watch.end();
        expect((await bench.afterBackoff()).query.get('resourceVersion')).to.equal('9');
      });

      it('do not bring back what was deleted meanwhile', async () => {
        const watch = await bench.listed(9);
        watch.event('BOOKMARK', bookmark(40));
        await until(() => bench.events('BOOKMARK') === 2);
        bench.reflector.observe(rawPod('a', 30));
        bench.reflector.observe(rawPod('b', 41));
        await until(() => bench.changes.length === 2);
        expect(bench.seen()).to.deep.equal(['replace', 'upsert b@41']);
      });

      it('that come during a list count only if they are newer than the list', async () => {
        const first = await bench.listed(9, rawPod('a', 3));
        first.event('ERROR', GONE);
        await until(() => bench.endsBy('status410') === 1);
        bench.clock.advance(800);
        const second = await bench.server.next();
        second.event('ADDED', rawPod('a', 3));
        await until(() => bench.events('ADDED') === 2);
        bench.reflector.observe(rawPod('gone', 15));
        bench.reflector.observe(rawPod('new', 25));
        second.event('BOOKMARK', bookmark(20, true));
        await until(() => bench.changes.length === 3);
        expect(bench.seen()).to.deep.equal(['replace a@3', 'replace a@3', 'upsert new@25']);
      });

      it('before the first list are left to the list', async () => {
        bench.reflector.observe(rawPod('a', 3));
        bench.reflector.start();
        bench.reflector.observe(rawPod('a', 3));
        await settle();
        expect(bench.changes).to.deep.equal([]);
      });
    });
  });

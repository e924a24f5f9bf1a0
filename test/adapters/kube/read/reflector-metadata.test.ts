import { expect } from 'chai';
import { bookmark, openReflectorBench, rawPod } from '../../../support/reflector-bench.ts';
import type { ReflectorBench } from '../../../support/reflector-bench.ts';
import { until } from '../../../support/until.ts';

const WATCH = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

describe('a reflector of metadata alone', () => {
  let bench: ReflectorBench;

  beforeEach(async () => {
    bench = await openReflectorBench({ metadataOnly: true, label: 'pods.example' });
  });

  afterEach(() => bench.close());

  it('asks for the metadata of one object an event, and takes whole objects too', async () => {
    const watch = await bench.listed(9, rawPod('a', 3));
    expect(watch.headers.accept).to.equal(WATCH);
    watch.event('MODIFIED', { ...rawPod('a', 10), spec: { nodeName: 'n' } });
    await until(() => bench.changes.length === 2);
    expect(bench.seen()).to.deep.equal(['replace a@3', 'upsert a@10']);
  });

  it('asks for pages of metadata where the server knows no streaming list', async () => {
    bench.reflector.start();
    (await bench.server.next()).answer(422, { message: 'sendInitialEvents is forbidden' });
    const page = await bench.server.next();
    expect(page.headers.accept).to.equal(LIST);
    page.answer(200, { metadata: { resourceVersion: '9' }, items: [rawPod('a', 3)] });
    await until(() => bench.reflector.synced);
  });

  it('asks for whole objects when the server will not give less', async () => {
    bench.reflector.start();
    (await bench.server.next()).answer(406, { message: 'only JSON' });
    const again = await bench.server.next();
    expect(again.headers.accept).to.equal('application/json');
    again.event('BOOKMARK', bookmark(9, true));
    await until(() => bench.reflector.synced);
  });

  it('is measured under the name that it was given', async () => {
    await bench.listed(9, rawPod('a', 3));
    expect(bench.metrics.value('sluice_reflector_lists_total', { resource: 'pods.example', cause: 'start' })).to.equal(
      1,
    );
  });
});

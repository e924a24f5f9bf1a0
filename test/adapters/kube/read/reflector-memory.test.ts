import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { bookmark, openReflectorBench } from '../../../support/reflector-bench.ts';
import { until } from '../../../support/until.ts';

const PODS = 5000;
/** Key, version, record and two map slots; a raw pod of this test is 5 kB. */
const MAX_BYTES_A_POD = 1000;

describe('reflector memory', () => {
  it('keeps the projected records of 5,000 pods and nothing of the raw ones', async () => {
    const bench = await openReflectorBench({ handler: () => undefined });
    bench.reflector.start();
    const watch = await bench.server.next();
    watch.event('BOOKMARK', bookmark(1, true));
    await until(() => bench.reflector.synced);
    const before = heapAfterCollection();
    for (let index = 0; index < PODS; index += 1) watch.event('ADDED', bigPod(index));
    await until(() => bench.reflector.size === PODS);
    const bytesAPod = (): number => (heapAfterCollection() - before) / PODS;
    // The server of this process gives up what it sent a moment later.
    await until(() => bytesAPod() < MAX_BYTES_A_POD).catch(() => undefined);
    expect(bytesAPod()).to.be.lessThan(MAX_BYTES_A_POD);
    await bench.close();
  });
});

function bigPod(index: number): unknown {
  const containers = Array.from({ length: 4 }, (_, at) => ({
    name: `c${at}`,
    image: 'x'.repeat(1000),
    env: [{ name: 'A', value: String(index) }],
  }));
  const metadata = {
    namespace: 'ns',
    name: `pod-${index}`,
    resourceVersion: String(index + 2),
    managedFields: [{ manager: 'kubectl', fields: 'y'.repeat(800) }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } };
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

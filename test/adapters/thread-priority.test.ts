import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { ENGINE_NICENESS } from '../../src/adapters/thread-priority.ts';

const MODULE = new URL('../../src/adapters/thread-priority.ts', import.meta.url).href;
/** A thread that stands back, and tells how many do and what its own niceness is. */
const THREAD = `
  const { standBack } = await import(${JSON.stringify(MODULE)});
  const { readlinkSync } = await import('node:fs');
  const { getPriority } = await import('node:os');
  const { parentPort } = await import('node:worker_threads');
  const lowered = standBack(${ENGINE_NICENESS});
  parentPort.postMessage({ lowered, niceness: getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))) });
`;

describe('the rank of threads', () => {
  before(function () {
    if (!existsSync('/proc/thread-self')) this.skip();
  });

  it('is lowered for the thread that asks and its helpers, and for no other', async () => {
    const before = getPriority();
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`));
    const told = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(told).to.have.property('niceness', Math.max(before, ENGINE_NICENESS));
    expect(told).to.have.property('lowered').that.is.greaterThan(1);
    expect(getPriority()).to.equal(before);
  });
});

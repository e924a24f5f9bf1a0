import { expect } from 'chai';
import { ChangeQueue } from '../../../../src/adapters/kube/read/change-queue.ts';
import type { ChangeQueueOptions } from '../../../../src/adapters/kube/read/change-queue.ts';
import type { Change } from '../../../../src/engine/ports.ts';

describe('change queue', () => {
  it('never calls the handler inside push', async () => {
    const { queue, batches } = make();
    queue.push(upsert(1));
    expect(batches).to.deep.equal([]);
    await turn();
    expect(batches).to.deep.equal([[1]]);
  });

  it('hands over in order, in batches of the given size, one a macrotask', async () => {
    const { queue, batches } = make({ maxBatch: 2 });
    for (const value of [1, 2, 3, 4, 5]) queue.push(upsert(value));
    await turn();
    expect(batches).to.deep.equal([[1, 2]]);
    queue.push(upsert(6));
    await turn();
    await turn();
    expect(batches).to.deep.equal([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('asks for a pause when it is full and ends it when it is half empty', async () => {
    const told: string[] = [];
    const { queue } = make({
      maxBatch: 2,
      maxWaiting: 4,
      onFull: () => told.push('full'),
      onDrained: () => told.push('drained'),
    });
    for (const value of [1, 2, 3, 4, 5]) queue.push(upsert(value));
    expect(told).to.deep.equal(['full']);
    await turn();
    expect(told).to.deep.equal(['full']);
    await turn();
    expect(told).to.deep.equal(['full', 'drained']);
  });

  it('stops for good when the handler throws', async () => {
    const fatal: Error[] = [];
    let calls = 0;
    const handler = (): void => {
      calls += 1;
      throw new Error('broken');
    };
    const { queue } = make({ maxBatch: 1, handler, onFatal: (error) => fatal.push(error) });
    queue.push(upsert(1));
    queue.push(upsert(2));
    await turn();
    await turn();
    queue.push(upsert(3));
    await turn();
    expect([calls, fatal.map(({ message }) => message), queue.isEmpty]).to.deep.equal([1, ['broken'], true]);
  });

  it('hands over nothing once it is closed', async () => {
    const { queue, batches } = make();
    queue.push(upsert(1));
    queue.close();
    queue.push(upsert(2));
    await turn();
    expect(batches).to.deep.equal([]);
  });
});

function upsert(record: number): Change<number> {
  return { kind: 'upsert', record };
}

function make(overrides: Partial<ChangeQueueOptions<number>> = {}): {
  queue: ChangeQueue<number>;
  batches: number[][];
} {
  const batches: number[][] = [];
  const nothing = (): void => undefined;
  const queue = new ChangeQueue<number>({
    handler: (changes) => void batches.push(changes.map((change) => (change.kind === 'upsert' ? change.record : -1))),
    monotonicMs: () => 0,
    maxBatch: 100,
    maxWaiting: 100,
    onFull: nothing,
    onDrained: nothing,
    onBatch: nothing,
    onFatal: nothing,
    ...overrides,
  });
  return { queue, batches };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

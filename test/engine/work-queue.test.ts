import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_BACKOFF_MS, MIN_BACKOFF_MS, WorkQueue } from '../../src/engine/work-queue.ts';
import { fixedRandomness, ManualClock } from '../support/manual-clock.ts';

function makeQueue(clock = new ManualClock(), onReady: () => void = () => undefined): WorkQueue {
  return new WorkQueue(clock, fixedRandomness(), onReady);
}

function takeAll(queue: WorkQueue): string[] {
  const taken: string[] = [];
  for (let key = queue.take(); key !== undefined; key = queue.take()) taken.push(key);
  return taken;
}

describe('WorkQueue', () => {
  it('hands keys out in order of arrival, each once', () => {
    const queue = makeQueue();
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
    expect(takeAll(queue)).to.deep.equal(['b', 'a', 'c']);
  });

  it('keeps a key that is asked for while it is worked on until that is done', () => {
    const queue = makeQueue();
    queue.add('a');
    queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.take()).to.equal(undefined);
    queue.done('a');
    expect(takeAll(queue)).to.deep.equal(['a']);
  });

  it('calls when a key can be taken, and not for a repeat', () => {
    let calls = 0;
    const clock = new ManualClock();
    const queue = makeQueue(clock, () => (calls += 1));
    queue.add('a');
    queue.add('a');
    queue.addAfter('b', 10);
    expect(calls).to.equal(1);
    clock.advance(10);
    expect(calls).to.equal(2);
  });

  it('counts the shortest of several delays, with one timer for all keys', () => {
    const clock = new ManualClock();
    const queue = makeQueue(clock);
    queue.addAfter('a', 100);
    queue.addAfter('a', 30);
    queue.addAfter('a', 60);
    queue.addAfter('b', 200);
    expect(clock.pending).to.equal(1);
    clock.advance(29);
    expect(takeAll(queue)).to.deep.equal([]);
    clock.advance(1);
    expect(takeAll(queue)).to.deep.equal(['a']);
    queue.done('a');
    clock.advance(100);
    expect(takeAll(queue), 'the longer delays were dropped').to.deep.equal([]);
    clock.advance(70);
    expect(takeAll(queue)).to.deep.equal(['b']);
  });

  it('doubles the wait with each failure up to the limit, and starts over after a success', () => {
    const clock = new ManualClock();
    const queue = makeQueue(clock);
    const waits = Array.from({ length: 16 }, () => waitAfterFailure(queue, clock));
    expect(waits.slice(0, 4)).to.deep.equal([5, 10, 20, 40]);
    expect(waits.slice(14)).to.deep.equal([MAX_BACKOFF_MS, MAX_BACKOFF_MS]);
    queue.forget('a');
    expect(waitAfterFailure(queue, clock)).to.equal(MIN_BACKOFF_MS);
  });

  it('waits at least as long as the server asked', () => {
    const clock = new ManualClock();
    const queue = makeQueue(clock);
    queue.addAfterFailure('a', 3_000);
    clock.advance(2_999);
    expect(queue.take()).to.equal(undefined);
    clock.advance(1);
    expect(queue.take()).to.equal('a');
  });

  it('drops what waits when it is cleared, and its timer', () => {
    const clock = new ManualClock();
    const queue = makeQueue(clock);
    queue.add('a');
    queue.addAfter('b', 10);
    queue.clear();
    expect(clock.pending).to.equal(0);
    expect(queue.take()).to.equal(undefined);
  });

  it('loses no key, and never hands a key out twice at once', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), key }),
      fc.record({ do: fc.constant('after' as const), key, ms: fc.nat(50) }),
      fc.record({ do: fc.constant('fail' as const), key }),
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('done' as const), key }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => checkSteps(steps)),
      { numRuns: 500 },
    );
  });
});

function waitAfterFailure(queue: WorkQueue, clock: ManualClock): number {
  const startMs = clock.nowMs();
  queue.addAfterFailure('a');
  while (queue.ready === 0) clock.step();
  queue.take();
  queue.done('a');
  return clock.nowMs() - startMs;
}

type Step =
  | { readonly do: 'add' | 'fail' | 'done'; readonly key: string }
  | { readonly do: 'after'; readonly key: string; readonly ms: number }
  | { readonly do: 'take' }
  | { readonly do: 'wait'; readonly ms: number };

/** Every wish must be followed by a take of its key that began after the wish. */
function checkSteps(steps: readonly Step[]): void {
  const clock = new ManualClock();
  const queue = makeQueue(clock);
  const active = new Set<string>();
  const owed = new Set<string>();
  const take = (): boolean => {
    const key = queue.take();
    if (key === undefined) return false;
    expect(active.has(key), 'a key was handed out twice at once').to.equal(false);
    active.add(key);
    owed.delete(key);
    return true;
  };
  const done = (key: string): void => {
    if (active.delete(key)) queue.done(key);
  };
  for (const step of steps) {
    if (step.do === 'add' || step.do === 'after' || step.do === 'fail') owed.add(step.key);
    if (step.do === 'add') queue.add(step.key);
    else if (step.do === 'after') queue.addAfter(step.key, step.ms);
    else if (step.do === 'fail') queue.addAfterFailure(step.key);
    else if (step.do === 'wait') clock.advance(step.ms);
    else if (step.do === 'done') done(step.key);
    else take();
  }
  for (const key of active) done(key);
  clock.advance(2 * MAX_BACKOFF_MS);
  while (take()) for (const key of active) done(key);
  expect([...owed], 'a key was lost').to.deep.equal([]);
}

import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_BACKOFF_MS, MIN_BACKOFF_MS, WorkQueue } from '../../../src/engine/control/work-queue.ts';
import { fixedRandomness, ManualClock } from '../../support/manual-clock.ts';

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
  | { readonly do: 'add'; readonly key: string }
  | { readonly do: 'fail'; readonly key: string }
  | { readonly do: 'done'; readonly key: string }
  | { readonly do: 'after'; readonly key: string; readonly ms: number }
  | { readonly do: 'take' }
  | { readonly do: 'wait'; readonly ms: number };

/** Holds the queue to its promises: every wish is followed by a later take, and takes of a key never overlap. */
class Witness {
  readonly #clock = new ManualClock();
  readonly #queue = makeQueue(this.#clock);
  readonly #active = new Set<string>();
  readonly #owed = new Set<string>();

  perform(step: Step): void {
    switch (step.do) {
      case 'take':
        this.take();
        break;
      case 'wait':
        this.#clock.advance(step.ms);
        break;
      case 'done':
        this.#done(step.key);
        break;
      default:
        this.#owed.add(step.key);
        this.#wish(step);
    }
  }

  /** Ends all work, waits out all delays, and works everything off. */
  finish(): void {
    for (const key of this.#active) this.#done(key);
    this.#clock.advance(2 * MAX_BACKOFF_MS);
    while (this.take()) for (const key of this.#active) this.#done(key);
    expect([...this.#owed], 'a key was lost').to.deep.equal([]);
  }

  take(): boolean {
    const key = this.#queue.take();
    if (key === undefined) return false;
    expect(this.#active.has(key), 'a key was handed out twice at once').to.equal(false);
    this.#active.add(key);
    this.#owed.delete(key);
    return true;
  }

  #wish(step: Extract<Step, { do: 'add' | 'fail' | 'after' }>): void {
    if (step.do === 'add') this.#queue.add(step.key);
    else if (step.do === 'fail') this.#queue.addAfterFailure(step.key);
    else this.#queue.addAfter(step.key, step.ms);
  }

  #done(key: string): void {
    if (this.#active.delete(key)) this.#queue.done(key);
  }
}

function checkSteps(steps: readonly Step[]): void {
  const witness = new Witness();
  for (const step of steps) witness.perform(step);
  witness.finish();
}

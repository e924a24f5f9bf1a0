import { expect } from 'chai';
import { PODS } from '../../../src/api/resources.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { Runner } from '../../../src/engine/control/runner.ts';
import type { Reconciler } from '../../../src/engine/control/runner.ts';
import type { WriteOutcome } from '../../../src/engine/ports.ts';
import { NO_ANSWERS } from '../../support/silent-pods.ts';
import { recordedPorts, settled } from '../../support/controller-ports.ts';
import type { RecordedPorts } from '../../support/controller-ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const WRITE: Effect = {
  kind: 'create',
  type: PODS,
  namespace: 'ns',
  name: 'n',
  body: {},
  regarding: { type: PODS, namespace: 'ns', name: 'n', uid: 'u' },
};
const done: WriteOutcome = { kind: 'done', object: undefined };

interface Bench {
  readonly runner: Runner;
  readonly clock: ManualClock;
  readonly ports: RecordedPorts;
  /** Keys in the order in which they were reconciled. */
  readonly seen: string[];
  /** Answers the oldest write that waits. */
  readonly answer: (outcome?: WriteOutcome) => Promise<void>;
  readonly waiting: () => number;
}

function makeBench(overrides: Partial<Reconciler> = {}, isSeen = (): boolean => false): Bench {
  const clock = new ManualClock();
  const seen: string[] = [];
  const pending: ((outcome: WriteOutcome) => void)[] = [];
  const writer = { write: () => new Promise<WriteOutcome>((resolve) => pending.push(resolve)) };
  const ports = recordedPorts(writer, { record: () => undefined }, clock);
  const { reconcile = () => [WRITE], ...others } = overrides;
  const reconciler: Reconciler = {
    name: 'test',
    workers: 2,
    onApplied: () => undefined,
    ...others,
    reconcile: (key) => {
      seen.push(key);
      return reconcile(key);
    },
  };
  const runner = new Runner(reconciler, { ...ports, answers: NO_ANSWERS, isSeen });
  runner.start();
  const answer = async (outcome: WriteOutcome = done): Promise<void> => {
    pending.shift()?.(outcome);
    await settled();
  };
  return { runner, clock, ports, seen, answer, waiting: () => pending.length };
}

describe('Runner', () => {
  it('looks at a batch of keys after the batch, each once', async () => {
    const { runner, seen } = makeBench({ reconcile: () => [] });
    for (const key of ['a', 'b', 'a']) runner.add(key);
    expect(seen).to.deep.equal([]);
    await settled();
    expect(seen).to.deep.equal(['a', 'b']);
  });

  it('has as many writes under way as it has workers', async () => {
    const { runner, seen, answer, waiting } = makeBench();
    for (const key of ['a', 'b', 'c']) runner.add(key);
    await settled();
    expect(waiting()).to.equal(2);
    await answer();
    expect(seen).to.deep.equal(['a', 'b', 'c']);
  });

  it('works on a key again when it was asked for meanwhile, but not before the answer', async () => {
    let isShown = false;
    const { runner, seen, answer } = makeBench({}, () => isShown);
    runner.add('a');
    await settled();
    isShown = true;
    runner.add('a');
    await settled();
    expect(seen).to.deep.equal(['a']);
    await answer();
    expect(seen).to.deep.equal(['a', 'a']);
  });

  it('does not decide again before the watch has shown its write', async () => {
    let isShown = false;
    const { runner, seen, answer } = makeBench({}, () => isShown);
    runner.add('a');
    await settled();
    await answer();
    runner.add('a');
    await settled();
    expect(seen).to.deep.equal(['a']);
    isShown = true;
    runner.add('a');
    await settled();
    expect(seen).to.deep.equal(['a', 'a']);
  });

  it('looks soon for its write once it was woken, should what shows it wake nobody', async () => {
    let isShown = false;
    const { runner, clock, seen, answer } = makeBench({}, () => isShown);
    runner.add('a');
    await settled();
    await answer();
    runner.add('a');
    await settled();
    isShown = true;
    clock.advance(199);
    await settled();
    expect(seen).to.deep.equal(['a']);
    clock.advance(1);
    await settled();
    expect(seen).to.deep.equal(['a', 'a']);
  });

  it('looks again by itself when the watch never shows its write', async () => {
    const { runner, clock, seen, answer } = makeBench();
    runner.add('a');
    await settled();
    await answer();
    clock.advance(4_999);
    await settled();
    expect(seen).to.deep.equal(['a']);
    clock.advance(1);
    await settled();
    expect(seen).to.deep.equal(['a', 'a']);
  });

  const waits: Record<string, { answer: WriteOutcome; wantMs: number; wantResult: string }> = {
    'comes back soon after a conflict': {
      answer: { kind: 'conflict', message: 'm' },
      wantMs: 5,
      wantResult: 'conflict',
    },
    'comes back soon after a lost answer': {
      answer: { kind: 'unknown', message: 'm' },
      wantMs: 5,
      wantResult: 'unknown',
    },
    'comes back when the server asked for it': {
      answer: { kind: 'throttled', retryAfterMs: 700, message: 'm' },
      wantMs: 700,
      wantResult: 'throttled',
    },
    'is in no hurry after a refusal': {
      answer: { kind: 'refused', code: 403, message: 'm' },
      wantMs: 1_000,
      wantResult: 'refused',
    },
  };
  for (const [name, tc] of Object.entries(waits)) {
    it(name, async () => {
      const { runner, clock, seen, answer, ports } = makeBench();
      runner.add('a');
      await settled();
      await answer(tc.answer);
      clock.advance(tc.wantMs - 1);
      await settled();
      expect(seen).to.have.length(1);
      clock.advance(1);
      await settled();
      expect(seen).to.have.length(2);
      expect(ports.figures.get(`sluice_controller_reconciles_total test ${tc.wantResult}`)).to.equal(1);
    });
  }

  it('outlives a bug in one key, says so, and tries the key again', async () => {
    const { runner, clock, seen, ports } = makeBench({
      reconcile: (key) => {
        if (key === 'bad') throw new Error('broken assumption');
        return [];
      },
    });
    runner.add('bad');
    runner.add('good');
    await settled();
    clock.advance(5);
    await settled();
    expect(seen).to.deep.equal(['bad', 'good', 'bad']);
    expect(ports.complaints[0]).to.include('broken assumption');
  });

  it('lets other work have its turn between many keys', async () => {
    const { runner, clock, seen } = makeBench({ reconcile: () => [] });
    for (let n = 0; n < 200; n += 1) runner.add(`k${n}`);
    await settled();
    expect(seen.length).to.be.lessThan(200);
    while (clock.step());
    expect(seen).to.have.length(200);
  });

  it('takes nothing after a stop, which waits for the answers that are out', async () => {
    const { runner, seen, answer } = makeBench();
    runner.add('a');
    await settled();
    let isStopped = false;
    const stopped = runner.stop().then(() => (isStopped = true));
    runner.add('b');
    await settled();
    expect(isStopped).to.equal(false);
    await answer();
    await stopped;
    expect(seen).to.deep.equal(['a']);
  });
});

import { expect } from 'chai';
import { containerLog, linesBy } from '../containers/container-log.ts';
import { printedLines } from '../containers/read-container.ts';

const PRINTED: readonly (readonly [string, readonly string[]])[] = [
  ['echo hello world', ['0 hello world']],
  ['echo "a -> b" 2>&1', ['0 a -> b']],
  ['echo one; sleep 2; echo two', ['0 one', '2 two']],
  ['for i in 1 2; do echo -n $i; sleep 1; done; exit 3', ['0 1', '1 2']],
  ['echo step $(seq 1 3)', ['0 step 1 2 3']],
  ['sh -c "echo inner"; false || echo saved', ['0 inner', '0 saved']],
  ['if echo tested; then echo held; fi', ['0 tested', '0 held']],
  ['echo kept > file', []],
  ['echo piped | cat', []],
  ['python train.py', []],
];

const START = '2030-01-31T12:00:00Z';
const START_MS = Date.parse(START);
const ALL = { previous: false, timestamps: false, sinceMs: 0, tailLines: Infinity };

function pod(state: object, lastState: object = {}): object {
  const container = { name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; sleep 5; echo two; sleep 60'] };
  return { spec: { containers: [container] }, status: { containerStatuses: [{ name: 'c', state, lastState }] } };
}

describe('the log of a container that is acted out', () => {
  for (const [script, lines] of PRINTED) {
    it(`of ${script}`, () => {
      const found = printedLines({ name: 'c', image: 'none', command: ['sh', '-c', script] }, {});
      expect(found.map(({ atSeconds, text }) => `${atSeconds} ${text}`)).to.deep.equal(lines);
    });
  }

  it('grows with time, up to its end, and is cut to what was asked for', () => {
    const running = pod({ running: { startedAt: START } });
    const seen = (nowMs: number, query = ALL, of = running): readonly string[] | undefined => {
      const log = containerLog(of, 'c', query);
      return log && linesBy(nowMs, log, query).map(({ text }) => text);
    };
    expect(seen(START_MS + 1_000)).to.deep.equal(['one']);
    expect(seen(START_MS + 6_000)).to.deep.equal(['one', 'two']);
    expect(seen(START_MS + 6_000, { ...ALL, tailLines: 1 })).to.deep.equal(['two']);
    expect(seen(START_MS + 6_000, { ...ALL, sinceMs: START_MS + 1 })).to.deep.equal(['two']);
    const killed = pod({ terminated: { startedAt: START, finishedAt: '2030-01-31T12:00:02Z' } });
    expect(seen(START_MS + 60_000, ALL, killed)).to.deep.equal(['one']);
    expect(containerLog(killed, 'c', ALL)?.isOver).to.equal(true);
    const again = pod(
      { waiting: { reason: 'CrashLoopBackOff' } },
      { terminated: { startedAt: START, finishedAt: START } },
    );
    expect(seen(START_MS + 60_000, ALL, again)).to.equal(undefined);
    expect(seen(START_MS + 60_000, { ...ALL, previous: true }, again)).to.deep.equal(['one']);
  });
});

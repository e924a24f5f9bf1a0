import { expect } from 'chai';
import type { QueueRecord } from '../../../../src/api/records/queue-record.ts';
import type { ResourceAmounts } from '../../../../src/api/records/scheduling-shape.ts';
import type { QueueStatusDecision } from '../../../../src/scheduler/session/decision.ts';
import type { WriteOutcome } from '../../../../src/engine/ports.ts';
import { QueueStatusWriter } from '../../../../src/engine/cycle/tell/queue-status-writer.ts';
import { settled } from '../../../support/controller-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makeQueue } from '../../../support/records.ts';
import { REFUSED, ScriptedWriter, THROTTLED, UNKNOWN } from '../../../support/scripted-writer.ts';

const condition = {
  type: 'GuaranteeKept',
  status: 'False',
  reason: 'GuaranteeTooLarge',
  message: 'cpu 9 is guaranteed and 4 is kept.',
};

/** What queue blue should say. */
function holds(allocated: ResourceAmounts, problem?: typeof condition): QueueStatusDecision {
  return { kind: 'queueStatus', queue: 'blue', allocated, conditions: problem === undefined ? [] : [problem] };
}

const cpus = (milli: number): ReadonlyMap<string, number> => new Map([['cpu', milli]]);

class Bench {
  readonly clock = new ManualClock();
  readonly writer: ScriptedWriter;
  readonly statuses: QueueStatusWriter;

  constructor(record: QueueRecord | undefined, ...script: readonly WriteOutcome[]) {
    this.writer = new ScriptedWriter(...script);
    this.statuses = new QueueStatusWriter({ writer: this.writer, clock: this.clock, queue: () => record });
  }

  async pass(byMs: number): Promise<void> {
    this.clock.advance(byMs);
    await settled();
  }

  get written(): unknown[] {
    return this.writer.requests.map(({ body }) => body?.['status']);
  }
}

describe('queue status writer', () => {
  it('writes the newest amounts once in two seconds at most', async () => {
    const bench = new Bench(makeQueue('blue'));
    for (const milli of [1000, 2000]) bench.statuses.want(holds(cpus(milli)));
    await bench.pass(1999);
    expect(bench.written).to.deep.equal([]);
    await bench.pass(1);
    expect(bench.written).to.deep.equal([{ allocated: { cpu: '2' } }]);
    expect(bench.writer.requests[0]).to.deep.include({ name: 'blue', subresource: 'status', lane: 'status' });
  });

  it('writes what the queue has held over time, once for each time', async () => {
    const usage = { mean: 0.125, atMs: Date.UTC(2026, 0, 2) };
    const bench = new Bench(makeQueue('blue'));
    bench.statuses.want({ ...holds(new Map()), usage });
    await bench.pass(2000);
    const written = { mean: '0.125000000000', time: '2026-01-02T00:00:00.000Z' };
    expect(bench.written).to.deep.equal([{ usage: written }]);
    const next = new Bench(makeQueue('blue', { usage: { ...usage, mean: 0.1 } }));
    next.statuses.want({ ...holds(new Map()), usage });
    await next.pass(2000);
    expect(next.written).to.deep.equal([]);
  });

  it('takes away what the queue holds no more', async () => {
    const bench = new Bench(makeQueue('blue', { allocatedText: '{"cpu":"1","nvidia.com/gpu":"8"}' }));
    bench.statuses.want(holds(cpus(2000)));
    await bench.pass(2000);
    expect(bench.written).to.deep.equal([{ allocated: { cpu: '2', 'nvidia.com/gpu': null } }]);
  });

  it('writes the first status of a queue that has none', async () => {
    const bench = new Bench(makeQueue('blue', { allocatedText: '' }));
    bench.statuses.want(holds(cpus(2000)));
    await bench.pass(2000);
    expect(bench.written).to.deep.equal([{ allocated: { cpu: '2' } }]);
  });

  it('writes a condition, and keeps those of others', async () => {
    const other = { ...condition, type: 'Other', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const bench = new Bench(makeQueue('blue', { conditions: [other] }));
    bench.statuses.want(holds(new Map(), condition));
    await bench.pass(2000);
    const lastTransitionTime = new Date(bench.clock.nowMs()).toISOString().replace('.000', '');
    expect(bench.written).to.deep.equal([{ conditions: [other, { ...condition, lastTransitionTime }] }]);
  });

  it('takes a condition away, and leaves one that stands as it is', async () => {
    const standing = { ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' };
    const bench = new Bench(makeQueue('blue', { conditions: [standing] }));
    bench.statuses.want(holds(new Map(), condition));
    await bench.pass(2000);
    expect(bench.written).to.deep.equal([]);
    bench.statuses.want(holds(new Map()));
    await bench.pass(2000);
    expect(bench.written).to.deep.equal([{ conditions: [] }]);
  });

  it('writes conditions of several types side by side, each with its own time', async () => {
    const standing = { ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' };
    const bench = new Bench(makeQueue('blue', { conditions: [standing] }));
    const tree = { ...condition, type: 'ParentKnown', reason: 'QueueTreeBroken' };
    bench.statuses.want({ ...holds(new Map()), conditions: [condition, tree] });
    await bench.pass(2000);
    const lastTransitionTime = new Date(bench.clock.nowMs()).toISOString().replace('.000', '');
    expect(bench.written).to.deep.equal([{ conditions: [standing, { ...tree, lastTransitionTime }] }]);
  });

  it('tells changed numbers at the time of the first ones', async () => {
    const standing = { ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' };
    const bench = new Bench(makeQueue('blue', { conditions: [standing] }));
    const changed = { ...condition, message: 'cpu 9 is guaranteed and 3 is kept.' };
    bench.statuses.want(holds(new Map(), changed));
    await bench.pass(2000);
    expect(bench.written).to.deep.equal([{ conditions: [{ ...changed, lastTransitionTime: '2026-01-01T00:00:00Z' }] }]);
  });

  const silent: readonly (readonly [string, QueueRecord | undefined])[] = [
    ['what stands there', makeQueue('blue', { allocatedText: '{"cpu":"2"}' })],
    ['to a queue that is gone', undefined],
  ];
  for (const [name, record] of silent) {
    it(`does not write ${name}`, async () => {
      const bench = new Bench(record);
      bench.statuses.want(holds(cpus(2000)));
      await bench.pass(2000);
      expect(bench.written).to.deep.equal([]);
    });
  }

  for (const [name, lost, writes] of [
    ['unknown', UNKNOWN, 2],
    ['throttled', THROTTLED, 2],
    ['refused', REFUSED, 1],
  ] as const) {
    it(`writes ${writes} times when the first answer is ${name}`, async () => {
      const bench = new Bench(makeQueue('blue'), lost);
      bench.statuses.want(holds(cpus(2000)));
      for (let i = 0; i < 5; i += 1) await bench.pass(1000);
      expect(bench.written.length).to.equal(writes);
    });
  }

  it('writes nothing more once it is stopped', async () => {
    const bench = new Bench(makeQueue('blue'));
    bench.statuses.want(holds(cpus(2000)));
    bench.statuses.stop();
    await bench.pass(5000);
    expect(bench.written).to.deep.equal([]);
  });
});

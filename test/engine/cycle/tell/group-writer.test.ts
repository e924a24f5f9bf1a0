import { expect } from 'chai';
import type { PodGroupRecord } from '../../../../src/api/records/pod-group-record.ts';
import { groupStatusBody } from '../../../../src/engine/cycle/tell/group-status.ts';
import { GroupWriter } from '../../../../src/engine/cycle/tell/group-writer.ts';
import type { WriteOutcome } from '../../../../src/engine/ports.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import type { StatusDecision } from '../../../../src/scheduler/session/decision.ts';
import { settled } from '../../../support/controller-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makePodGroup } from '../../../support/records.ts';
import { CONFLICT, REFUSED, ScriptedWriter, THROTTLED, UNKNOWN } from '../../../support/scripted-writer.ts';

const KEY = 'ns/g';

function status(running: number, overrides: Partial<StatusDecision> = {}): StatusDecision {
  const condition = undefined;
  return { kind: 'status', group: KEY, phase: 'Running', running, succeeded: 0, failed: 0, condition, ...overrides };
}

class Bench {
  readonly clock = new ManualClock(1000);
  readonly writer: ScriptedWriter;
  readonly groups: GroupWriter;
  record: PodGroupRecord | undefined = makePodGroup('g', 2, { resourceVersion: '10' });

  constructor(...script: readonly WriteOutcome[]) {
    this.writer = new ScriptedWriter(...script);
    this.groups = new GroupWriter({ writer: this.writer, clock: this.clock, group: () => this.record });
  }

  async pass(byMs: number): Promise<void> {
    this.clock.advance(byMs);
    await settled();
  }

  /** What was written: `status 2` with the count of running pods, `record` with the version, `close`. */
  get written(): string[] {
    return this.writer.requests.map(({ body }) => {
      const annotations = body?.['metadata'];
      const plan = JSON.stringify(annotations ?? {});
      if (plan.includes('null')) return 'close';
      if (plan.includes('bind-plan')) return `record ${stringAt(body, ['metadata', 'resourceVersion'])}`;
      return `status ${JSON.stringify(body?.['status'] ?? {}).replace(/^.*"running":(\d+).*$/, '$1')}`;
    });
  }
}

function patched(resourceVersion: string): WriteOutcome {
  return { kind: 'done', object: { metadata: { resourceVersion } } };
}

describe('group writer', () => {
  it('writes the newest of many statuses, once, after a while', async () => {
    const bench = new Bench();
    for (const running of [1, 2, 3]) bench.groups.want(status(running));
    await bench.pass(999);
    expect(bench.written).to.deep.equal([]);
    await bench.pass(1);
    expect(bench.written).to.deep.equal(['status 3']);
    await bench.pass(10_000);
    expect(bench.written).to.deep.equal(['status 3']);
  });

  it('does not write what stands there', async () => {
    const bench = new Bench();
    bench.record = makePodGroup('g', 2, { phase: 'Running', running: 3 });
    bench.groups.want(status(3));
    await bench.pass(5000);
    expect(bench.written).to.deep.equal([]);
  });

  for (const [name, lost] of [
    ['unknown', UNKNOWN],
    ['throttled', THROTTLED],
    ['conflict', CONFLICT],
  ] as const) {
    it(`writes a status again after the answer ${name}`, async () => {
      const bench = new Bench(lost);
      bench.groups.want(status(1));
      await bench.pass(1000);
      await bench.pass(1000);
      expect(bench.written).to.deep.equal(['status 1', 'status 1']);
    });

    it(`closes a plan again after the answer ${name}`, async () => {
      const bench = new Bench(lost);
      bench.groups.adoptPlan(KEY);
      await bench.groups.closePlan(KEY);
      await bench.pass(1000);
      await bench.pass(5000);
      expect(bench.written).to.deep.equal(['close', 'close']);
    });
  }

  it('asks again and again for the end of a plan that is refused, ever less often, and no more once it is closed', async () => {
    const bench = new Bench(...Array<WriteOutcome>(12).fill(REFUSED));
    bench.groups.adoptPlan(KEY);
    await bench.groups.closePlan(KEY);
    const tries: number[] = [];
    for (let minute = 0; minute < 10; minute += 1) {
      const before = bench.writer.requests.length;
      for (let second = 0; second < 60; second += 1) await bench.pass(1000);
      tries.push(bench.writer.requests.length - before);
    }
    expect(tries).to.deep.equal([5, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it('says at once that a reason changed, and numbers in it later, every five seconds', async () => {
    const bench = new Bench();
    const waiting = (reason: string, message: string): Partial<StatusDecision> => ({
      phase: 'Pending',
      condition: { type: 'Unschedulable', status: 'True', reason, message },
    });
    const told = { type: 'Unschedulable', status: 'True', reason: 'QueueLimit', message: '1 of 8' };
    const conditions = [{ ...told, transitionID: 't', lastTransitionTime: '' }];
    bench.record = makePodGroup('g', 2, { phase: 'Pending', conditions });
    bench.groups.want(status(0, waiting('QueueLimit', '2 of 8')));
    bench.groups.want(status(0, waiting('QueueLimit', '3 of 8')));
    await bench.pass(4999);
    expect(bench.written).to.deep.equal([]);
    await bench.pass(1);
    expect(JSON.stringify(bench.writer.requests)).to.match(/3 of 8/);
    bench.groups.want(status(0, waiting('NotEnoughResources', '0 nodes')));
    await bench.pass(1000);
    expect(bench.written).to.have.length(2);
  });

  it('brings the numbers of up to eight groups up to date in one turn, and in a crowd those of one', async () => {
    const told = { type: 'Unschedulable', status: 'True', reason: 'QueueLimit', message: 'held by gone' };
    const conditions = [{ ...told, transitionID: 't', lastTransitionTime: '' }];
    for (const [groups, want] of [
      [8, [8, 8, 8]],
      [11, [1, 2, 3, 11]],
    ] as const) {
      const bench = new Bench();
      bench.record = makePodGroup('g', 2, { phase: 'Pending', conditions });
      const condition = { ...told, message: 'held by others' };
      for (let i = 0; i < groups; i += 1) {
        bench.groups.want(status(0, { group: `ns/${i}`, phase: 'Pending', condition }));
      }
      const written: number[] = [];
      while (written.length < want.length) {
        await bench.pass(5000);
        written.push(bench.writer.requests.length);
      }
      expect(written).to.deep.equal(want);
    }
  });

  it('gives the turn of a group that is gone to the next one', async () => {
    const told = { type: 'Unschedulable', status: 'True', reason: 'QueueLimit', message: '1 of 8' };
    const conditions = [{ ...told, transitionID: 't', lastTransitionTime: '' }];
    const bench = new Bench();
    bench.record = makePodGroup('g', 2, { phase: 'Pending', conditions });
    const condition = { ...told, message: '2 of 8' };
    for (let i = 0; i < 1000; i += 1) bench.groups.want(status(0, { group: `ns/${i}`, phase: 'Pending', condition }));
    for (let i = 0; i < 999; i += 1) bench.groups.drop(`ns/${i}`);
    await bench.pass(5000);
    expect(bench.writer.requests).to.have.length(1);
  });

  it('leaves a status alone that the server refuses, until it changes', async () => {
    const bench = new Bench(REFUSED);
    bench.groups.want(status(1));
    await bench.pass(5000);
    expect(bench.written).to.deep.equal(['status 1']);
    bench.groups.want(status(2));
    await bench.pass(1000);
    expect(bench.written).to.deep.equal(['status 1', 'status 2']);
  });

  it('writes no status while a plan is open; the write that closes it carries the newest', async () => {
    const bench = new Bench(patched('11'));
    bench.groups.want(status(1));
    await bench.groups.recordPlan(KEY, 'plan');
    bench.groups.want(status(2));
    await bench.pass(5000);
    expect(bench.written).to.deep.equal(['record 10']);
    await bench.groups.closePlan(KEY);
    expect(bench.written).to.deep.equal(['record 10', 'close']);
    expect(bench.writer.requests[1]?.body?.['status']).to.deep.include({ running: 2, phase: 'Running' });
  });

  it('records a plan with the version of its own last write when the watch lags behind', async () => {
    const bench = new Bench(patched('11'), patched('12'), patched('13'));
    await bench.groups.recordPlan(KEY, 'plan');
    await bench.groups.closePlan(KEY);
    await bench.groups.recordPlan(KEY, 'plan');
    expect(bench.written).to.deep.equal(['record 10', 'close', 'record 12']);
  });

  it('lets writes of one group go one after the other', async () => {
    const bench = new Bench(patched('11'));
    bench.groups.adoptPlan(KEY);
    const closed = bench.groups.closePlan(KEY);
    const recorded = bench.groups.recordPlan(KEY, 'plan');
    expect(bench.written).to.deep.equal(['close']);
    await Promise.all([closed, recorded]);
    expect(bench.written).to.deep.equal(['close', 'record 11']);
  });

  it('does not close a newer plan when it tries again to close the old one', async () => {
    const bench = new Bench(UNKNOWN);
    bench.groups.adoptPlan(KEY);
    await bench.groups.closePlan(KEY);
    await bench.groups.recordPlan(KEY, 'plan');
    await bench.pass(5000);
    expect(bench.written).to.deep.equal(['close', 'record 10']);
  });

  it('closes a plan with the version that it knows: a close that is late must not meet a newer plan', async () => {
    const bench = new Bench(patched('11'));
    await bench.groups.recordPlan(KEY, 'plan');
    await bench.groups.closePlan(KEY);
    expect(stringAt(bench.writer.requests[1]?.body, ['metadata', 'resourceVersion'])).to.equal('11');
  });

  it('goes on closing the old plan when the newer one was not recorded', async () => {
    const bench = new Bench(UNKNOWN, CONFLICT);
    bench.groups.adoptPlan(KEY);
    await bench.groups.closePlan(KEY);
    await bench.groups.recordPlan(KEY, 'plan');
    await settled();
    expect(bench.written).to.deep.equal(['close', 'record 10', 'close']);
  });

  it('writes statuses again when a plan could not be recorded', async () => {
    const bench = new Bench(CONFLICT);
    expect((await bench.groups.recordPlan(KEY, 'plan')).kind).to.equal('conflict');
    bench.groups.want(status(1));
    await bench.pass(1000);
    expect(bench.written).to.deep.equal(['record 10', 'status 1']);
  });

  it('has nothing to write for a group that is gone', async () => {
    const bench = new Bench();
    bench.groups.want(status(1));
    bench.record = undefined;
    bench.groups.drop(KEY);
    expect((await bench.groups.recordPlan(KEY, 'plan')).kind).to.equal('notFound');
    await bench.groups.closePlan(KEY);
    await bench.pass(5000);
    expect(bench.written).to.deep.equal([]);
  });

  it('writes nothing more once it is stopped', async () => {
    const bench = new Bench();
    bench.groups.want(status(1));
    bench.groups.stop();
    await bench.pass(5000);
    expect(bench.written).to.deep.equal([]);
  });
});

describe('the status of a group', () => {
  const waiting = { type: 'Unschedulable', status: 'True', reason: 'NotEnoughResources', message: 'no room' };
  const known = { ...waiting, transitionID: 'then', lastTransitionTime: '2020-01-01T00:00:00Z' };

  it('is empty when nothing is wanted', () => {
    expect(groupStatusBody(makePodGroup('g', 2), undefined, 0)).to.deep.equal({});
  });

  it('leaves the conditions alone when none is wanted', () => {
    const body = groupStatusBody(makePodGroup('g', 2), status(1), 0);
    expect(body).to.deep.equal({ phase: 'Running', running: 1, succeeded: 0, failed: 0 });
  });

  it('dates a new condition, in whole seconds', () => {
    const body = groupStatusBody(makePodGroup('g', 2), status(0, { condition: waiting }), 1500);
    const stamps = { transitionID: 'group-g-1500', lastTransitionTime: '1970-01-01T00:00:01Z' };
    expect(body['conditions']).to.deep.equal([{ ...waiting, ...stamps }]);
  });

  it('keeps the date of a condition whose message alone has changed', () => {
    const condition = { ...waiting, message: 'less room' };
    const body = groupStatusBody(makePodGroup('g', 2, { conditions: [known] }), status(0, { condition }), 1500);
    expect(body['conditions']).to.deep.equal([{ ...known, message: 'less room' }]);
  });
});

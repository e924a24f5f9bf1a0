import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import type { OutsideAnswer, OutsideQuestion } from '../../../src/scheduler/ledger/outside-answers.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string>>;

const PREFIX = { 'extender.urlPrefix': 'http://host:80/' };
const JOBS = { ...PREFIX, 'extender.jobEnqueueableVerb': 'job' };
const QUEUES = { ...PREFIX, 'extender.queueOverusedVerb': 'queue' };
const FAILED: OutsideAnswer = { kind: 'failed', why: 'nobody is there' };
const SECOND_MS = 1000;

function policy(options: Options): SchedulerPolicy {
  return { ...DEFAULT_POLICY, tiers: [[plugin('extender', options)], ...DEFAULT_POLICY.tiers] };
}

function world(options: Options, groups = 1): SchedulerWorld {
  const on = new SchedulerWorld(policy(options)).nodes(1, amounts(100));
  for (let g = 0; g < groups; g += 1) on.gang(`g${g}`, { count: 1, requests: amounts(1) }, { createdMs: g });
  return on;
}

function asked(on: SchedulerWorld): readonly OutsideQuestion[] {
  return on.snapshot.outside.take();
}

/** Answers all that is asked. */
function answer(on: SchedulerWorld, with_: OutsideAnswer): void {
  for (const { key } of asked(on)) on.snapshot.outside.answered(key, with_, on.nowMs);
}

function status(value: number): OutsideAnswer {
  return { kind: 'status', status: value };
}

describe('extender', () => {
  const CASES: readonly (readonly [string, Options, OutsideAnswer, string])[] = [
    ['lets a group in that the program lets in', JOBS, status(1), ''],
    ['leaves a group to other plugins of which the program says nothing', JOBS, status(0), ''],
    [
      'keeps a group out that the program keeps out',
      JOBS,
      status(-1),
      'RefusedByExtender: PodGroup ns/g0 is not let in by the extender at http://host:80.',
    ],
    [
      'has a group wait while the program cannot be asked',
      JOBS,
      FAILED,
      'WaitingForExtender: the extender at http://host:80 cannot be asked: nobody is there.',
    ],
    [
      'leaves a group to other plugins after a failure when it is told to',
      { ...JOBS, 'extender.ignorable': 'true' },
      FAILED,
      '',
    ],
    ['places pods of a queue that has its share still', QUEUES, status(1), ''],
    [
      'places nothing of a queue that has enough',
      QUEUES,
      status(-1),
      'RefusedByExtender: queue default gets nothing more, by the extender at http://host:80.',
    ],
  ];
  for (const [name, options, given, want] of CASES) {
    it(name, () => {
      const on = world(options);
      const before = withoutAmbient(() => on.cycle());
      expect(before.refused['g0']).to.equal('WaitingForExtender: the extender at http://host:80 has not answered yet.');
      expect(before.placed).to.deep.equal({});
      answer(on, given);
      const { placed, refused } = on.cycle();
      expect(refused['g0'] ?? '').to.equal(want);
      expect(Object.keys(placed)).to.have.length(want === '' ? 1 : 0);
    });
  }

  it('asks at the path of the verb, within the time, about the group', () => {
    const on = world({ ...JOBS, 'extender.httpTimeout': '250ms' });
    on.cycle();
    const [question, ...others] = asked(on);
    expect(others).to.deep.equal([]);
    expect(question).to.deep.include({ url: 'http://host:80/job', timeoutMs: 250 });
    expect(question?.subject.kind === 'job' && question.subject.record.name).to.equal('g0');
  });

  it('asks each question once, and about a few groups at a time', () => {
    const on = world(JOBS, 100);
    on.cycle();
    const first = asked(on);
    expect(first).to.have.length(64);
    on.cycle();
    expect(asked(on)).to.have.length(0);
    for (const { key } of first.slice(0, 10)) on.snapshot.outside.answered(key, status(1), 0);
    expect(Object.keys(on.cycle().placed)).to.have.length(10);
    expect(asked(on)).to.have.length(10);
  });

  it('asks once for all groups of a queue', () => {
    const on = world(QUEUES, 100);
    on.cycle();
    expect(asked(on)).to.have.length(1);
  });

  it('asks again after ten seconds, holds on to the answer meanwhile, and forgets it after twenty', () => {
    const on = world(JOBS);
    const cycleAt = (seconds: number): string | undefined => {
      on.nowMs = seconds * SECOND_MS;
      return on.cycle().refused['g0']?.split(':')[0];
    };
    cycleAt(0);
    answer(on, status(-1));
    expect([cycleAt(9), asked(on).length]).to.deep.equal(['RefusedByExtender', 0]);
    expect([cycleAt(10), asked(on).length]).to.deep.equal(['RefusedByExtender', 1]);
    expect([cycleAt(19), asked(on).length]).to.deep.equal(['RefusedByExtender', 0]);
    expect([cycleAt(21), asked(on).length]).to.deep.equal(['WaitingForExtender', 0]);
  });

  it('asks nobody again while nothing was answered', () => {
    const on = world(JOBS, 3);
    on.cycle();
    const queue = on.snapshot.queues.get('default');
    if (queue === undefined) throw new Error('Cannot ask: there is no queue');
    on.cycle();
    const before = on.scheduler.framework.entry.stamp(queue);
    on.cycle();
    expect(on.scheduler.framework.entry.stamp(queue)).to.equal(before);
    answer(on, status(-1));
    expect(on.scheduler.framework.entry.stamp(queue)).to.be.greaterThan(before);
  });
});

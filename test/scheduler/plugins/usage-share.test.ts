import { expect } from 'chai';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import type { PastUsage, QueueRecord } from '../../../src/api/records/queue-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import type { Decision } from '../../../src/scheduler/session/decision.ts';
import { elastic } from '../../support/capacity-world.ts';
import { LivingWorld } from '../../support/living-world.ts';
import { amounts } from '../../support/scheduler-world.ts';
import { makePod, makeShape } from '../../support/records.ts';

const HOUR = 3_600_000;

function policy(sharing: PluginName = 'capacity', halfLife = '1h'): SchedulerPolicy {
  return {
    ...DEFAULT_POLICY,
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('usage-share', { halfLife })],
      [plugin('predicates'), plugin(sharing), plugin('binpack')],
    ],
  };
}

function cluster(cpus = 10): LivingWorld {
  return new LivingWorld(policy()).node('n1', amounts(cpus)) as LivingWorld;
}

function past(mean: number, atMs = 0): Pick<QueueRecord, 'usage'> {
  return { usage: { mean, atMs } };
}

/** What is told of a queue's past. */
function told(decisions: readonly Decision[], queue: string): PastUsage | undefined {
  const status = decisions.find((each) => each.kind === 'queueStatus' && each.queue === queue);
  return status?.kind === 'queueStatus' ? status.usage : undefined;
}

describe('shares over time', () => {
  const cases: readonly (readonly [string, Partial<QueueRecord>, Partial<QueueRecord>, readonly [number, number]])[] = [
    ['are equal without a past', {}, {}, [5, 5]],
    ['give a queue all that one had more before', past(0.4), {}, [3, 7]],
    ['give all to a queue that had nothing while another had everything', past(1), {}, [0, 10]],
    ['go by weight', { weight: 4 }, {}, [8, 2]],
    ['let a past count less for a larger weight', { weight: 3, ...past(0.6) }, {}, [6, 4]],
    ['come after the priority of queues', { priority: 1, ...past(0.9) }, {}, [10, 0]],
    ['forget half of the past in a half-life', past(0.8, -HOUR), {}, [3, 7]],
    ['have nearly forgotten it after ten', past(0.8, -10 * HOUR), {}, [5, 5]],
  ];
  for (const [name, a, b, wanted] of cases) {
    it(name, () => {
      const on = cluster();
      on.nowMs = 1e12;
      const shifted = ({ usage, ...rest }: Partial<QueueRecord>): Partial<QueueRecord> =>
        usage === undefined ? rest : { ...rest, usage: { ...usage, atMs: usage.atMs + 1e12 } };
      on.queue('a', shifted(a)).queue('b', shifted(b));
      for (const queue of ['a', 'b']) elastic(on, queue, { waits: 20 });
      on.live();
      expect(['a', 'b'].map((queue) => on.held(queue) / 1000)).to.deep.equal(wanted);
    });
  }

  it('take nothing from anybody, and give room that becomes free to who had less', () => {
    const on = new LivingWorld({ ...policy(), actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'] });
    on.node('n1', amounts(10)).queue('a', past(1)).queue('b');
    elastic(on, 'a', { runs: 10, waits: 10 });
    elastic(on, 'b', { waits: 10 });
    expect(on.settle(3, 10)).to.equal(0);
    for (let i = 0; i < 4; i += 1) on.snapshot.removeTask(`uid-a-${i}`);
    on.live();
    expect(['a', 'b'].map((queue) => on.held(queue) / 1000)).to.deep.equal([6, 4]);
  });

  it('follow the law of decay: what one had before is made up for, by half in half a half-life', () => {
    const cpus = 50;
    const on = cluster(cpus).queue('a').queue('b') as LivingWorld;
    const until = new Map<string, number>();
    const held = (queue: string): number => on.held(queue) / 1000 / cpus;
    let made = 0;
    /** Ten seconds: pods run for a minute, and enough wait at any time. What b holds of all. */
    const pass = (queues: readonly string[]): number => {
      for (const queue of queues) {
        for (let waits = on.snapshot.jobs.get(`ns/${queue}`)?.pending() ?? 0; waits < cpus; waits += 1) {
          on.snapshot.upsertTask(makePod(`p${(made += 1)}`, queue, makeShape(amounts(1))));
        }
      }
      on.live();
      const part = held('b') / (held('a') + held('b'));
      for (const task of on.snapshot.tasks.values()) {
        if (task.status !== TaskStatus.Running) continue;
        const endMs = until.get(task.uid) ?? on.nowMs + 60_000 - (until.size % 6) * 10_000;
        until.set(task.uid, endMs);
        if (endMs <= on.nowMs) on.snapshot.upsertTask(podWith(task.record, { phase: 'Succeeded' }));
      }
      on.nowMs += 10_000;
      return part;
    };
    for (const queue of ['a', 'b']) on.group(queue, 1, { queue });
    while (on.nowMs < HOUR) pass(['a']);
    // After an hour of everything a's past is one half.
    const off: string[] = [];
    for (const startMs = on.nowMs; on.nowMs < startMs + 2 * HOUR;) {
      const hours = (on.nowMs - startMs) / HOUR;
      const part = pass(['a', 'b']);
      const wanted = 0.5 + 0.25 * 2 ** (-2 * hours);
      // Until then pods of the hour before run on.
      if (hours > 0.05 && Math.abs(part - wanted) > 0.03) off.push(`${hours} ${part} ${wanted}`);
    }
    expect(off).to.deep.equal([]);
  });

  it('charge a branch with what is used below it, and compare no queue with one above it', () => {
    const capacity = { ...plugin('capacity'), isHierarchical: true } as const;
    const [first = [], second = []] = policy().tiers;
    const tree = { ...policy(), tiers: [first, second.map((each) => (each.name === 'capacity' ? capacity : each))] };
    const on = new LivingWorld(tree).node('n1', amounts(10)) as LivingWorld;
    on.queue('x', past(0.4)).queue('a', { parent: 'x' }).queue('b');
    for (const queue of ['a', 'b']) elastic(on, queue, { waits: 20 });
    on.live();
    expect(['x', 'a', 'b'].map((queue) => on.held(queue) / 1000)).to.deep.equal([3, 3, 7]);
  });

  it('are kept over a restart', () => {
    const on = cluster().queue('a').queue('b') as LivingWorld;
    elastic(on, 'a', { waits: 5 });
    on.live();
    on.nowMs = HOUR;
    // Something of it changes, and so it is told.
    on.snapshot.removeTask('uid-a-waits-0');
    const usage = told(on.cycle().decisions, 'a');
    expect(usage?.mean).to.be.closeTo(0.25, 1e-9);
    expect(usage?.atMs).to.equal(HOUR);
    const next = cluster();
    next.nowMs = 2 * HOUR;
    next.queue('a', { usage }).queue('b');
    elastic(next, 'a', { runs: 4 });
    next.cycle();
    expect(next.snapshot.queues.get('a')?.usage?.mean(next.nowMs)).to.be.closeTo(0.4 - 0.15 / 2, 1e-9);
  });

  it('charge the time in which nobody led with what was held, not with what is placed now', () => {
    const on = cluster();
    on.nowMs = HOUR;
    on.queue('a', past(0.4)).queue('b');
    for (const queue of ['a', 'b']) elastic(on, queue, { waits: 20 });
    on.live();
    expect(on.snapshot.queues.get('a')?.usage?.mean(HOUR)).to.equal(0.2);
  });

  it('are those that another leader told in between', () => {
    const on = cluster().queue('a') as LivingWorld;
    on.cycle();
    on.nowMs = HOUR;
    on.queue('a', past(0.5, HOUR / 2));
    on.cycle();
    expect(on.snapshot.queues.get('a')?.usage?.mean(HOUR)).to.be.closeTo(0.5 / Math.SQRT2, 1e-9);
  });

  it('outlive another half-life in the configuration, as they are by then', () => {
    const on = cluster().queue('a', past(0.5)) as LivingWorld;
    on.cycle();
    const next = new Scheduler(on.snapshot, policy('capacity', '2h'));
    next.cycle({ nowMs: HOUR });
    expect(on.snapshot.queues.get('a')?.usage?.mean(HOUR)).to.equal(0.25);
    expect(on.snapshot.queues.get('a')?.usage?.mean(3 * HOUR)).to.equal(0.125);
  });

  it('say nothing where nobody asks for them', () => {
    const on = new LivingWorld(DEFAULT_POLICY).node('n1', amounts(10)).queue('a');
    const { decisions } = on.cycle();
    expect([on.snapshot.queues.get('a')?.usage, told(decisions, 'a')]).to.deep.equal([undefined, undefined]);
  });
});

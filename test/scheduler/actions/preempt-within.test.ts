import { expect } from 'chai';
import fc from 'fast-check';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { evicted, evictions, leave, policy, runs, WHOLE_GANGS_GO, world } from '../../support/evicting-world.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';
import { PART_LABEL, partsOf } from '../../support/sub-groups.ts';

/** A group of four pods that fill the node, and more pods of it of a priority of their own that wait. */
function full(minMember: number, waiting: Readonly<Record<string, number>>, isPatient = false): SchedulerWorld {
  const on = world(policy('preempt'));
  runs(on, 'a', { n1: 4 }, { minMember });
  for (const [name, priority] of Object.entries(waiting)) {
    on.snapshot.upsertTask(makePod(name, 'a', makeShape(amounts(1)), { priority, isPatient, createdMs: 100 }));
  }
  return on;
}

describe('preemption between the pods of one group', () => {
  const CASES: readonly (readonly [string, () => SchedulerWorld, readonly string[]])[] = [
    ['gives a pod of higher priority the room of the youngest that is lower', () => full(1, { x: 5 }), ['a-3']],
    ['gives each of several its room', () => full(1, { x: 5, y: 5 }), ['a-2', 'a-3']],
    ['stops where the minimum of the group would break', () => full(3, { x: 5, y: 5 }), ['a-3']],
    ['takes nothing from a gang that needs all its pods', () => full(4, { x: 5 }), []],
    ['takes nothing from pods of the same priority', () => full(1, { x: 0 }), []],
    ['takes nothing for a pod whose class says that nobody is to go for it', () => full(1, { x: 5 }, true), []],
  ];
  for (const [name, make, want] of CASES) {
    it(name, () => {
      const on = make();
      expect(evicted(on.cycle())).to.deep.equal(want);
    });
  }

  it('takes nothing from the minimum of a role', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 3, minTaskMember: new Map([['worker', 3]]) });
    on.snapshot.upsertTask(makePod('x', 'a', makeShape(amounts(2)), { priority: 5, task: 'other' }));
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('takes all of a part that can be spared, and never breaks a gang for its own pod', () => {
    for (const [least, want] of [
      [1, ['a-0-0', 'a-0-1']],
      [2, []],
    ] as const) {
      const on = world(policy('preempt', WHOLE_GANGS_GO));
      on.group('a', 0, { phase: 'Running', subGroups: [partsOf(2, least)] });
      for (const part of ['0', '1']) {
        for (const n of [0, 1]) {
          const labels = [PART_LABEL, part];
          on.running(`a-${part}-${n}`, 'a', 'n1', { requests: amounts(1), labels, priority: Number(part) });
        }
      }
      on.snapshot.upsertTask(makePod('x', 'a', makeShape(amounts(1)), { priority: 5 }));
      expect(evicted(on.cycle())).to.deep.equal(want);
    }
  });

  it('leaves the room to whom it was made for, and ends', () => {
    const on = full(1, { x: 5 });
    const first = on.cycle();
    expect(first.pipelined).to.deep.equal({ x: 'n1' });
    expect(evictions(first.decisions)[0]?.message).to.equal(
      'a pod of higher priority of PodGroup ns/a takes its room.',
    );
    leave(on, first);
    on.snapshot.upsertTask(makePod('again', 'a', makeShape(amounts(1)), { createdMs: 200 }));
    const second = on.cycle();
    expect([second.placed, evicted(second)]).to.deep.equal([{ x: 'n1' }, []]);
  });

  it('takes only lower ones, keeps the minimum and comes to an end, whatever runs and waits', () => {
    const pod = fc.record({ priority: fc.nat(2), cpus: fc.integer({ min: 1, max: 2 }) });
    let seen = 0;
    fc.assert(
      fc.property(
        fc.array(pod, { minLength: 1, maxLength: 6 }),
        fc.array(pod, { maxLength: 4 }),
        fc.nat(3),
        (first, later, minMember) => {
          const on = world(policy('preempt'), 2);
          const bring = (name: string, { priority, cpus }: { priority: number; cpus: number }): void =>
            on.snapshot.upsertTask(makePod(name, 'a', makeShape(amounts(cpus)), { priority }));
          on.group('a', minMember);
          first.forEach((each, n) => bring(`first-${n}`, each));
          for (let turn = 0; turn < 12; turn += 1) {
            const outcome = on.cycle();
            const gone = evictions(outcome.decisions).flatMap(({ uid }) => on.snapshot.tasks.get(uid) ?? []);
            const promised = Object.keys(outcome.pipelined).flatMap(
              (name) => on.snapshot.tasks.get(`uid-${name}`) ?? [],
            );
            const highest = Math.max(...promised.map(({ record }) => record.priority));
            for (const task of gone) expect(task.record.priority).to.be.lessThan(highest);
            if (gone.length > 0) expect(on.snapshot.jobs.get('ns/a')?.ready()).to.be.at.least(minMember);
            seen += gone.length;
            if (turn > 9) expect(gone).to.deep.equal([]);
            leave(on, outcome);
            gone.forEach(({ record, class: taskClass }, n) =>
              bring(`again-${turn}-${n}`, { priority: record.priority, cpus: (taskClass.amountOf(0) ?? 0) / 1000 }),
            );
            for (const task of on.snapshot.tasks.values()) {
              if (task.status === TaskStatus.Binding)
                on.snapshot.upsertTask({ ...task.record, nodeName: task.nodeName, phase: 'Running' });
            }
            if (turn === 0) later.forEach((each, n) => bring(`later-${n}`, each));
          }
        },
      ),
      { numRuns: 500, seed: 3 },
    );
    expect(seen).to.be.greaterThan(50);
  });
});

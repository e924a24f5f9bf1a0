import { expect } from 'chai';
import fc from 'fast-check';
import type { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { LOWEST_PRIORITY } from '../../../src/scheduler/model/priority-table.ts';
import { VictimSums } from '../../../src/scheduler/ledger/victim-sums.ts';
import { holdsNode, TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { makePriorityClass, makeShape } from '../../support/records.ts';
import { SchedulerModel, steps } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** `queue priority tasks cpus` of each sum. */
function told(sums: VictimSums, node = 0): string[] {
  return sums
    .of(node)
    .map(({ queue, priority, tasks, amounts: held }) => `${queue.name} ${priority} ${tasks} ${(held[0] ?? 0) / 1000}`);
}

/** On `n1` (8 CPUs): two pods of queue `default` at priority 0, one of queue `q` at 0 and one of `q` at 10. */
function world(): SchedulerWorld {
  const made = new SchedulerWorld().nodes(1, amounts(8)).queue('q');
  made.snapshot.setPriorityClass(makePriorityClass('high', 10));
  made.group('low', 1).group('mid', 1, { queue: 'q' }).group('high', 1, { queue: 'q', priorityClassName: 'high' });
  for (const name of ['low-1', 'low-2']) made.running(name, 'low', 'n1', { requests: amounts(1) });
  made.running('mid-1', 'mid', 'n1', { requests: amounts(2) });
  made.running('high-1', 'high', 'n1', { requests: amounts(3) });
  made.snapshot.settle();
  return made;
}

describe('victim sums', () => {
  it('tell what could be freed on a node by queue and priority, lowest first', () => {
    const sums = new VictimSums(world().snapshot);
    expect(told(sums)).to.deep.equal(['default 0 2 2', 'q 0 1 2', 'q 10 1 3']);
    expect(sums.of(0)).to.equal(sums.of(0));
  });

  it('leave out what is on its way, what leaves already, what is lost, and what others placed', () => {
    const made = world();
    const sums = new VictimSums(made.snapshot);
    made.running('low-1', 'low', 'n1', { requests: amounts(1), deleting: true });
    made.running('mid-1', 'mid', 'n1', { requests: amounts(2), phase: 'Unknown' });
    made.running('other', 'low', 'n1', { requests: amounts(1), schedulerName: 'default-scheduler' });
    made.gang('a', { count: 1, requests: amounts(1) }).cycle();
    expect(told(sums)).to.deep.equal(['default 0 1 1', 'q 10 1 3']);
  });

  it('follow a group that moves to another queue or priority', () => {
    const made = world();
    const sums = new VictimSums(made.snapshot);
    expect(told(sums)).to.have.length(3);
    made.group('mid', 1, { priorityClassName: 'high' });
    expect(told(sums)).to.deep.equal(['default 0 2 2', 'default 10 1 2', 'q 10 1 3']);
    made.snapshot.setPriorityClass(makePriorityClass('high', 5));
    expect(told(sums)).to.deep.equal(['default 0 2 2', 'default 5 1 2', 'q 5 1 3']);
  });

  it('follow a node whose place in the order changes', () => {
    const made = world();
    const sums = new VictimSums(made.snapshot);
    expect(told(sums)).to.have.length(3);
    made.node('n0', amounts(8)).snapshot.settle();
    expect([told(sums, 0), told(sums, 1)]).to.deep.equal([[], ['default 0 2 2', 'q 0 1 2', 'q 10 1 3']]);
  });

  const FITS: readonly (readonly [cpus: number, who: string, below: number, fits: boolean])[] = [
    [1, 'nobody', 0, true],
    [2, 'nobody', 0, false],
    [3, 'default', 1, true],
    [4, 'default', 1, false],
    [3, 'q', 10, true],
    [6, 'q', 11, true],
    [7, 'q', 11, false],
  ];
  for (const [cpus, who, below, fits] of FITS) {
    it(`say that a pod of ${cpus} CPUs ${fits ? 'fits' : 'does not fit'} when ${who} may go below ${below}`, () => {
      const made = world().gang('a', { count: 1, shape: makeShape(amounts(cpus)) });
      const taskClass = made.snapshot.tasks.get('uid-a-0')?.class;
      if (taskClass === undefined) throw new Error('no class');
      const mayGo = (queue: { readonly name: string }, priority: number): boolean =>
        queue.name === who && priority < below;
      expect(new VictimSums(made.snapshot).wouldFit(0, taskClass, mayGo)).to.equal(fits);
    });
  }

  it('equal a recount after any changes, and the lists of the nodes hold every holder once', () => {
    let seen = 0;
    fc.assert(
      fc.property(steps(80), (script) => {
        const model = SchedulerModel.started();
        const { snapshot } = model;
        const sums = new VictimSums(snapshot);
        for (const step of script) {
          model.apply(step);
          snapshot.settle();
          for (let node = 0; node < snapshot.nodes.count; node += 1) {
            expect(listed(snapshot, node)).to.deep.equal(holders(snapshot, node));
            expect(counted(sums, node)).to.have.members(recounted(snapshot, node));
            seen += sums.of(node).length;
          }
        }
      }),
      { numRuns: 150, seed: 43 },
    );
    expect(seen).to.be.greaterThan(500);
  });
});

/** A pod on the node of the world: milli-CPUs, the priority of its group, and when it was made. */
const holder = fc.record({
  cpu: fc.integer({ min: 1, max: 3 }),
  priority: fc.constantFrom(-5, 0, 10),
  createdMs: fc.integer({ min: 0, max: 3 }),
});

describe('the bound on who would have to go', () => {
  it('is reached or surpassed by every set of pods that makes room', () => {
    fc.assert(
      fc.property(fc.array(holder, { maxLength: 6 }), fc.integer({ min: 1, max: 20 }), (holders, asked) => {
        const made = new SchedulerWorld().nodes(1, amounts(18));
        holders.forEach(({ cpu, priority, createdMs }, i) => {
          made.snapshot.setPriorityClass(makePriorityClass(`p${priority}`, priority));
          made.group(`g${i}`, 1, { priorityClassName: `p${priority}` });
          made.running(`h${i}`, `g${i}`, 'n1', { requests: amounts(cpu), createdMs });
        });
        made.gang('a', { count: 1, shape: makeShape(amounts(asked)) });
        made.snapshot.settle();
        const taskClass = made.snapshot.tasks.get('uid-a-0')?.class;
        if (taskClass === undefined) throw new Error('no class');
        const bound = new VictimSums(made.snapshot).bound(0, taskClass, () => true);
        const free = 18 - holders.reduce((sum, { cpu }) => sum + cpu, 0);
        const enough = subsets(holders).filter((gone) => free + gone.reduce((sum, { cpu }) => sum + cpu, 0) >= asked);
        expect(bound === undefined).to.equal(enough.length === 0);
        for (const gone of enough) {
          const priorities = gone.map(({ priority }) => priority);
          expect(gone.length).to.be.at.least(bound?.count ?? 0);
          expect(Math.max(-Infinity, ...priorities)).to.be.at.least(bound?.highest ?? 0);
          const sum = priorities.reduce<number>((total, priority) => total + priority - LOWEST_PRIORITY, 0);
          expect(sum).to.be.at.least(bound?.sum ?? 0);
          for (const { createdMs } of gone) expect(createdMs).to.be.at.most(bound?.youngestMs ?? 0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function subsets<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((sets, each) => [...sets, ...sets.map((set) => [...set, each])], [[]]);
}

function listed(snapshot: Snapshot, node: number): string[] {
  const uids: string[] = [];
  for (let task = snapshot.nodeTasks.first(node); task !== undefined; task = task.nextOnNode) uids.push(task.uid);
  return uids.toSorted();
}

function holders(snapshot: Snapshot, node: number): string[] {
  const tasks = [...snapshot.tasks.values()].filter(({ nodeIx, status }) => nodeIx === node && holdsNode(status));
  return tasks.map(({ uid }) => uid).toSorted();
}

function counted(sums: VictimSums, node: number): string[] {
  return sums.of(node).map(({ queue, priority, tasks }) => `${queue.name} ${priority} ${tasks}`);
}

function recounted(snapshot: Snapshot, node: number): string[] {
  const counts = new Map<string, number>();
  for (const { nodeIx, status, job } of snapshot.tasks.values()) {
    const isThere = nodeIx === node && (status === TaskStatus.Bound || status === TaskStatus.Running);
    if (!isThere || job?.queue === undefined) continue;
    const key = `${job.queue.name} ${job.priority}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ${count}`).toSorted();
}

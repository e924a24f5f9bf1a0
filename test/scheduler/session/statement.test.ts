import { expect } from 'chai';
import { Statement } from '../../../src/scheduler/session/statement.ts';
import type { Job } from '../../../src/scheduler/model/job.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('a statement', () => {
  it('hands out what it commits once, and keeps promises and what came before the mark', () => {
    const { snapshot } = new SchedulerWorld().nodes(1, amounts(4)).gang('a', { count: 4, requests: amounts(1) });
    snapshot.settle();
    const statement = new Statement(snapshot);
    const tasks = [...snapshot.tasks.values()];
    const [job] = snapshot.jobs.values();
    for (const [at, task] of tasks.entries()) {
      if (at === 2) statement.pipeline(task, 0);
      else statement.allocate(task, 0);
    }
    expect(statement.commit(job as Job, 1)).to.deep.equal([tasks[1], tasks[3]]);
    expect(statement.commit(job as Job, 1)).to.deep.equal([]);
    expect(statement.open()).to.deep.equal([tasks[0], tasks[2]]);
    statement.rollback(0);
    expect(tasks.map(({ status, nodeName }) => [status, nodeName])).to.deep.equal([
      [TaskStatus.Pending, ''],
      [TaskStatus.Binding, 'n1'],
      [TaskStatus.Pending, ''],
      [TaskStatus.Binding, 'n1'],
    ]);
    expect(snapshot.nodes.idle[0]).to.deep.equal(Float64Array.of(2000));
  });
});

import { expect } from 'chai';
import { EvictionPlans } from '../../../src/scheduler/actions/eviction-plans.ts';
import { PREEMPT } from '../../../src/scheduler/actions/victim-rule.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { Session } from '../../../src/scheduler/session/session.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** Three full nodes, a pod on each, and one more pod that asks for a node. */
function fullWorld(): { readonly session: Session; readonly standing: readonly Task[]; readonly asking: Task } {
  const world = new SchedulerWorld().nodes(3, amounts(4));
  for (const n of [1, 2, 3]) {
    world.group(`low-${n}`, 1, { phase: 'Running' });
    world.running(`low-${n}-0`, `low-${n}`, `n${n}`, { requests: amounts(4) });
  }
  world.gang('high', { count: 1, requests: amounts(4) }).cycle();
  const tasks = [...world.snapshot.tasks.values()];
  const session = new Session(world.snapshot, world.scheduler.framework, { nowMs: 0 });
  return { session, standing: tasks.slice(0, 3), asking: tasks[3] as Task };
}

describe('the plans of evictions', () => {
  it('are made anew for nodes that were short of rights, once another pod goes in the place of one that stays', () => {
    const { session, standing, asking } = fullWorld();
    const { job } = asking;
    const queue = job?.queue;
    if (job === undefined || queue === undefined) throw new Error('The group has no queue');
    const asked: number[] = [];
    const planner = {
      plan: (node: number) => {
        asked.push(node);
        return { plan: undefined, isShortOfRights: true };
      },
    };
    const plans = new EvictionPlans({ session, rule: PREEMPT, planner });
    const nodesAsked = (): readonly number[] => {
      asked.length = 0;
      plans.best({ task: asking, job, queue, picker: session.framework.picker(asking) });
      return asked.toSorted((a, b) => a - b);
    };
    const why = { code: 'Preempted', message: 'for the test' } as const;
    const [first, second] = standing as [Task, Task];

    expect(nodesAsked()).to.deep.equal([0, 1, 2]);
    expect(nodesAsked(), 'nothing happened').to.deep.equal([]);
    session.statement.evict(first, why);
    expect(nodesAsked(), 'one goes').to.deep.equal([0, 1, 2]);
    session.statement.spare(first);
    session.statement.evict(second, why);
    expect(nodesAsked(), 'another one goes').to.deep.equal([0, 1, 2]);
  });
});

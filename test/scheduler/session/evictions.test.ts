import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { Framework } from '../../../src/scheduler/framework/framework.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import type { Refusal } from '../../../src/scheduler/model/refusal.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { Session } from '../../../src/scheduler/session/session.ts';
import { Statement } from '../../../src/scheduler/session/statement.ts';
import { digest, SchedulerModel, steps } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const WHY: Refusal = { code: 'QueueOverused', message: 'queue a takes back its share.' };

/** A node of 2 CPUs with a pod of 2 CPUs, `old-1`, on it. */
function full(): SchedulerWorld {
  const world = new SchedulerWorld().nodes(1, amounts(2)).group('old', 1);
  return world.running('old-1', 'old', 'n1', { requests: amounts(2) });
}

function taskOf(world: SchedulerWorld, name: string): Task {
  const task = world.snapshot.tasks.get(`uid-${name}`);
  if (task === undefined) throw new Error(`no task ${name}`);
  return task;
}

/** What an action that evicts will do: the session that it runs in, and the decisions. */
function evictOld(world: SchedulerWorld): Session {
  world.snapshot.settle();
  const session = new Session(world.snapshot, new Framework(world.snapshot, DEFAULT_POLICY, PLUGINS), { nowMs: 0 });
  session.statement.evict(taskOf(world, 'old-1'), WHY);
  return session;
}

describe('an eviction', () => {
  it('frees no room at once, and promises it', () => {
    const world = full();
    evictOld(world);
    const { nodes } = world.snapshot;
    expect([nodes.idle[0]?.[0], nodes.releasing[0]?.[0]]).to.deep.equal([0, 2000]);
    expect(world.gang('a', { count: 1, requests: amounts(2) }).cycle().pipelined).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is told with its reason once it is committed', () => {
    const session = evictOld(full());
    session.commitEvictions(0);
    expect([...session.close()][0]).to.deep.equal({
      kind: 'evict',
      uid: 'uid-old-1',
      pod: 'ns/old-1',
      group: 'ns/old',
      ...WHY,
    });
  });

  it('that nobody commits is undone when the cycle ends, and not told', () => {
    const world = full();
    world.cycle();
    const before = digest(world.snapshot);
    const kinds = [...evictOld(world).close()].map(({ kind }) => kind);
    expect(kinds).to.not.include('evict');
    expect(taskOf(world, 'old-1').status).to.equal(TaskStatus.Running);
    expect(digest(world.snapshot)).to.deep.equal(before);
  });

  it('that nobody commits is no change of its group, whose phase is not looked at for that', () => {
    const world = full();
    world.cycle();
    const told = (session: Session): string[] =>
      [...session.close()].flatMap((decision) => (decision.kind === 'status' ? decision.group : []));
    expect(told(evictOld(world))).to.deep.equal([]);
    const session = evictOld(world);
    session.statement.rollback(0);
    expect(told(session)).to.deep.equal([]);
    const committed = evictOld(world);
    committed.commitEvictions(0);
    expect(told(committed)).to.deep.equal(['ns/old']);
  });

  it('is committed once, and leaves promises undoable', () => {
    const world = full().gang('a', { count: 1, requests: amounts(2) });
    world.snapshot.settle();
    const statement = new Statement(world.snapshot);
    statement.evict(taskOf(world, 'old-1'), WHY);
    statement.pipeline(taskOf(world, 'a-0'), 0);
    expect(statement.commitEvictions(0).map(({ task }) => task.uid)).to.deep.equal(['uid-old-1']);
    expect(statement.commitEvictions(0)).to.deep.equal([]);
    statement.rollback(0);
    expect(taskOf(world, 'old-1').status).to.equal(TaskStatus.Releasing);
    expect(taskOf(world, 'a-0').status).to.equal(TaskStatus.Pending);
  });

  it('that is on its way counts although the watch still shows the pod running', () => {
    const world = full();
    evictOld(world).commitEvictions(0);
    world.running('old-1', 'old', 'n1', { requests: amounts(2), resourceVersion: '2' });
    expect(taskOf(world, 'old-1').status).to.equal(TaskStatus.Releasing);
    world.running('old-1', 'old', 'n1', { requests: amounts(2), deleting: true });
    expect(taskOf(world, 'old-1').status).to.equal(TaskStatus.Releasing);
  });

  it('that did not happen leaves the pod where it was', () => {
    const world = full();
    world.snapshot.settle();
    const before = digest(world.snapshot);
    evictOld(world).commitEvictions(0);
    world.snapshot.forget('uid-old-1');
    world.snapshot.settle();
    expect(digest(world.snapshot)).to.deep.equal(before);
  });

  it('of a pod that ends in the meantime is over', () => {
    const world = full();
    evictOld(world).commitEvictions(0);
    world.running('old-1', 'old', 'n1', { requests: amounts(2), phase: 'Succeeded' });
    expect(taskOf(world, 'old-1').status).to.equal(TaskStatus.Succeeded);
    expect(world.snapshot.nodes.idle[0]?.[0]).to.equal(2000);
  });

  it('is for pods that stand on a node only', () => {
    const world = full().gang('a', { count: 1, requests: amounts(2) });
    const statement = new Statement(world.snapshot);
    expect(() => statement.evict(taskOf(world, 'a-0'), WHY)).to.throw('Cannot evict ns/a-0');
  });

  it('is undone to the bit among placements, to any mark', () => {
    let evicted = 0;
    const operations = fc.array(fc.tuple(fc.noBias(fc.nat(1000)), fc.nat(1000)), { maxLength: 12 });
    fc.assert(
      fc.property(steps(40), operations, operations, (script, kept, undone) => {
        const { snapshot } = played(script);
        const statement = new Statement(snapshot);
        const before = digest(snapshot);
        for (const operation of kept) operate(snapshot, statement, operation);
        const mark = statement.checkpoint();
        const atMark = digest(snapshot);
        for (const operation of undone) operate(snapshot, statement, operation);
        const uidsOf = (tasks: readonly Task[]): readonly string[] => tasks.map(({ uid }) => uid);
        const openOf = (wanted: TaskStatus): readonly string[] =>
          uidsOf(statement.open().filter(({ status }) => status === wanted));
        expect(uidsOf(statement.evicted(0))).to.deep.equal(openOf(TaskStatus.Releasing));
        expect(uidsOf(statement.promised())).to.deep.equal(openOf(TaskStatus.Pipelined));
        evicted += statement.evicted(0).length;
        statement.rollback(mark);
        expect(digest(snapshot)).to.deep.equal(atMark);
        statement.rollback(0);
        expect(digest(snapshot)).to.deep.equal(before);
      }),
      { numRuns: 300, seed: 31 },
    );
    expect(evicted).to.be.greaterThan(50);
  });
});

function played(script: readonly Parameters<SchedulerModel['apply']>[0][]): SchedulerModel {
  const model = SchedulerModel.started();
  for (const step of script) model.apply(step);
  model.snapshot.settle();
  return model;
}

/** A pending task takes a place or a promise, and one that stands on a node is evicted. */
function operate(
  snapshot: SchedulerModel['snapshot'],
  statement: Statement,
  [taskAt, nodeAt]: readonly [number, number],
): void {
  const task = [...snapshot.tasks.values()][taskAt % Math.max(1, snapshot.tasks.size)];
  const { count } = snapshot.nodes;
  if (task === undefined || count === 0) return;
  if (task.status === TaskStatus.Bound || task.status === TaskStatus.Running) statement.evict(task, WHY);
  else if (task.status === TaskStatus.Pending && nodeAt % 2 === 0) statement.allocate(task, nodeAt % count);
  else if (task.status === TaskStatus.Pending) statement.pipeline(task, nodeAt % count);
}

import { expect } from 'chai';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { Ancestors } from '../../../src/scheduler/shares/ancestors.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function cpus(count: number): { readonly capability: QueueRecord['capability'] } {
  return { capability: new Map(Object.entries(amounts(count))) };
}

/** Queue `team` of 2 CPUs with the queues `red` and `blue` below it, beside queue `default`; a node of 8 CPUs. */
function team(): SchedulerWorld {
  const world = new SchedulerWorld().nodes(1, amounts(8)).queue('team', cpus(2));
  return world.queue('red', { parent: 'team' }).queue('blue', { parent: 'team' });
}

function minimum(count: number): { readonly minResources: ReadonlyMap<string, number> } {
  return { minResources: new Map(Object.entries(amounts(count))) };
}

describe('a queue with others below it', () => {
  it('holds no more than its capability, with all of them', () => {
    const world = team().gang('a', { count: 2, requests: amounts(1) }, { queue: 'red' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['a-0', 'a-1']);
    const { placed, refused } = world.gang('b', { count: 2, requests: amounts(1) }, { queue: 'blue' }).cycle();
    expect(placed).to.deep.equal({});
    expect(refused['b']).to.equal(
      'QueueLimit: queue team above queue blue has nothing left of cpu: 1 asked, 2 of 2 held. PodGroup ns/b must place 2 more pods together.',
    );
  });

  it('lets in no more than it can hold', () => {
    const world = team().gang('a', { count: 2, requests: amounts(1) }, { queue: 'red', ...minimum(2) });
    world.gang('b', { count: 2, requests: amounts(1) }, { queue: 'blue', createdMs: 1, ...minimum(2) });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0', 'a-1']);
    expect([world.phase('b'), refused['b']]).to.deep.equal([
      'Pending',
      'WaitingInQueue: PodGroup ns/b waits for room in queue team above queue blue: cpu 2 asked, 2 held or promised of 2.',
    ]);
  });

  it('gives the room of one of them to another once it is free', () => {
    const world = team().gang('a', { count: 2, requests: amounts(1) }, { queue: 'red', ...minimum(2) });
    world.cycle();
    world.gang('b', { count: 2, requests: amounts(1) }, { queue: 'blue', ...minimum(2) });
    for (let i = 0; i < 2; i += 1) expect(world.cycle().placed).to.deep.equal({});
    for (const name of ['a-0', 'a-1']) world.snapshot.removeTask(`uid-${name}`);
    world.snapshot.removeJob('ns/a');
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['b-0', 'b-1']);
  });

  it('counts its own work as well', () => {
    const world = team().gang('own', { count: 1, requests: amounts(1) }, { queue: 'team' });
    world.cycle();
    const { placed } = world.gang('a', { count: 2, requests: amounts(1) }, { queue: 'red', minMember: 1 }).cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0']);
    world.snapshot.removeTask('uid-own-0');
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['a-1']);
  });

  it('says in its status what all of them hold', () => {
    const world = team().gang('a', { count: 2, requests: amounts(1) }, { queue: 'red' });
    const told = world.cycle().decisions.filter((decision) => decision.kind === 'queueStatus');
    const cpusOf = (name: string): unknown => told.find(({ queue }) => queue === name)?.allocated.get('cpu');
    expect(['team', 'red', 'blue'].map(cpusOf)).to.deep.equal([2000, 2000, undefined]);
  });

  it('keeps nothing from queues beside it that its branch may not hold', () => {
    const world = team().queue('other');
    for (const queue of ['red', 'blue']) world.gang(queue, { count: 8, requests: amounts(1) }, { queue, minMember: 1 });
    world.gang('more', { count: 6, requests: amounts(1) }, { queue: 'other', minMember: 1 });
    const placed: string[] = [];
    for (let i = 0; i < 3; i += 1) placed.push(...Object.keys(world.cycle().placed));
    expect(placed.filter((name) => name.startsWith('more'))).to.have.length(6);
    expect(placed).to.have.length(8);
  });

  it('that can never hold the minimum of a group far below it says so', () => {
    const world = team().queue('deep', { parent: 'red' });
    const { refused } = world.gang('a', { count: 3, requests: amounts(1) }, { queue: 'deep' }).cycle();
    expect(refused['a']).to.match(/^NeverFits: .* its minimum is cpu 3, and queue deep may hold 2 of the 8/);
  });

  it('is left when a queue below it names another parent', () => {
    const world = team().gang('a', { count: 2, requests: amounts(1) }, { queue: 'red' });
    world.cycle();
    world.gang('b', { count: 2, requests: amounts(1) }, { queue: 'blue' });
    expect(world.cycle().placed).to.deep.equal({});
    world.queue('red', { parent: 'root' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['b-0', 'b-1']);
  });
});

describe('what happened in the branches of a queue', () => {
  it('is told apart where one of them is gone and the sum of all is the same', () => {
    const made = (movesBelow: number, ...below: readonly string[]): readonly number[] => {
      const world = new SchedulerWorld().queue('team', cpus(2));
      for (const name of below) world.queue(name, { parent: 'team' });
      const { queues } = world.snapshot;
      const team = queues.get('team');
      if (team !== undefined) Object.assign(team, { moves: 1, movesBelow });
      const shares = new Map(
        Array.from(queues.values(), (queue) => [
          queue,
          { queue, capability: Float64Array.of(queue === team ? 2000 : Infinity) },
        ]),
      );
      const red = queues.get('red');
      return red === undefined
        ? []
        : new Ancestors(shares).moves(red, ({ record }) => (record.name === 'blue' ? 3 : 1));
    };
    expect(made(5, 'red', 'blue')).to.not.deep.equal(made(8, 'red'));
    expect(made(5, 'red', 'blue')).to.deep.equal(made(5, 'red', 'blue'));
  });
});

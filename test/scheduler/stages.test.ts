import { expect } from 'chai';
import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const CPUS = (count: number): ReadonlyMap<string, number> => new Map([['cpu', count * 1000]]);

/** An application whose driver asks for one executor once it runs; its root is the driver. */
function application(name: string, isOpen: boolean): Partial<PodGroupRecord> {
  const owner: OwnerRecord = { apiVersion: 'v1', kind: 'Pod', name: `${name}-driver`, uid: `driver-of-${name}` };
  const roles = isOpen
    ? {
        minMember: 2,
        minTaskMember: new Map([
          ['driver', 1],
          ['executor', 1],
        ]),
      }
    : {};
  return { owner, minResources: CPUS(2), createdMs: 1, ...roles };
}

/** Room for one application and a half; the second one comes first whenever nothing but the name decides. */
function twoDrivers(): SchedulerWorld {
  const world = new SchedulerWorld().nodes(1, amounts(8)).queue('default', { capability: CPUS(3) });
  const driver = { count: 1, requests: amounts(1), task: 'driver', prefix: 'z-driver' };
  return world.gang('z', driver, application('z', false));
}

/** The driver of `z` runs, and the stage behind it opens. */
function opened(world: SchedulerWorld): SchedulerWorld {
  world.running('z-driver-0', 'z', 'n1', { requests: amounts(1), task: 'driver' });
  return world.group('z', 2, application('z', true));
}

function second(world: SchedulerWorld): SchedulerWorld {
  const driver = { count: 1, requests: amounts(1), task: 'driver', prefix: 'a-driver' };
  return world.gang('a', driver, application('a', false));
}

describe('an application whose driver runs', () => {
  it('keeps the room of its executors when the stage behind it opens, whoever stands before it by name', () => {
    const world = twoDrivers();
    world.cycle();
    second(world).cycle();
    opened(world).cycle();
    world.cycle();
    expect([world.phase('z'), world.phase('a')]).to.deep.equal(['Inqueue', 'Pending']);
    world.pods('z', { count: 1, requests: amounts(1), task: 'executor', prefix: 'z-exec' });
    expect(world.cycle().placed).to.deep.equal({ 'z-exec-0': 'n1' });
  });

  it('keeps it for as long as a driver takes to ask for executors, and not for ever', () => {
    const world = twoDrivers();
    world.cycle();
    opened(second(world)).cycle();
    for (const nowMs of [20_000, 50_000]) {
      world.nowMs = nowMs;
      world.cycle();
      expect(world.phase('a'), `after ${nowMs} ms`).to.equal('Pending');
    }
    world.nowMs = 70_000;
    world.cycle();
    expect(world.phase('a')).to.not.equal('Pending');
  });
});

describe('a group whose controller is scaled down to nothing', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u' };

  it('is completed, and asks again for the room of the pods that it makes later', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).queue('default', { capability: new Map([['cpu', 2000]]) });
    world.group('web', 1, { owner, minResources: new Map([['cpu', 1000]]), phase: 'Running' });
    world.running('web-0', 'web', 'n1', { requests: amounts(1) });
    expect(world.cycle().statuses.get('web')?.phase).to.equal('Running');
    world.snapshot.removeTask('uid-web-0');
    expect(world.cycle().statuses.get('web')?.phase).to.equal('Completed');
    world.gang('rival', { count: 1, requests: amounts(2) }, { minResources: new Map([['cpu', 2000]]) });
    expect(world.cycle().placed).to.deep.equal({ 'rival-0': 'n1' });
    world.pods('web', { count: 1, requests: amounts(1), prefix: 'more' });
    const waits = world.cycle();
    expect(waits.placed).to.deep.equal({});
    expect(waits.refused['web']).to.match(/^WaitingInQueue/);
    world.snapshot.removeTask('uid-rival-0');
    world.snapshot.removeJob('ns/rival');
    expect(world.cycle().placed).to.deep.equal({ 'more-0': 'n1' });
  });
});

import { expect } from 'chai';
import { explanationText } from '../../../src/cli/explain/explanation-text.ts';
import { makeTopology, numaPod, numaPolicy } from '../../support/numa-records.ts';
import { hard, makeHyperNode, matching } from '../../support/network.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function told(world: SchedulerWorld, group: string): string {
  world.cycle();
  const explanation = world.scheduler.explain(`ns/${group}`);
  return explanation === undefined ? '' : explanationText(explanation);
}

describe('an explanation in words', () => {
  it('tells no more than a bound where each pod is given something of its own on a node', () => {
    const world = new SchedulerWorld(numaPolicy()).node('n1', amounts(16)).group('g', 3);
    world.snapshot.numa.publish(makeTopology('n1', { zones: [8, 8] }));
    for (const at of [0, 1, 2]) {
      world.snapshot.upsertTask(numaPod(`g-${at}`, 'g', ['single-numa-node', [{ cpu: '5' }]]));
    }
    expect(told(world, 'g')).to.contain('  at most 3 of them fit now, 3 if the cluster were empty');
  });

  it('tells reason, pods, queue, holders and place in line', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    world.group('runs', 1).running('runs-0', 'runs', 'n1', { requests: amounts(3) });
    expect(told(world.gang('late', { count: 2, requests: amounts(4) }), 'late').split('\n')).to.deep.equal([
      'PodGroup ns/late in queue default: waits (phase Inqueue)',
      '  pods: 2 start together, 2 exist, 0 placed, 2 wait, 2 more needed',
      '',
      'Why:',
      '  NotEnoughResources (has to wait)',
      '    PodGroup ns/late must place 2 more pods together and has room for 1; for the next one 0/2 nodes are available: 2 Insufficient cpu.',
      '    The members that must start together do not fit the cluster at the same time.',
      '',
      '2 waiting pods, each asks for cpu 4:',
      '  1 of them fit now, 2 if the cluster were empty',
      '  cpu: 5 free, 5 on nodes it may use, at most 4 on one',
      '  of 2 nodes: 1 Insufficient cpu',
      '',
      'Queue default:',
      '  cpu: 3 held, deserved 8, limit 8',
      '',
      'Who has cpu in the cluster:',
      '  queue default: 3 by 1 groups',
      '  ns/runs: 3 by 1 pods, priority 0; is not evicted for it: no action of the configuration evicts for others',
      '',
      'In line for placement: 1 of 1 in its queue',
    ]);
  });

  it('says whose it is, and where nobody has verified that', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).gang('g', { count: 1, requests: amounts(1) });
    world.cycle();
    const explanation = world.scheduler.explain('ns/g');
    const lineOf = (verifiedSubmitter: string): string | undefined =>
      explanation && explanationText({ ...explanation, verifiedSubmitter, submitter: 'alice' }).split('\n')[1];
    expect([lineOf('alice'), lineOf('')]).to.deep.equal([
      '  submitted by alice',
      '  submitted by alice (not verified)',
    ]);
  });

  it('says in two lines that a group runs', () => {
    expect(told(new SchedulerWorld().nodes(1, amounts(4)).gang('g', { count: 1, requests: amounts(1) }), 'g')).to.equal(
      'PodGroup ns/g in queue default: runs, or is on its way to its nodes (phase Running)\n' +
        '  pods: 1 start together, 1 exist, 1 placed, 0 wait',
    );
  });

  it('tells of each tier of the network what its domains have', () => {
    const world = new SchedulerWorld().nodes(3, amounts(2));
    world.snapshot.network.upsert(makeHyperNode('a', 1, matching('Node', '^n[12]$')));
    const text = told(world.gang('late', { count: 3, requests: amounts(2) }, { network: hard(1) }), 'late');
    expect(text).to.contain(
      'The group has to stand within one domain of the network, 3 more of its pods together:\n' +
        '  tier 1: 0 of 1 domains have room for them, 0 if nothing ran there; most has a: room for 2, 2 if nothing ran there, on 2 of its 2 nodes',
    );
  });
});

import { expect } from 'chai';
import type { OwnerRecord } from '../../../src/api/records/owner-record.ts';
import { makePodGroup, makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

const NOWHERE = makeShape(amounts(1), { nodeSelector: new Map([['zone', 'nowhere']]) });
const CLAIMED = makeShape(amounts(1), { needs: ['resource claims'] });
const PORT = { protocol: 'TCP', port: 8080, ip: '0.0.0.0' };
/** A node that is not heard of for a while. */
const GONE = { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' } as const;
const VCJOB: OwnerRecord = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'big', uid: 'u' };
const owner: OwnerRecord = { apiVersion: 'v1', kind: 'Pod', name: 'driver', uid: 'u' };

function cpus(count: number): ReadonlyMap<string, number> {
  return new Map([['cpu', count * 1000]]);
}

/** One node of 8 CPUs, and a queue that may hold four of them. */
function limited(): SchedulerWorld {
  return new SchedulerWorld().nodes(1, amounts(8)).queue('default', { capability: cpus(4) });
}

/** A group of 4 CPUs that would take all of the queue's room; `small` comes behind it. */
function withSmall(world: SchedulerWorld): SchedulerWorld {
  return world.gang('small', { count: 2, requests: amounts(1) }, { createdMs: 9, minResources: cpus(2) });
}

describe('a group that can never start', () => {
  const CASES: readonly (readonly [string, (world: SchedulerWorld) => SchedulerWorld, string])[] = [
    [
      'since a pod is larger than every node',
      (world) => world.queue('default').gang('big', { count: 1, requests: amounts(9) }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is cpu 9, and the cluster has 8. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since no node matches its selector',
      (world) => world.gang('big', { count: 4, shape: NOWHERE }, { minResources: cpus(4) }),
      'NeverFits: PodGroup ns/big cannot start as things are: none of 1 nodes could hold one of its pods for queue default even if it were empty; a pod asks for cpu 1 (largest node: 8) and chooses nodes with zone=nowhere, and there are none. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since no node has all labels of its selector',
      (world) => {
        const nodeSelector = new Map([
          ['zone', 'a'],
          ['disk', 'fast'],
        ]);
        world.node('a', amounts(8), { labels: new Map([['zone', 'a']]) });
        world.node('b', amounts(8), { labels: new Map([['disk', 'fast']]) });
        return world.gang('big', { count: 1, shape: makeShape(amounts(1), { nodeSelector }) });
      },
      'NeverFits: PodGroup ns/big cannot start as things are: none of 3 nodes could hold one of its pods for queue default even if it were empty; a pod asks for cpu 1 (largest node: 8) and chooses its nodes. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since too few of its pods fit the nodes at the same time',
      (world) => world.gang('big', { count: 3, requests: { ...amounts(1), [GPU]: 1 } }).node('n1', amounts(8, 0, 2)),
      `NeverFits: PodGroup ns/big cannot start as things are: its minimum is ${GPU} 3, and the cluster has 2. It waits until its minimum, the limits of the queues or the nodes change.`,
    ],
    [
      'since its minimum is larger than the capability of its queue',
      (world) => world.gang('big', { count: 5, requests: amounts(1) }, { minResources: cpus(5) }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is cpu 5, and queue default may hold 4 of the 8 that the cluster has. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since its minimum is larger than the cluster, before it has any pods, which its vcjob makes once it is let in',
      (world) => world.queue('default').group('big', 1, { owner: VCJOB, minResources: cpus(9) }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is cpu 9, and the cluster has 8. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since its minimum is larger than the capability of its queue, while its pods are still being made',
      (world) => world.group('big', 5, { minResources: cpus(5) }).pods('big', { count: 1, requests: amounts(1) }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is cpu 5, and queue default may hold 4 of the 8 that the cluster has. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since a single one of its pods is larger than the capability of its queue',
      (world) => world.gang('big', { count: 3, requests: amounts(5) }, { minMember: 1 }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is cpu 5, and queue default may hold 4 of the 8 that the cluster has. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since none of its different pods fits both the nodes and its queue',
      (world) =>
        world
          .gang('big', { count: 1, requests: amounts(5) }, { minMember: 1 })
          .pods('big', { count: 2, shape: NOWHERE, prefix: 'other' }),
      'NeverFits: PodGroup ns/big cannot start as things are: none of 1 nodes could hold one of its pods for queue default even if it were empty; a pod asks for cpu 1 (largest node: 8) and chooses nodes with zone=nowhere, and there are none. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since two of its pods ask for the same port of one node',
      (world) =>
        world.gang('big', { count: 2, shape: makeShape(amounts(1), { hostPorts: [PORT] }) }, { minResources: cpus(2) }),
      'NeverFits: PodGroup ns/big cannot start as things are: 2 of its pods must start together, and 1 nodes could hold 1 for queue default even if they were empty; a pod asks for cpu 1 (largest node: 8), host port 8080 (one such pod a node). It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since a node has so many pod slots and no more',
      (world) => world.gang('big', { count: 111, requests: { cpu: 10 } }, { minResources: cpus(2) }),
      'NeverFits: PodGroup ns/big cannot start as things are: 111 of its pods must start together, and 1 nodes could hold 110 for queue default even if they were empty; a pod asks for cpu 10m (largest node: 8), a pod slot (largest node: 110). It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since its queue may hold so many pods and no more',
      (world) =>
        world
          .queue('default', { capability: new Map([['pods', 2]]) })
          .gang('big', { count: 3, requests: amounts(1) }, { minResources: cpus(3) }),
      'NeverFits: PodGroup ns/big cannot start as things are: its minimum is pods 3, and queue default may hold 2 of the 110 that the cluster has. It waits until its minimum, the limits of the queues or the nodes change.',
    ],
    [
      'since no node is without a taint that it does not tolerate',
      (world) =>
        world
          .node('n1', amounts(8), { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] })
          .node('n2', amounts(8), { taints: [{ key: 'dedicated', value: 'x', effect: 'NoExecute' }, GONE] })
          .node('n3', amounts(2))
          .gang('big', { count: 1, requests: amounts(3) }),
      'NeverFits: PodGroup ns/big cannot start as things are: none of 3 nodes could hold one of its pods for queue default even if it were empty; a pod asks for cpu 3 (largest node: 8) and does not tolerate the taint {dedicated: x} of 2 nodes. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
    [
      'since its pods have needs that nobody looks at',
      (world) => world.gang('big', { count: 2, shape: CLAIMED }),
      'NeedsNotSupported: pods with resource claims are placed nowhere: Sluice does not look at this yet.',
    ],
    [
      'since one of its pods has such needs, and others are too large',
      (world) =>
        world
          .gang('big', { count: 1, shape: NOWHERE }, { minMember: 2 })
          .pods('big', { count: 1, shape: CLAIMED, prefix: 'z' }),
      'NeedsNotSupported: pods with resource claims are placed nowhere: Sluice does not look at this yet.',
    ],
    [
      'since one role fits nowhere',
      (world) =>
        world
          .group('big', 2, { minTaskMember: new Map([['driver', 1]]), minResources: cpus(2) })
          .pods('big', { count: 3, requests: amounts(1) })
          .pods('big', { count: 1, shape: NOWHERE, task: 'driver', prefix: 'driver' }),
      'NeverFits: PodGroup ns/big cannot start as things are: none of 1 nodes could hold one of its pods of task driver for queue default even if it were empty; a pod asks for cpu 1 (largest node: 8) and chooses nodes with zone=nowhere, and there are none. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    ],
  ];
  for (const [why, make, message] of CASES) {
    it(`${why} says so, and keeps no room from the others`, () => {
      const { placed, refused } = withSmall(make(limited())).cycle();
      expect(Object.keys(placed)).to.deep.equal(['small-0', 'small-1']);
      expect(refused).to.deep.equal({ big: message });
    });
  }

  it('is not one that starts without the pods whose needs nobody looks at; those wait and say so', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(8))
      .gang('a', { count: 1, requests: amounts(1) }, { minMember: 1 });
    const { placed, refused } = world.pods('a', { count: 1, shape: CLAIMED, prefix: 'claimed' }).cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0']);
    expect(refused['a']).to.match(/^NeedsNotSupported: pods with resource claims/);
  });

  it('gives back what it was promised when the node that it needs is lost, and is promised it again with the node', () => {
    const world = limited();
    world.node('n9', amounts(4), { labels: new Map([['zone', 'x']]) });
    world.group('old', 1).queue('other').group('old', 1, { queue: 'other' });
    world.running('old-0', 'old', 'n9', { requests: amounts(3) });
    const shape = makeShape(amounts(4), { nodeSelector: new Map([['zone', 'x']]) });
    withSmall(world.gang('big', { count: 1, shape }, { minResources: cpus(4) }));
    expect(world.cycle().refused['small']).to.match(/^WaitingInQueue: .* 2 asked, 4 held or promised of 4/);
    world.snapshot.removeNode('n9');
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['small-0', 'small-1']);
    expect(world.cycle().refused['big']).to.match(/^NeverFits/);
    world.node('n9', amounts(4), { labels: new Map([['zone', 'x']]) });
    world.gang('late', { count: 1, requests: amounts(1) }, { createdMs: 10, minResources: cpus(1) });
    expect(world.cycle().refused['late']).to.match(/^WaitingInQueue/);
  });

  it('starts once a node comes that fits', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).gang('big', { count: 1, requests: amounts(3) });
    expect(world.cycle().refused['big']).to.match(/^NeverFits/);
    expect(world.node('n2', amounts(4)).cycle().placed).to.deep.equal({ 'big-0': 'n2' });
  });

  it('is not one whose pods were deleted and made again, while those are on their way out', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('gang', 3);
    for (const i of [0, 1, 2]) {
      world.running(`old-${i}`, 'gang', 'n1', { requests: amounts(2), deleting: true });
    }
    world.pods('gang', { count: 3, requests: amounts(2) });
    expect(world.cycle().refused['gang']).to.match(/^RoomPromised/);
  });

  it('is not called so for a node that is cordoned, nor while there is no node', () => {
    const world = new SchedulerWorld().gang('a', { count: 1, requests: amounts(1) });
    expect(world.cycle().refused['a']).to.match(/^NotEnoughResources/);
    world.nodes(1, amounts(4), { unschedulable: true });
    expect(world.cycle().refused['a']).to.match(/^NotEnoughResources/);
  });

  it('is not called so for the first of its pods, whatever they ask for, while others are to come', () => {
    const world = limited()
      .group('big', 2, { minResources: cpus(2) })
      .pods('big', { count: 1, shape: NOWHERE });
    expect(world.cycle().refused['big']).to.match(/^NotEnoughPods/);
  });

  it('takes no part of the cluster from other queues', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8));
    world.queue('a').gang('big', { count: 8, shape: NOWHERE }, { queue: 'a' });
    world.queue('b').gang('b', { count: 8, requests: amounts(1) }, { queue: 'b', minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(8);
  });

  it('as do pods beyond the minimum that no node could hold', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('a').queue('b');
    world.group('elastic', 1, { queue: 'a' }).pods('elastic', { count: 1, requests: amounts(1) });
    world.pods('elastic', { count: 8, shape: NOWHERE, prefix: 'extra' });
    world.gang('b', { count: 8, requests: amounts(1) }, { queue: 'b', minMember: 1 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(8);
    expect(refused['elastic']).to.match(/didn't match Pod's node affinity/);
  });
});

describe('a group that lacks pods', () => {
  function blocked(): SchedulerWorld {
    const world = limited().group('blocked', 4, { minResources: cpus(4) });
    return withSmall(world.pods('blocked', { count: 2, requests: amounts(1) }));
  }

  it('keeps its room for five seconds, and then leaves it to the others', () => {
    const world = blocked();
    for (world.nowMs = 1000; world.nowMs <= 6000; world.nowMs += 1000) {
      expect(world.cycle().refused['small'], `at ${world.nowMs}`).to.match(/^WaitingInQueue/);
    }
    world.nowMs = 6001;
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0', 'small-1']);
    expect(refused['blocked']).to.equal('NotEnoughPods: PodGroup ns/blocked needs 4 pods and has 2.');
  });

  it('keeps it anew when it gains a pod', () => {
    const world = blocked();
    world.cycle();
    world.nowMs = 5000;
    world.pods('blocked', { count: 1, requests: amounts(1), prefix: 'more' }).cycle();
    world.nowMs = 10_000;
    expect(world.cycle().refused['small']).to.match(/^WaitingInQueue/);
    world.nowMs = 10_001;
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['small-0', 'small-1']);
  });

  it('is counted again once it is whole', () => {
    const world = blocked();
    world.cycle();
    world.nowMs = 6000;
    world.cycle();
    world.pods('blocked', { count: 2, requests: amounts(1), prefix: 'more' });
    world.snapshot.removeTask('uid-small-0');
    world.snapshot.removeTask('uid-small-1');
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });
});

describe('a group whose root', () => {
  for (const rootState of ['Suspended', 'Ended'] as const) {
    it(`is ${rootState} is promised nothing and asks for nothing`, () => {
      const busy = limited().queue('other').group('old', 1, { queue: 'other' });
      busy.running('old-0', 'old', 'n1', { requests: amounts(5) });
      const world = withSmall(busy.gang('big', { count: 4, requests: amounts(1) }, { minResources: cpus(4) }));
      expect(world.cycle().refused['small']).to.match(/^WaitingInQueue/);
      world.snapshot.upsertJob(makePodGroup('big', 4, { minResources: cpus(4), rootState }));
      expect(Object.keys(world.cycle().placed)).to.deep.equal(['small-0', 'small-1']);
    });
  }

  it('lives keeps the room of members that are still to come', () => {
    const world = limited().group('app', 1, { minResources: cpus(3), owner });
    world.running('driver', 'app', 'n1', { requests: amounts(1) });
    world.cycle();
    expect(withSmall(world).cycle().refused['small']).to.match(/^WaitingInQueue: .* 2 asked, 3 held or promised of 4/);
    world.running('executor', 'app', 'n1', { requests: amounts(1) });
    expect(world.cycle().refused['small']).to.match(/^WaitingInQueue: .* 2 asked, 3 held or promised of 4/);
    world.running('executor-2', 'app', 'n1', { requests: amounts(1), phase: 'Succeeded' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['small-0', 'small-1']);
  });

  it('is not known gives back what it has not taken once its minimum runs', () => {
    const world = limited().group('app', 1, { minResources: cpus(3) });
    world.running('driver', 'app', 'n1', { requests: amounts(1) });
    world.cycle();
    expect(Object.keys(withSmall(world).cycle().placed)).to.deep.equal(['small-0', 'small-1']);
  });
});

describe('a group without a minimum of members', () => {
  it('is not placed before its minResources can be had, and its PodGroup says why', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8));
    world.group('greedy', 0, { minResources: cpus(10_000) }).pods('greedy', { count: 2, requests: amounts(1) });
    const { placed, statuses } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(statuses.get('greedy')?.condition?.message).to.match(/its minimum is cpu 10000, and the cluster has 8/);
  });
});

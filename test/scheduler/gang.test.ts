import { expect } from 'chai';
import { makePod, makeQuota, makeShape } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const BEST_EFFORT = makeShape({});

describe('a gang', () => {
  it('is placed as a whole when it fits', () => {
    const world = new SchedulerWorld().nodes(2, amounts(2)).gang('a', { count: 4, requests: amounts(1) });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(4);
    expect(refused).to.deep.equal({});
    expect(world.phase('a')).to.equal('Running');
  });

  it('gets nothing when one member does not fit, and says how many do', () => {
    const world = new SchedulerWorld().nodes(2, amounts(3)).group('old', 1);
    for (const node of ['n1', 'n2']) world.running(`old-${node}`, 'old', node, { requests: amounts(1) });
    const { placed, refused } = world.gang('a', { count: 5, requests: amounts(1) }).cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({
      a: 'NotEnoughResources: PodGroup ns/a must place 5 more pods together and has room for 4; for the next one 0/2 nodes are available: 2 Insufficient cpu.',
    });
    expect(world.snapshot.nodes.idle[0]).to.deep.equal(Float64Array.of(2000, 2000));
  });

  it('leaves the room of a gang that does not fit to the next one', () => {
    const world = new SchedulerWorld()
      .nodes(2, amounts(2))
      .gang('a', { count: 5, requests: amounts(1) })
      .gang('b', { count: 4, requests: amounts(1) }, { createdMs: 1 });
    expect(Object.keys(world.cycle().placed).every((pod) => pod.startsWith('b'))).to.equal(true);
    expect(world.phase('a')).to.equal('Pending');
  });

  it('of two that fit singly gets its places first when it is older', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(4))
      .gang('young', { count: 3, requests: amounts(1) }, { createdMs: 2 })
      .gang('old', { count: 3, requests: amounts(1) }, { createdMs: 1 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['old-0', 'old-1', 'old-2']);
    expect(Object.keys(refused)).to.deep.equal(['young']);
  });

  it('waits for its pods, then starts when the last one comes', () => {
    const world = new SchedulerWorld()
      .nodes(1, amounts(4))
      .group('a', 3)
      .pods('a', { count: 2, requests: amounts(1) });
    expect(world.cycle().refused).to.deep.equal({ a: 'NotEnoughPods: PodGroup ns/a needs 3 pods and has 2.' });
    world.snapshot.upsertTask(makePod('a-2', 'a', makeShape(amounts(1))));
    expect(Object.keys(world.cycle().placed)).to.have.length(3);
  });

  it('waits for its PodGroup when the pods come first', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).pods('a', { count: 2, requests: amounts(1) });
    expect(world.cycle().decisions.map(({ kind }) => kind)).to.deep.equal(['queueStatus']);
    expect([...world.snapshot.missingGroups()].map(([key]) => key)).to.deep.equal(['ns/a']);
    expect(Object.keys(world.group('a', 2).cycle().placed)).to.have.length(2);
    expect([...world.snapshot.missingGroups()]).to.deep.equal([]);
  });

  it('needs only the members that it lost', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 3, { minResources: new Map([['cpu', 3000]]) });
    for (const name of ['a-0', 'a-1']) world.running(name, 'a', 'n1', { requests: amounts(1) });
    world.pods('a', { count: 1, prefix: 'new', requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({ 'new-0': 'n1' });
  });

  it('that lost a member gets another although its own members hold most of the queue', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 3, { minResources: new Map([['cpu', 3000]]) });
    world.queue('default', { capability: new Map([['cpu', 3000]]) });
    for (const name of ['a-0', 'a-1', 'a-2']) world.running(name, 'a', 'n1', { requests: amounts(1) });
    world.cycle();
    world.snapshot.removeTask('uid-a-2');
    world.cycle();
    expect(world.phase('a')).to.equal('Unknown');
    world.pods('a', { count: 1, prefix: 'new', requests: amounts(1) });
    const { placed, refused } = world.cycle();
    expect(refused).to.deep.equal({});
    expect(placed).to.deep.equal({ 'new-0': 'n1' });
  });

  it('does not count members that are being deleted', () => {
    const world = new SchedulerWorld().nodes(2, amounts(2)).group('a', 2);
    world.running('a-0', 'a', 'n1', { requests: amounts(1), deleting: true });
    world.pods('a', { count: 1, prefix: 'new', requests: amounts(1) });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({ a: 'NotEnoughPods: PodGroup ns/a needs 2 pods and has 1.' });
  });

  it('counts members that succeeded', () => {
    const world = new SchedulerWorld().nodes(1, amounts(1)).group('a', 2);
    world.running('a-0', 'a', 'n1', { requests: amounts(1), phase: 'Succeeded' });
    world.pods('a', { count: 1, prefix: 'new', requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({ 'new-0': 'n1' });
  });

  it('is told how many of its pods scheduling gates hold back', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world.pods('a', { count: 1, requests: amounts(1), gated: true, prefix: 'early' });
    world.group('a', 3).pods('a', { count: 1, requests: amounts(1) });
    world.pods('a', { count: 1, requests: amounts(1), gated: true, prefix: 'late' });
    expect(world.cycle().refused['a']).to.equal(
      'NotEnoughPods: PodGroup ns/a needs 3 pods and has 1; scheduling gates hold back 2 more.',
    );
    world.snapshot.removeTask('uid-early-0');
    expect(world.cycle().refused['a']).to.contain('hold back 1 more.');
    world.pods('a', { count: 1, requests: amounts(1), prefix: 'late' });
    expect(world.cycle().refused['a']).to.equal('NotEnoughPods: PodGroup ns/a needs 3 pods and has 2.');
  });

  it('is told of no gates of a pod that has a node, which no gate holds back', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 3);
    world.pods('a', { count: 1, requests: amounts(1) });
    world.running('a-1', 'a', 'n1', { requests: amounts(1), gated: true, phase: 'Unknown' });
    expect(world.cycle().refused['a']).to.equal('NotEnoughPods: PodGroup ns/a needs 3 pods and has 1.');
  });

  it('is told which quota keeps its other pods from being made', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 4);
    world.pods('a', { count: 2, requests: amounts(1) });
    world.snapshot.quotas.upsert(makeQuota('two', { cpu: [2000, 2000] }));
    world.snapshot.quotas.upsert(makeQuota('wide', { cpu: [2000, 9000] }));
    const text = 'NotEnoughPods: PodGroup ns/a needs 4 pods and has 2.';
    expect(world.cycle().refused['a']).to.match(
      /^NotEnoughPods: PodGroup ns\/a needs 4 pods and has 2\. ResourceQuota ns\/two has no room for another: \S*cpu 2 of 2 used\.$/,
    );
    world.snapshot.quotas.remove(makeQuota('two', {}));
    expect(world.cycle().refused['a']).to.equal(text);
  });

  it('does not count gated pods, and counts them once the gates are gone', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).gang('a', { count: 2, requests: amounts(1), gated: true });
    expect(world.cycle().placed).to.deep.equal({});
    world.pods('a', { count: 2, requests: amounts(1) });
    expect(Object.keys(world.cycle().placed)).to.have.length(2);
  });
});

describe('role minima', () => {
  const minTaskMember = new Map([
    ['driver', 1],
    ['worker', 2],
  ]);

  it('refuse a gang in which a role has too few pods', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 3, { minTaskMember });
    world.pods('a', { count: 3, requests: amounts(1), task: 'worker' });
    expect(world.cycle().refused).to.deep.equal({
      a: 'NotEnoughPodsOfTask: PodGroup ns/a needs 1 pods of task driver and has 0.',
    });
  });

  it('keep a gang waiting in which enough pods fit, but not enough of a role', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('old', 1).group('a', 3, { minTaskMember });
    world.running('old-0', 'old', 'n1', { requests: amounts(4) });
    world.pods('a', { count: 3, requests: amounts(1), task: 'worker' });
    world.pods('a', { count: 1, requests: amounts(5), task: 'driver', prefix: 'driver' });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['a']).to.match(
      /^NotEnoughResources: PodGroup ns\/a must place .* has room for 2; .* 0\/1 nodes are available: 1 Insufficient cpu\.$/,
    );
  });

  it('are met by placing more than the minimum', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 3, { minTaskMember });
    world.pods('a', { count: 3, requests: amounts(1), task: 'worker', priority: 1 });
    world.pods('a', { count: 1, requests: amounts(1), task: 'driver', prefix: 'driver' });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });

  it('come first: members beyond them do not take the room of the one that all wait for', () => {
    const world = new SchedulerWorld().nodes(1, amounts(10)).group('a', 2, {
      minTaskMember: new Map([
        ['ps', 1],
        ['worker', 1],
      ]),
    });
    world.pods('a', { count: 20, requests: amounts(1), task: 'worker', priority: 1 });
    world.pods('a', { count: 1, requests: amounts(1), task: 'ps', prefix: 'ps' });
    const { placed } = world.cycle();
    expect(placed).to.have.property('ps-0');
    expect(Object.keys(placed)).to.have.length(10);
  });

  it('follow the PodGroup when they change while its pods run', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 2).running('a-9', 'a', 'n1', { task: 'worker' });
    world.group('a', 3, { minTaskMember }).pods('a', { count: 2, requests: amounts(1), task: 'worker' });
    expect(world.cycle().refused['a']).to.contain('needs 1 pods of task driver and has 0.');
    world.group('a', 3, { minTaskMember: new Map([['worker', 3]]) });
    expect(Object.keys(world.cycle().placed)).to.have.length(2);
  });

  it('of a gang that lost its only pod of a role are told with how many are missing, on the PodGroup, too', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 3, { minTaskMember });
    for (const name of ['w-0', 'w-1', 'w-2']) world.running(name, 'a', 'n1', { requests: amounts(2), task: 'worker' });
    world.pods('a', { count: 1, requests: amounts(4), task: 'driver', prefix: 'driver' });
    const { refused, statuses } = world.cycle();
    expect(refused['a']).to.match(/PodGroup ns\/a must place 1 more pods together\.$/);
    expect(statuses.get('a')?.phase).to.equal('Unknown');
    expect(statuses.get('a')?.condition?.type).to.equal('Unschedulable');
  });

  it('make a gang that lacks one go before those that are whole', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('a', 3, { minTaskMember, createdMs: 1 });
    for (const name of ['w-0', 'w-1', 'w-2']) world.running(name, 'a', 'n1', { requests: amounts(1), task: 'worker' });
    world.pods('a', { count: 1, requests: amounts(1), task: 'driver', prefix: 'driver' });
    world
      .group('whole', 1)
      .running('whole-9', 'whole', 'n1')
      .pods('whole', { count: 1, requests: amounts(1) });
    expect(world.cycle().placed).to.deep.equal({ 'driver-0': 'n1' });
  });

  it('are met by a best-effort pod, too', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 3, { minTaskMember });
    world.pods('a', { count: 3, requests: amounts(1), task: 'worker' });
    world.pods('a', { count: 1, shape: BEST_EFFORT, task: 'driver', prefix: 'driver' });
    expect(Object.keys(world.cycle().placed)).to.have.length(4);
  });

  it('mean nothing when the minimum is smaller than their sum', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8)).group('a', 2, { minTaskMember });
    world.pods('a', { count: 2, requests: amounts(1), task: 'worker' });
    expect(Object.keys(world.cycle().placed)).to.have.length(2);
  });
});

describe('an elastic group', () => {
  it('starts with its minimum, and takes the rest while there is room', () => {
    const world = new SchedulerWorld().nodes(1, amounts(3));
    world.gang('a', { count: 5, requests: amounts(1) }, { minMember: 2 });
    const { placed, refused, statuses } = world.cycle();
    expect(Object.keys(placed)).to.have.length(3);
    expect(refused).to.deep.equal({ a: 'NotEnoughResources: 0/1 nodes are available: 1 Insufficient cpu.' });
    expect(statuses.get('a')?.phase).to.equal('Running');
    expect(statuses.get('a')?.condition?.type).to.equal('Scheduled');
  });

  it('takes what goes beyond the minimum only after groups that have nothing', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world.gang('elastic', { count: 4, requests: amounts(1) }, { minMember: 1 });
    world.gang('later', { count: 2, requests: amounts(1) }, { createdMs: 1 });
    const { placed } = world.cycle();
    expect(Object.keys(placed).toSorted()).to.deep.equal(['elastic-0', 'elastic-1', 'later-0', 'later-1']);
  });

  it('shares the rest with its like, one task a turn', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    for (const name of ['a', 'b']) world.gang(name, { count: 4, requests: amounts(1) }, { minMember: 1 });
    const { placed } = world.cycle();
    // The older of two ready groups goes on first; each had its minimum before.
    expect(Object.keys(placed).toSorted()).to.deep.equal(['a-0', 'a-1', 'a-2', 'b-0']);
  });

  it('goes on with another kind of member when one kind does not fit', () => {
    const world = new SchedulerWorld().nodes(1, amounts(3)).group('a', 1);
    world.pods('a', { count: 2, requests: amounts(9), prefix: 'big', priority: 1 });
    world.pods('a', { count: 2, requests: amounts(1), prefix: 'small' });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({ 'small-0': 'n1', 'small-1': 'n1' });
    expect(refused['a']).to.contain('1 Insufficient cpu');
  });
});

describe('best-effort pods', () => {
  it('are placed after everything that asks for more', () => {
    const world = new SchedulerWorld().nodes(1, { ...amounts(4), pods: 3 }).group('a', 1);
    world.pods('a', { count: 1, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    world.gang('b', { count: 2, requests: amounts(1) }, { createdMs: 1 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0', 'b-0', 'b-1']);
    expect(refused).to.deep.equal({ a: 'NotEnoughResources: 0/1 nodes are available: 1 Too many pods.' });
  });

  it('of one group are placed all or none, too', () => {
    const world = new SchedulerWorld().nodes(2, { pods: 2 }).group('old', 1);
    for (const node of ['n1', 'n2']) world.running(`old-${node}`, 'old', node);
    const { placed, refused } = world.gang('a', { count: 3, shape: BEST_EFFORT }).cycle();
    expect(placed).to.deep.equal({});
    expect(refused).to.deep.equal({
      a: 'NotEnoughResources: PodGroup ns/a must place 3 more pods together and has room for 2; for the next one 0/2 nodes are available: 2 Too many pods.',
    });
    expect(world.snapshot.nodes.idle[2]).to.deep.equal(Float64Array.of(1, 1));
  });

  it('that a gang needs are placed together with the others', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 3);
    world.pods('a', { count: 2, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    const { decisions, placed } = world.cycle();
    expect(Object.keys(placed).toSorted()).to.deep.equal(['a-0', 'a-1', 'free-0']);
    expect(decisions.filter(({ kind }) => kind === 'gang')).to.have.length(1);
  });

  it('of a group that is whole without them are left to backfill', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 1);
    world.pods('a', { count: 1, requests: amounts(1) }).pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1', 'free-0': 'n1' });
  });

  it('do not hide why another member of the group waits', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 1);
    world.pods('a', { count: 1, shape: BEST_EFFORT, prefix: 'free' });
    world.pods('a', { count: 1, requests: amounts(1) }).pods('a', { count: 1, requests: amounts(4), prefix: 'big' });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({ 'a-0': 'n1', 'free-0': 'n1' });
    expect(refused).to.deep.equal({ a: 'NotEnoughResources: 0/1 nodes are available: 1 Insufficient cpu.' });
  });

  it('of one kind that fit nowhere do not keep those of another kind waiting', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('a', 1);
    const nowhere = makeShape({}, { nodeSelector: new Map([['zone', 'nowhere']]) });
    world.pods('a', { count: 2, shape: nowhere, prefix: 'far', priority: 1 });
    world.pods('a', { count: 2, shape: BEST_EFFORT, prefix: 'free' });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({ 'free-0': 'n1', 'free-1': 'n1' });
    expect(refused['a']).to.contain("1 node(s) didn't match");
    expect(world.cycle().placed).to.deep.equal({});
  });

  it('beyond the minimum that find no place are told what they lack, and not that a gang must be placed', () => {
    const world = new SchedulerWorld().nodes(1, { pods: 2 });
    world.gang('a', { count: 3, shape: BEST_EFFORT }, { minMember: 2 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(2);
    expect(refused).to.deep.equal({ a: 'NotEnoughResources: 0/1 nodes are available: 1 Too many pods.' });
  });

  it('that find no place are told so although others of the group did', () => {
    const world = new SchedulerWorld().nodes(1, { pods: 2 });
    world.gang('a', { count: 3, shape: BEST_EFFORT }, { minMember: 1 });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(2);
    expect(refused).to.deep.equal({ a: 'NotEnoughResources: 0/1 nodes are available: 1 Too many pods.' });
  });
});

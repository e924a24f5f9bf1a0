import { expect } from 'chai';
import { makeShape } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

/** Nodes of 2 CPUs on which a pod of 2 CPUs is being deleted each. */
function leaving(nodes: number): SchedulerWorld {
  const world = new SchedulerWorld().nodes(nodes, amounts(2)).group('old', 1);
  for (let n = 1; n <= nodes; n += 1) {
    world.running(`old-${n}`, 'old', `n${n}`, { requests: amounts(2), deleting: true });
  }
  return world;
}

describe('room that is being freed', () => {
  it('is promised, and nothing is bound; the group is told what it waits for', () => {
    const { placed, pipelined, refused } = leaving(1)
      .gang('a', { count: 2, requests: amounts(1) })
      .cycle();
    expect(placed).to.deep.equal({});
    expect(pipelined).to.deep.equal({ 'a-0': 'n1', 'a-1': 'n1' });
    expect(refused).to.deep.equal({
      a: 'RoomPromised: PodGroup ns/a waits for pods that are being deleted: their room is promised to 2 of its pods.',
    });
  });

  it('is bound once the pods are gone', () => {
    const world = leaving(1).gang('a', { count: 2, requests: amounts(1) });
    world.cycle();
    world.snapshot.removeTask('uid-old-1');
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1', 'a-1': 'n1' });
  });

  it('is promised on the first node in name order', () => {
    expect(
      leaving(3)
        .gang('a', { count: 1, requests: amounts(2) })
        .cycle().pipelined,
    ).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is promised once only', () => {
    const world = leaving(1).gang('a', { count: 1, requests: amounts(2) });
    const { pipelined, refused } = world.gang('b', { count: 1, requests: amounts(2) }, { createdMs: 1 }).cycle();
    expect(pipelined).to.deep.equal({ 'a-0': 'n1' });
    expect(refused).to.deep.include({ b: 'NotEnoughResources: 0/1 nodes are available: 1 Insufficient cpu.' });
  });

  it('is not promised to a part of a gang', () => {
    const world = leaving(1)
      .node('n2', amounts(2))
      .running('stays', 'old', 'n2', { requests: amounts(2) });
    const { pipelined, refused } = world.gang('a', { count: 3, requests: amounts(1) }).cycle();
    expect(pipelined).to.deep.equal({});
    expect(refused['a']).to.contain('must place 3 more pods together and has room for 2;');
  });

  it('completes a gang whose other members fit now: their rooms are kept for the cycle, and given to nobody', () => {
    const world = leaving(1)
      .node('n2', amounts(1))
      .gang('a', { count: 2, requests: amounts(1) });
    const late = world.gang('late', { count: 1, requests: amounts(1) }, { createdMs: 1 }).cycle();
    expect(late.placed).to.deep.equal({});
    // The one in `n2` is placed for the time of the cycle and undone in the end; only promises are told.
    expect(late.pipelined).to.deep.equal({ 'a-1': 'n1', 'late-0': 'n1' });
    expect(world.snapshot.nodes.idle[0]).to.deep.equal(Float64Array.of(0, 1000));
    expect(world.snapshot.nodes.pipelined[0]).to.deep.equal(Float64Array.of(0, 0));
  });

  it('goes only to nodes that the pod may use', () => {
    const world = leaving(2).node('n2', amounts(2), { labels: new Map([['zone', 'a']]) });
    const shape = makeShape(amounts(1), { nodeSelector: new Map([['zone', 'a']]) });
    expect(world.gang('a', { count: 1, shape }).cycle().pipelined).to.deep.equal({ 'a-0': 'n2' });
  });

  it('may be needed together with room that is free on the same node', () => {
    const world = new SchedulerWorld().nodes(1, amounts(3)).group('old', 1);
    world.running('old-1', 'old', 'n1', { requests: amounts(2), deleting: true });
    expect(world.gang('a', { count: 1, requests: amounts(3) }).cycle().pipelined).to.deep.equal({ 'a-0': 'n1' });
  });

  it('does not make an elastic group that is whole start over without end', () => {
    const world = leaving(1).group('a', 1).running('a-9', 'a', 'n1');
    const { decisions, pipelined } = world.pods('a', { count: 3, requests: amounts(1) }).cycle();
    expect(pipelined).to.deep.equal({ 'a-0': 'n1', 'a-1': 'n1' });
    expect(decisions.filter(({ kind }) => kind === 'gang')).to.deep.equal([]);
  });

  it('that is promised beyond what is being freed is kept free: nobody else gets it in the meantime', () => {
    // One CPU is free, one is being freed: the first group is promised both, and the second finds nothing.
    const world = new SchedulerWorld().nodes(1, amounts(2)).group('old', 1);
    world.running('old-1', 'old', 'n1', { requests: amounts(1), deleting: true });
    world.gang('a', { count: 1, requests: amounts(2) });
    const { placed, pipelined } = world.gang('b', { count: 1, requests: amounts(1) }, { createdMs: 1 }).cycle();
    expect([placed, pipelined]).to.deep.equal([{}, { 'a-0': 'n1' }]);
  });

  it('is not promised for a host port that a pod which stays holds', () => {
    const shape = makeShape(amounts(1), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] });
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('old', 1);
    world.running('old-1', 'old', 'n1', { requests: amounts(1), deleting: true });
    world.running('holder', 'old', 'n1', { shape });
    const { pipelined, refused } = world.gang('a', { count: 1, shape }).cycle();
    expect(pipelined).to.deep.equal({});
    expect(refused['a']).to.contain("1 node(s) didn't have free ports for the requested pod ports");
  });

  it('is promised together with its host port: no second pod is promised the port', () => {
    const shape = makeShape(amounts(2), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] });
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('old', 1);
    world.running('old-1', 'old', 'n1', { requests: amounts(4), deleting: true });
    for (const name of ['a', 'b']) world.gang(name, { count: 1, shape });
    expect(world.cycle().pipelined).to.deep.equal({ 'a-0': 'n1' });
  });

  it('is what a gang is told that waits for it, and not what its members beyond the minimum lack', () => {
    const { refused } = leaving(1)
      .gang('a', { count: 3, requests: amounts(1) }, { minMember: 2 })
      .cycle();
    expect(refused['a']).to.match(/^RoomPromised: .* promised to 2 of its pods\.$/);
  });

  it('counts against the limit of its queue', () => {
    const capability = new Map(Object.entries(amounts(2)));
    const world = leaving(4).queue('small', { capability });
    for (const name of ['a', 'b', 'c']) world.gang(name, { count: 1, requests: amounts(1) }, { queue: 'small' });
    expect(Object.keys(world.cycle().pipelined)).to.have.length(2);
  });

  it('does not hide the members of an elastic group that were promised some: they are looked at again', () => {
    const world = leaving(1)
      .node('n2', amounts(1))
      .gang('a', { count: 3, requests: amounts(1) }, { minMember: 1 });
    const first = world.cycle();
    expect([first.placed, first.pipelined]).to.deep.equal([{ 'a-0': 'n2' }, { 'a-1': 'n1', 'a-2': 'n1' }]);
    world.snapshot.removeTask('uid-old-1');
    expect(world.cycle().placed).to.deep.equal({ 'a-1': 'n1', 'a-2': 'n1' });
  });
});

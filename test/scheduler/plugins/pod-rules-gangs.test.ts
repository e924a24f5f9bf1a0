import { expect } from 'chai';
import type { PodRules } from '../../../src/api/records/pod-rules.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm } from '../../support/pod-rules.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function ruled(rules: Partial<PodRules>, requests = amounts(1)): SchedulingShape {
  return makeShape(requests, { rules: podRules(rules) });
}

function zone(name: string): { readonly labels: ReadonlyMap<string, string> } {
  return { labels: new Map([['zone', name]]) };
}

const OWN = { labels: OWN_LABELS };
const OTHER = { labels: ['app', 'other'] };

/** Zone `a` is the fuller one, and so the better one, and has room for 2; zone `b` for 4. */
function twoZones(): SchedulerWorld {
  const world = new SchedulerWorld();
  world.node('a1', amounts(4), zone('a')).node('b1', amounts(4), zone('b'));
  return world.running('busy', 'none', 'a1', { requests: amounts(2) });
}

describe('gangs with rules between pods', () => {
  it('take a node for each member that keeps its like away', () => {
    const world = new SchedulerWorld().nodes(3, amounts(4));
    const { placed } = world.gang('g', { count: 3, shape: ruled({ antiAffinity: [podTerm(HOST)] }), ...OWN }).cycle();
    expect(Object.values(placed).toSorted()).to.deep.equal(['n1', 'n2', 'n3']);
  });

  it('are told that they never fit when there are too few of what each member needs for itself', () => {
    const world = new SchedulerWorld().nodes(3, amounts(4));
    const { placed, refused } = world
      .gang('g', { count: 4, shape: ruled({ antiAffinity: [podTerm(HOST)] }), ...OWN })
      .gang('small', { count: 1, requests: amounts(1) })
      .cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0']);
    expect(refused['g']).to.equal(
      'NeverFits: PodGroup ns/g cannot start as things are: 4 of its pods must start together, and 3 nodes could hold 3 for queue default even if they were empty; a pod asks for cpu 1 (largest node: 4), a kubernetes.io/hostname of its own. It waits until its pods ask for less or for other nodes, the queue may hold more, or nodes are added.',
    );
  });

  it('wait, and are told for what, while pods of others keep them away', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    world.running('guard', 'none', 'n1', { shape: ruled({ antiAffinity: [podTerm(HOST, 'own')] }, {}), ...OTHER });
    const shape = ruled({ antiAffinity: [podTerm(HOST)] });
    const { placed, refused } = world.gang('g', { count: 2, shape, ...OWN }).cycle();
    expect(placed).to.deep.equal({});
    expect(refused['g']).to.equal(
      "NotEnoughResources: PodGroup ns/g must place 2 more pods together and has room for 1; for the next one 0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) didn't satisfy existing pods anti-affinity rules.",
    );
    world.snapshot.removeTask('uid-guard');
    expect(Object.values(world.cycle().placed).toSorted()).to.deep.equal(['n1', 'n2']);
  });

  it('are kept off by what another pod says of them, although they have no rules themselves', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    world.running('guard', 'none', 'n2', {
      shape: ruled({ antiAffinity: [podTerm(HOST, 'own')] }, amounts(1)),
      ...OTHER,
    });
    const { placed } = world
      .gang('g', { count: 2, requests: amounts(1), ...OWN })
      .gang('free', { count: 1, requests: amounts(3) })
      .cycle();
    expect(placed).to.deep.equal({ 'g-0': 'n1', 'g-1': 'n1', 'free-0': 'n2' });
  });

  it('that must stand together go where all of them have room, not where the first one stands best', () => {
    const shape = ruled({ affinity: [podTerm('zone')] });
    expect(
      Object.values(
        twoZones()
          .gang('two', { count: 2, shape, ...OWN })
          .cycle().placed,
      ),
    ).to.deep.equal(['a1', 'a1']);
    const { placed } = twoZones()
      .gang('four', { count: 4, shape, ...OWN })
      .cycle();
    expect(Object.values(placed)).to.deep.equal(['b1', 'b1', 'b1', 'b1']);
  });

  it('that must stand together and have room nowhere are told so, and hold no one up', () => {
    const { placed, refused } = twoZones()
      .gang('five', { count: 5, shape: ruled({ affinity: [podTerm('zone')] }), ...OWN })
      .gang('small', { count: 1, requests: amounts(1) })
      .cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0']);
    expect(refused['five']).to.match(/^NeverFits: .* could hold 4 .* one zone for all of them\./);
  });

  it('that must stand together on one node stay there, and are free to choose anew once they are gone', () => {
    const shape = ruled({ affinity: [podTerm(HOST)] }, amounts(2));
    const world = new SchedulerWorld().nodes(2, amounts(4)).running('busy', 'none', 'n1', { requests: amounts(2) });
    world.gang('g', { count: 2, shape, ...OWN });
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n2', 'g-1': 'n2' });
    world.snapshot.upsertTask(makePod('later', 'later', shape, OWN));
    expect(world.group('later', 1).cycle().placed).to.deep.equal({});
    for (const name of ['g-0', 'g-1', 'busy']) world.snapshot.removeTask(`uid-${name}`);
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['later-0'.replace('-0', '')]);
  });

  it('find a place for members that follow others of their gang, whoever comes first', () => {
    const { placed } = new SchedulerWorld()
      .node('a1', amounts(4), zone('a'))
      .node('b1', amounts(4), zone('b'))
      .group('g', 3)
      .pods('g', {
        count: 2,
        shape: ruled({ affinity: [podTerm('zone', 'ps')] }),
        prefix: 'a-worker',
        labels: ['app', 'w'],
      })
      .pods('g', { count: 1, requests: amounts(1), prefix: 'z-ps', labels: ['app', 'ps'] })
      .cycle();
    expect(new Set(Object.values(placed)).size).to.equal(1);
    expect(Object.keys(placed)).to.have.length(3);
  });

  it('hold no share of their queue while nobody stands whom their pods need beside them', () => {
    const world = new SchedulerWorld()
      .queue('q', { capability: new Map(Object.entries(amounts(2))) })
      .nodes(1, amounts(8));
    world.gang('alone', { count: 2, shape: ruled({ affinity: [podTerm('zone', 'ps')] }), ...OWN }, { queue: 'q' });
    world.node('z1', amounts(8), zone('z')).gang('small', { count: 2, requests: amounts(1) }, { queue: 'q' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['small-0', 'small-1']);
    expect(refused).to.deep.equal({
      alone:
        'LacksCompany: PodGroup ns/alone has 2 pods that must stand beside others by their pod affinity, and none of those stands anywhere. It waits until one does.',
    });
    for (const name of ['small-0', 'small-1']) world.snapshot.removeTask(`uid-${name}`);
    world.running('ps', 'none', 'z1', { requests: {}, labels: ['app', 'ps'] });
    expect(world.cycle().placed).to.deep.equal({ 'alone-0': 'z1', 'alone-1': 'z1' });
  });

  it('are asked for again in their queue once somebody stands whom they need, although nothing of theirs changed', () => {
    const world = new SchedulerWorld().node('z1', amounts(8), zone('z'));
    world.gang('alone', { count: 1, shape: ruled({ affinity: [podTerm('zone', 'ps')] }), ...OWN });
    for (let i = 0; i < 2; i += 1) expect(world.cycle().refused['alone']).to.match(/^LacksCompany/);
    world.running('ps', 'none', 'z1', { requests: {}, labels: ['app', 'ps'], schedulerName: 'other' });
    expect(world.cycle().placed).to.deep.equal({ 'alone-0': 'z1' });
  });

  it('start beside those whom they need once these stand in a zone, although others of them stand in none', () => {
    const world = new SchedulerWorld().node('n1', amounts(8)).node('z1', amounts(8), zone('z'));
    const ps = { requests: {}, labels: ['app', 'ps'], schedulerName: 'other' };
    world.gang('alone', { count: 1, shape: ruled({ affinity: [podTerm('zone', 'ps')] }), ...OWN });
    world.running('outside', 'none', 'n1', ps);
    for (let i = 0; i < 2; i += 1) expect(world.cycle().refused['alone']).to.match(/^LacksCompany/);
    world.running('inside', 'none', 'z1', ps);
    expect(world.cycle().placed).to.deep.equal({ 'alone-0': 'z1' });
  });

  it('are spread evenly, over nodes and over zones, however many cycles it takes', () => {
    const world = new SchedulerWorld();
    for (const [name, where] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const)
      world.node(name, amounts(8), zone(where));
    const shape = ruled({ spread: [evenSpread('zone'), evenSpread(HOST, { maxSkew: 3 })] });
    const nodes: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      nodes.push(...Object.values(world.gang(`g${i}`, { count: 2, shape, ...OWN }).cycle().placed));
    }
    const on = (zoneName: string): number => nodes.filter((name) => name.startsWith(zoneName)).length;
    expect([on('a'), on('b')]).to.deep.equal([4, 4]);
  });

  it('find room on every node again once the emptiest one has as much as the others', () => {
    const world = new SchedulerWorld().nodes(2, amounts(8));
    const shape = ruled({ spread: [evenSpread(HOST)] });
    for (let i = 0; i < 6; i += 1) {
      expect(Object.keys(world.gang(`g${i}`, { count: 1, shape, ...OWN }).cycle().placed)).to.deep.equal([`g${i}-0`]);
    }
  });

  const without: Readonly<
    Record<string, readonly [rules: Partial<PodRules>, labels: readonly string[], want: RegExp]>
  > = {
    'a spread of its like': [
      { spread: [evenSpread('rack')] },
      OWN_LABELS,
      /4\), a node with the label rack, which none has\. /u,
    ],
    'a spread of others': [
      { spread: [evenSpread('rack')] },
      ['app', 'other'],
      /a node with the label rack, which none has\. /u,
    ],
    'nearness to others': [
      { affinity: [podTerm('rack')] },
      OWN_LABELS,
      /a node with the label rack, which none has\. /u,
    ],
    'two rules of one label': [
      { spread: [evenSpread('rack')], affinity: [podTerm('rack'), podTerm('zone')] },
      OWN_LABELS,
      /4\), one zone for all of them, a node with the label rack, which none has\. /u,
    ],
  };
  for (const [name, [rules, labels, want]] of Object.entries(without)) {
    it(`are told that no node has the label of ${name}`, () => {
      const { refused } = twoZones()
        .gang('g', { count: 1, shape: ruled(rules), labels })
        .cycle();
      expect(refused['g']).to.match(want);
    });
  }

  it('count as far as they fit the fewest domains that a spread asks for', () => {
    const world = twoZones();
    const shape = ruled({ spread: [evenSpread('zone', { minDomains: 3 })] });
    const { refused } = world.gang('g', { count: 3, shape, ...OWN }).cycle();
    expect(refused['g']).to.match(/^NeverFits: .* could hold 2 .* an even spread over zone \(skew 1\)\./);
  });
});

import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { VolumeChoice } from '../../../src/scheduler/volumes/volume-choice.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';
import { bind, makeClaim, makeClass, makeVolume, onNodes, podClaims } from '../../support/volume-records.ts';

const ONE = amounts(1);

interface Case {
  readonly name: string;
  /** Beside nodes n1 to n3, n1 being the one that would be taken. */
  readonly world: (world: SchedulerWorld) => void;
  /** Node of the pod that uses the claim `c`, or why it has none. */
  readonly want: string | RegExp;
}

const NO_VOLUME = /find available persistent volumes to bind/;

const CASES: readonly Case[] = [
  {
    name: 'a claim that does not exist is named',
    world: () => undefined,
    want: /^VolumeNotReady: claim ns\/c does not exist\.$/,
  },
  {
    name: 'a claim that is being deleted is named',
    world: ({ snapshot }) => snapshot.volumes.facts.claims.set('ns/c', makeClaim('c', { deleting: true })),
    want: /^VolumeNotReady: claim ns\/c is being deleted/,
  },
  {
    name: 'an unbound claim of a class that binds at once waits',
    world: ({ snapshot: { volumes } }) => {
      volumes.facts.classes.set('local', makeClass('local', { waitsForConsumer: false }));
      volumes.facts.claims.set('ns/c', makeClaim('c'));
    },
    want: /^VolumeNotReady: claim ns\/c waits for its volume/,
  },
  {
    name: 'a claim whose volume is gone for good says so',
    world: ({ snapshot: { volumes } }) =>
      volumes.facts.claims.set('ns/c', makeClaim('c', { volumeName: 'v', isLost: true })),
    want: /^VolumeNotReady: claim ns\/c has lost its volume v/,
  },
  {
    name: 'a bound claim goes where its volume is reached',
    world: ({ snapshot: { volumes } }) =>
      bind(volumes.facts, makeClaim('c'), makeVolume('v', { nodeTerms: onNodes('n2') })),
    want: 'n2',
  },
  {
    name: 'a volume stays in its zone, of which a label may tell several',
    world: (world) => {
      zones(world);
      const labels = ['topology.kubernetes.io/zone', 'b__c'];
      bind(world.snapshot.volumes.facts, makeClaim('c'), makeVolume('v', { labels }));
    },
    want: 'n2',
  },
  {
    name: 'a label of a zone from before is met by the newer one of a node',
    world: (world) => {
      zones(world);
      const labels = ['failure-domain.beta.kubernetes.io/zone', 'b'];
      bind(world.snapshot.volumes.facts, makeClaim('c'), makeVolume('v', { labels }));
    },
    want: 'n2',
  },
  {
    name: 'a volume that nodes without labels reach is not kept from them by its zone',
    world: ({ snapshot: { volumes } }) => {
      const labels = ['topology.kubernetes.io/zone', 'b'];
      bind(volumes.facts, makeClaim('c'), makeVolume('v', { labels }));
    },
    want: 'n1',
  },
  {
    name: 'a claim that waits for its consumer goes where a volume is free',
    world: (world) => waiting(world, makeVolume('v', { nodeTerms: onNodes('n3') })),
    want: 'n3',
  },
  {
    name: 'a class without a provisioner makes none',
    world: (world) => waiting(world),
    want: NO_VOLUME,
  },
  ...(
    [
      ['too small', { capacity: 9 }],
      ['of another class', { className: 'other' }],
      ['of another mode', { isBlock: true }],
      ['not to be written from one node', { accessModes: ['ReadOnlyMany'] }],
      ['taken by another claim', { claim: 'ns/other', isAvailable: false }],
      ['kept for an earlier claim of its name', { claim: 'ns/c', claimUid: 'before' }],
      ['on its way out', { deleting: true }],
      ['not available', { isAvailable: false }],
    ] as const
  ).map(([what, volume]) => ({
    name: `a volume that is ${what} will not do`,
    world: (world: SchedulerWorld) => waiting(world, makeVolume('v', volume)),
    want: NO_VOLUME,
  })),
  {
    name: 'a volume that its maker keeps for the claim is the only one that will do',
    world: (world) =>
      waiting(
        world,
        makeVolume('free', { nodeTerms: onNodes('n1') }),
        makeVolume('kept', { claim: 'ns/c', nodeTerms: onNodes('n2'), capacity: 100 }),
      ),
    want: 'n2',
  },
  {
    name: 'a volume that is kept for the claim and too small for it is passed over',
    world: (world) =>
      waiting(
        world,
        makeVolume('kept', { claim: 'ns/c', nodeTerms: onNodes('n1'), capacity: 9 }),
        makeVolume('free', { nodeTerms: onNodes('n2') }),
      ),
    want: 'n2',
  },
  {
    name: 'a claim that selects volumes gets no other',
    world: (world) => {
      waiting(
        world,
        makeVolume('plain', { nodeTerms: onNodes('n1') }),
        makeVolume('gold', { nodeTerms: onNodes('n2'), labels: ['tier', 'gold'] }),
      );
      const selector = [{ key: 'tier', operator: 'In' as const, values: ['gold'] }];
      world.snapshot.volumes.facts.claims.set('ns/c', makeClaim('c', { selector }));
    },
    want: 'n2',
  },
  {
    name: 'a volume is made where the class allows it',
    world: (world) => {
      waiting(world);
      const topologies = onNodes('n2');
      world.snapshot.volumes.facts.classes.set('local', makeClass('local', { provisioner: 'csi', topologies }));
    },
    want: 'n2',
  },
  {
    name: 'a volume is made where its driver has room for it',
    world: (world) => {
      waiting(world);
      const { facts } = world.snapshot.volumes;
      facts.classes.set('local', makeClass('local', { provisioner: 'csi' }));
      facts.drivers.set('csi', { name: 'csi', tellsCapacity: true });
      const [n1, n2] = ['n1', 'n2'].map((node) => onNodes(node)[0]);
      facts.capacities.set('a', { key: 'a', className: 'local', largest: 9, nodes: n1 });
      facts.capacities.set('b', { key: 'b', className: 'local', largest: 10, nodes: n2 });
      facts.capacities.set('c', { key: 'c', className: 'other', largest: 99, nodes: n1 });
    },
    want: 'n2',
  },
  {
    name: 'a claim that names a node is made nowhere else',
    world: (world) => {
      waiting(world, makeVolume('v', { nodeTerms: onNodes('n1') }));
      const { facts } = world.snapshot.volumes;
      facts.classes.set('local', makeClass('local', { provisioner: 'csi' }));
      facts.claims.set('ns/c', makeClaim('c', { selectedNode: 'n3' }));
    },
    want: 'n3',
  },
  {
    name: 'a claim for one pod waits while another has it, and says which',
    world: (world) => {
      const claim = makeClaim('c', { accessModes: ['ReadWriteOncePod'] });
      bind(world.snapshot.volumes.facts, claim, makeVolume('v'));
      world.running('first', 'none', 'n2', { claims: podClaims('c') });
    },
    want: /^VolumeInUse: claim ns\/c is for one pod at a time, and pod ns\/first has it/,
  },
  {
    name: 'a claim for one node is shared by pods wherever its volume is reached, as kube-scheduler has it',
    world: (world) => {
      bind(world.snapshot.volumes.facts, makeClaim('c'), makeVolume('v'));
      world.running('first', 'none', 'n2', { claims: podClaims('c') });
    },
    want: 'n1',
  },
  {
    name: 'a node that has as many volumes as its driver attaches takes no more',
    world: (world) => {
      attached(world, 'n1', 'a', 'b');
      bind(world.snapshot.volumes.facts, makeClaim('c'), makeVolume('vc', { driver: 'csi', handle: 'c' }));
    },
    want: 'n2',
  },
  {
    name: 'the volume that a claim names counts before it is bound',
    world: (world) => {
      attached(world, 'n1', 'a', 'b');
      const { facts } = world.snapshot.volumes;
      facts.claims.set('ns/b', makeClaim('b', { volumeName: 'vb' }));
      bind(facts, makeClaim('c'), makeVolume('vc', { driver: 'csi', handle: 'c' }));
    },
    want: 'n2',
  },
  {
    name: 'what is attached already counts once, by whatever claim',
    world: (world) => {
      attached(world, 'n1', 'a', 'b');
      bind(world.snapshot.volumes.facts, makeClaim('c'), makeVolume('vc', { driver: 'csi', handle: 'a' }));
    },
    want: 'n1',
  },
  {
    name: 'a volume that is still to be made counts as well',
    world: (world) => {
      attached(world, 'n1', 'a', 'b');
      waiting(world);
      world.snapshot.volumes.facts.classes.set('local', makeClass('local', { provisioner: 'csi' }));
    },
    want: 'n2',
  },
];

/** n1 in zone a and so on. */
function zones(world: SchedulerWorld): void {
  for (const [n, zone] of ['a', 'b', 'c'].entries()) {
    world.node(`n${n + 1}`, amounts(4), { labels: new Map([['topology.kubernetes.io/zone', zone]]) });
  }
}

/** Claim `c` waits for its first consumer, and these volumes are there. */
function waiting(world: SchedulerWorld, ...volumes: readonly ReturnType<typeof makeVolume>[]): void {
  const { facts } = world.snapshot.volumes;
  facts.classes.set('local', makeClass('local'));
  facts.claims.set('ns/c', makeClaim('c'));
  for (const volume of volumes) facts.volumes.set(volume.name, volume);
}

/** The node takes two volumes of `csi`, and a pod of another scheduler uses these handles. */
function attached(world: SchedulerWorld, node: string, ...handles: readonly string[]): void {
  const { facts } = world.snapshot.volumes;
  facts.csiNodes.set(node, { name: node, limits: new Map([['csi', 2]]) });
  for (const handle of handles) {
    bind(facts, makeClaim(handle), makeVolume(`v${handle}`, { driver: 'csi', handle }));
  }
  world.snapshot.upsertTask(
    makePod('other', '', makeShape({}), {
      schedulerName: 'default-scheduler',
      nodeName: node,
      phase: 'Running',
      claims: podClaims(...handles),
    }),
  );
}

function volumesOf({ decisions }: Outcome): Readonly<Record<string, readonly VolumeChoice[] | undefined>> {
  const binds = decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
  return Object.fromEntries(binds.map(({ pod, volumes }) => [pod, volumes]));
}

describe('a pod with a claim', () => {
  for (const { name, world: make, want } of CASES) {
    it(name, () => {
      const world = new SchedulerWorld().nodes(3, amounts(4));
      make(world);
      const { placed, refused } = world.gang('g', { count: 1, requests: ONE, claims: podClaims('c') }).cycle();
      if (typeof want === 'string') expect(placed, refused['g']).to.deep.equal({ 'g-0': want });
      else
        expect([placed, refused['g'] ?? '']).to.satisfy(([, told]: [object, string]) => want.test(told), refused['g']);
    });
  }

  it('stands in nobody else’s way while it waits', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world
      .gang('g', { count: 1, requests: amounts(4), claims: podClaims('c') })
      .gang('other', { count: 1, requests: ONE });
    expect(world.cycle().placed).to.deep.equal({ 'other-0': 'n1' });
  });

  it('is placed as soon as its claim is bound, although no node changed', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    world.gang('g', { count: 1, requests: ONE, claims: podClaims('c') });
    expect(world.cycle().refused['g']).to.match(/does not exist/);
    const { facts } = world.snapshot.volumes;
    facts.claims.set('ns/c', makeClaim('c', { volumeName: 'v' }));
    expect(world.cycle().refused['g']).to.match(/waits for its volume/);
    bind(facts, makeClaim('c'), makeVolume('v'));
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('that cannot be had yet asks its queue for nothing', () => {
    const capability = new Map([['cpu', 4000]]);
    const world = new SchedulerWorld().nodes(1, amounts(8)).queue('default', { capability });
    const minResources = capability;
    world.gang('big', { count: 2, requests: amounts(2), claims: podClaims('c') }, { minResources });
    world.gang('small', { count: 4, requests: ONE }, { minResources });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.have.length(4);
    expect(refused['big']).to.equal(
      'VolumeNotReady: PodGroup ns/big must place 2 more pods together, and claims of 2 are not ready: claim ns/c does not exist.',
    );
  });

  it('made for another pod of its name waits', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4));
    bind(world.snapshot.volumes.facts, makeClaim('c', { ownerUid: 'before' }), makeVolume('v'));
    const claims = [{ key: 'ns/c', podUid: 'uid-g-0' }];
    world.gang('g', { count: 1, requests: ONE, claims });
    expect(world.cycle().refused['g']).to.match(/^VolumeNotReady: claim ns\/c was not made for the pod/);
    bind(world.snapshot.volumes.facts, makeClaim('c', { ownerUid: 'uid-g-0' }), makeVolume('v'));
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('gets the smallest volume that will do, and two claims of one pod get two', () => {
    const world = new SchedulerWorld().nodes(2, amounts(4));
    const { facts } = world.snapshot.volumes;
    facts.classes.set('local', makeClass('local'));
    facts.claims.set('ns/large', makeClaim('large', { request: 20 }));
    facts.claims.set('ns/small', makeClaim('small', { request: 5 }));
    for (const [name, capacity, node] of [
      ['huge', 90, 'n2'],
      ['fits', 20, 'n2'],
      ['ten', 10, 'n2'],
      ['only', 20, 'n1'],
    ] as const) {
      facts.volumes.set(name, makeVolume(name, { capacity, nodeTerms: onNodes(node) }));
    }
    world.gang('g', { count: 1, requests: ONE, claims: podClaims('large', 'small') });
    const outcome = world.cycle();
    expect(outcome.placed).to.deep.equal({ 'g-0': 'n2' });
    expect(volumesOf(outcome)['ns/g-0']).to.deep.equal([
      { claim: 'ns/small', volume: 'ten' },
      { claim: 'ns/large', volume: 'fits' },
    ]);
  });

  it('gives claims of one size their volumes in its own order, as kube-scheduler does', () => {
    const placedWith = (...claims: readonly string[]): Outcome['placed'] => {
      const world = new SchedulerWorld().nodes(1, amounts(4));
      const { facts } = world.snapshot.volumes;
      facts.classes.set('local', makeClass('local'));
      facts.claims.set('ns/a', makeClaim('a', { accessModes: ['ReadOnlyMany'] }));
      facts.claims.set('ns/z', makeClaim('z'));
      facts.volumes.set('both', makeVolume('both', { accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] }));
      facts.volumes.set('larger', makeVolume('larger', { accessModes: ['ReadOnlyMany'], capacity: 20 }));
      return world.gang('g', { count: 1, requests: ONE, claims: podClaims(...claims) }).cycle().placed;
    };
    expect(placedWith('z', 'a')).to.deep.equal({ 'g-0': 'n1' });
    // The first one takes the only volume that the second could have.
    expect(placedWith('a', 'z')).to.deep.equal({});
  });
});

/** Members `g-0`, `g-1` ... with a claim of their own each, and volumes on these nodes. */
function localWorld(members: number, volumesOn: readonly string[]): SchedulerWorld {
  const world = new SchedulerWorld().nodes(3, amounts(9)).group('g', members);
  const { facts } = world.snapshot.volumes;
  facts.classes.set('local', makeClass('local'));
  for (const [at, node] of volumesOn.entries()) {
    facts.volumes.set(`v${at}`, makeVolume(`v${at}`, { nodeTerms: onNodes(node) }));
  }
  for (let i = 0; i < members; i += 1) {
    facts.claims.set(`ns/c${i}`, makeClaim(`c${i}`));
    world.snapshot.upsertTask(makePod(`g-${i}`, 'g', makeShape(ONE), { claims: podClaims(`c${i}`) }));
  }
  return world;
}

describe('a gang whose members have claims', () => {
  it('is placed together, each volume promised once', () => {
    const outcome = localWorld(3, ['n1', 'n2', 'n3']).cycle();
    const volumes = Object.values(volumesOf(outcome)).flatMap((choices) => choices?.map(({ volume }) => volume));
    expect(volumes).to.have.members(['v0', 'v1', 'v2']);
    expect(Object.values(outcome.placed).toSorted()).to.deep.equal(['n1', 'n2', 'n3']);
  });

  it('waits whole when a volume is missing, says why, and gives its volumes back', () => {
    const world = localWorld(3, ['n1', 'n2']);
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({});
    expect(refused['g']).to.equal(
      "NotEnoughResources: PodGroup ns/g must place 3 more pods together and has room for 2; for the next one 0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.",
    );
    const { volumes } = world.snapshot;
    volumes.facts.volumes.set('v2', makeVolume('v2', { nodeTerms: onNodes('n1') }));
    expect(Object.keys(world.cycle().placed)).to.have.length(3);
  });

  it('keeps what it was promised until its claims are bound, or its placement is forgotten', () => {
    const world = localWorld(1, ['n1']);
    const { snapshot } = world;
    expect(world.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
    snapshot.volumes.facts.claims.set('ns/d', makeClaim('d'));
    world.gang('late', { count: 1, requests: ONE, claims: podClaims('d') });
    expect(world.cycle().placed).to.deep.equal({});
    snapshot.forget('uid-g-0');
    snapshot.removeTask('uid-g-0');
    expect(world.cycle().placed).to.deep.equal({ 'late-0': 'n1' });
  });

  it('that shares a claim follows the volume that the first one is promised', () => {
    const world = new SchedulerWorld().nodes(3, amounts(1));
    const { facts } = world.snapshot.volumes;
    facts.classes.set('local', makeClass('local'));
    facts.claims.set('ns/c', makeClaim('c'));
    facts.volumes.set('far', makeVolume('far', { nodeTerms: onNodes('n2', 'n3') }));
    const outcome = world.gang('g', { count: 2, requests: ONE, claims: podClaims('c') }).cycle();
    expect(Object.values(outcome.placed).toSorted()).to.deep.equal(['n2', 'n3']);
    expect(volumesOf(outcome)).to.deep.equal({
      'ns/g-0': [{ claim: 'ns/c', volume: 'far' }],
      'ns/g-1': [{ claim: 'ns/c', volume: 'far' }],
    });
  });

  it('that shares a claim for one pod never starts together', () => {
    const world = new SchedulerWorld().nodes(3, amounts(1));
    bind(world.snapshot.volumes.facts, makeClaim('c', { accessModes: ['ReadWriteOncePod'] }), makeVolume('v'));
    const { placed, refused } = world.gang('g', { count: 2, requests: ONE, claims: podClaims('c') }).cycle();
    expect(placed).to.deep.equal({});
    expect(refused['g']).to.match(/^VolumeInUse/);
  });

  it('fills a node only up to what its driver attaches', () => {
    const world = new SchedulerWorld().nodes(2, amounts(9)).group('g', 3);
    const { facts } = world.snapshot.volumes;
    for (const node of ['n1', 'n2']) facts.csiNodes.set(node, { name: node, limits: new Map([['csi', 2]]) });
    for (let i = 0; i < 3; i += 1) {
      bind(facts, makeClaim(`c${i}`), makeVolume(`v${i}`, { driver: 'csi', handle: `h${i}` }));
      world.snapshot.upsertTask(makePod(`g-${i}`, 'g', makeShape(ONE), { claims: podClaims(`c${i}`) }));
    }
    expect(Object.values(world.cycle().placed).toSorted()).to.deep.equal(['n1', 'n1', 'n2']);
  });
});

describe('switches of rules about volumes', () => {
  for (const [key, make] of [
    ['predicate.VolumeBindingEnable', () => makeVolume('v', { nodeTerms: onNodes('n2') })],
    ['predicate.VolumeZoneEnable', () => makeVolume('v', { labels: ['topology.kubernetes.io/zone', 'b'] })],
  ] as const) {
    it(`${key} is one of them`, () => {
      const tiers = [[plugin('gang'), plugin('predicates', { [key]: 'false' })]];
      const world = new SchedulerWorld({ ...DEFAULT_POLICY, actions: ['allocate'], tiers }).nodes(3, amounts(4));
      zones(world);
      bind(world.snapshot.volumes.facts, makeClaim('c'), make());
      const { placed } = world
        .gang('g', { count: 1, requests: ONE, claims: podClaims('c') }, { phase: 'Inqueue' })
        .cycle();
      expect(placed).to.deep.equal({ 'g-0': 'n1' });
    });
  }
});

describe('a nominated node', () => {
  it('comes first when it will do, and else is forgotten', () => {
    const nominated = (nominatedNode: string): Readonly<Record<string, string>> =>
      new SchedulerWorld().nodes(2, amounts(4)).gang('g', { count: 1, requests: ONE, nominatedNode }).cycle().placed;
    expect(nominated('')).to.deep.equal({ 'g-0': 'n1' });
    expect(nominated('n2')).to.deep.equal({ 'g-0': 'n2' });
    expect(nominated('gone')).to.deep.equal({ 'g-0': 'n1' });
    const full = new SchedulerWorld().nodes(2, amounts(4)).running('r', 'none', 'n2', { requests: amounts(4) });
    expect(full.gang('g', { count: 1, requests: ONE, nominatedNode: 'n2' }).cycle().placed).to.deep.equal({
      'g-0': 'n1',
    });
  });
});

import { expect } from 'chai';
import type { BindDecision, GangDecision } from '../../../src/scheduler/session/decision.ts';
import type { CardPart } from '../../../src/api/records/card-records.ts';
import { Bench, decision, ONE_CPU } from '../../support/checker-bench.ts';
import { cardPod, podCards, vgpuNode } from '../../support/card-records.ts';
import { makeClaim, makeVolume } from '../../support/volume-records.ts';
import { PART_LABEL, partsOf } from '../../support/sub-groups.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

const NO_SCHEDULE = { key: 'gpu', value: '', effect: 'NoSchedule' as const };

describe('checker', () => {
  describe('of cards', () => {
    const HALF = { 'vgpu-number': 1, 'vgpu-memory': 500, 'vgpu-cores': 50 };
    const bind = (pod: string, ...parts: readonly CardPart[]): BindDecision => {
      return { kind: 'bind', uid: `uid-${pod}`, pod: `ns/${pod}`, node: 'n1', cards: [parts] };
    };
    const half = (card: string): CardPart => ({ card, memory: 500, cores: 50 });
    const refused: readonly (readonly [string, readonly BindDecision[], string])[] = [
      [
        'a card for more memory than it has',
        ['p0', 'p1', 'p2'].map((pod) => bind(pod, { ...half('n1-0'), cores: 50 })),
        'ns/p2: card n1-0 would hold 1500 of 1000 memory',
      ],
      ['a card that is not there', [bind('p0', half('n2-0'))], 'ns/p0: card n2-0 is not there'],
      ['a broken card', [bind('p0', half('n1-1'))], 'ns/p0: card n1-1 is not there'],
      ['fewer cards than are asked for', [bind('p0')], 'ns/p0: it would not get the cards that it asks for'],
      [
        'less of a card',
        [bind('p0', { ...half('n1-0'), memory: 1 })],
        'ns/p0: it would not get the cards that it asks for',
      ],
      ['cards for who asks for none', [bind('plain', half('n1-0'))], 'ns/plain: it asks for no cards'],
    ];
    for (const [what, binds, problem] of refused) {
      it(`refuses ${what}`, () => {
        expect(cardBench().checker.reserve({ kind: 'gang', group: 'ns/g', minMember: 0, binds })).to.equal(problem);
      });
    }

    it('counts what is reserved, and what pods were seen with until they are gone', () => {
      const bench = cardBench();
      const reserve = (pod: string): string | undefined =>
        bench.checker.reserve({ kind: 'gang', group: 'ns/g', minMember: 0, binds: [bind(pod, half('n1-0'))] });
      expect([reserve('p0'), reserve('p1')]).to.deep.equal([undefined, undefined]);
      bench.pod(cardPod('p0', 'g', [HALF], { nodeName: 'n1', phase: 'Running' }));
      bench.checker.release('uid-p1');
      const annotations = { 'volcano.sh/vgpu-ids-new': 'n1-0,NVIDIA,500,50:' };
      const seen = { nodeName: 'n1', phase: 'Running' as const, cards: podCards([HALF], annotations) };
      bench.pod(cardPod('p1', 'g', [HALF], seen));
      bench.pod(cardPod('p1', 'g', [HALF], { ...seen, cards: podCards([HALF]) }));
      expect(reserve('p2')).to.equal('ns/p2: card n1-0 would hold 1500 of 1000 memory');
      bench.gone('p1');
      expect(reserve('p2')).to.equal(undefined);
    });

    const cut = (pod: string, position: number, more: Partial<CardPart> = {}): BindDecision => {
      const instance = { group: 'a', position };
      const bound = bind(pod, { card: 'n2-0', memory: 1200, cores: 50, instance, ...more });
      return { ...bound, node: 'n2' };
    };
    const torn: readonly (readonly [string, readonly BindDecision[], string])[] = [
      [
        'an instance that is given twice',
        [cut('p0', 1), cut('p1', 0), cut('p2', 1)],
        'ns/p2: instance n2-0[a-1] would be given away twice',
      ],
      [
        'a card that is cut in two ways at once',
        [cut('p0', 0), cut('p1', 1, { instance: { group: 'b', position: 1 } })],
        'ns/p1: card n2-0 would be cut as a and b at once',
      ],
      [
        'a part that is no instance where cards are cut',
        [{ ...bind('p0', half('n2-0')), node: 'n2' }],
        'ns/p0: card n2-0 is cut, and would be given without an instance',
      ],
      [
        'an instance of a card that is not cut',
        [bind('p0', { ...half('n1-0'), instance: { group: 'a', position: 0 } })],
        'ns/p0: n1-0[a-0] is an instance of a card that is not cut',
      ],
      [
        'an instance that is too small',
        [cut('p0', 0, { memory: 499 })],
        'ns/p0: it would not get the cards that it asks for',
      ],
      [
        'more cores than a card that is cut has',
        [cut('p0', 0), cut('p1', 1), cut('p2', 2)],
        'ns/p2: card n2-0 would hold 150 of 100 cores',
      ],
    ];
    for (const [what, binds, problem] of torn) {
      it(`refuses ${what}`, () => {
        expect(cardBench().checker.reserve({ kind: 'gang', group: 'ns/g', minMember: 0, binds })).to.equal(problem);
      });
    }

    it('takes instances that are larger than what is asked for, and more of them than the card tells of memory', () => {
      const binds = [cut('p0', 0), cut('p1', 3)];
      expect(cardBench().checker.reserve({ kind: 'gang', group: 'ns/g', minMember: 0, binds })).to.equal(undefined);
    });

    function cardBench(): Bench {
      const bench = new Bench();
      bench.node(vgpuNode('n1', [{ memory: 1000 }, { memory: 1000, isHealthy: false }]));
      bench.node(vgpuNode('n2', [{ memory: 2000 }, { memory: 2000 }], 'mig'));
      bench.group(makePodGroup('g', 1));
      for (const name of ['p0', 'p1', 'p2']) bench.pod(cardPod(name, 'g', [HALF]));
      bench.pod(makePod('plain', 'g', ONE_CPU));
      return bench;
    }
  });

  it('refuses to give one volume to two claims, in one decision or in two, or to a claim that does not wait', () => {
    const bench = new Bench();
    bench.gang(1, 3);
    for (const name of ['a', 'b']) bench.claims.set(`ns/${name}`, makeClaim(name));
    bench.claims.set('ns/bound', makeClaim('bound', { isBound: true, volumeName: 'w' }));
    bench.volumes.set('v', makeVolume('v'));
    bench.volumes.set('w', makeVolume('w', { claim: 'ns/bound' }));
    const binding = (pod: string, claim: string, volume: string): BindDecision => {
      const volumes = [{ claim: `ns/${claim}`, volume }];
      return { kind: 'bind', uid: `uid-${pod}`, pod: `ns/${pod}`, node: 'n1', volumes };
    };
    const reserve = (...binds: readonly BindDecision[]): string | undefined =>
      bench.checker.reserve({ kind: 'gang', group: 'ns/g', minMember: 1, binds });
    expect(reserve(binding('p0', 'a', 'v'), binding('p1', 'b', 'v'))).to.match(
      /volume v would be given to claims ns\/a and ns\/b/,
    );
    expect(reserve(binding('p0', 'bound', 'v'))).to.match(/claim ns\/bound does not wait/);
    expect(reserve(binding('p0', 'a', 'w'))).to.match(/volume w would be given to claims ns\/bound and ns\/a/);
    expect(reserve(binding('p0', 'a', 'none'))).to.match(/volume none does not exist/);
    expect(reserve(binding('p0', 'a', 'v'))).to.equal(undefined);
    expect(reserve(binding('p1', 'b', 'v'))).to.match(/volume v would be given to claims ns\/a and ns\/b/);
    bench.checker.release('uid-p0');
    expect(reserve(binding('p1', 'b', 'v'))).to.equal(undefined);
  });

  const refusals: readonly (readonly [string, (bench: Bench) => void, readonly string[], string])[] = [
    ['a group that does not exist', (b) => b.groups.clear(), ['p0 n1'], 'PodGroup ns/g does not exist'],
    ['a pod that does not exist', () => undefined, ['p9 n1'], 'ns/p9: the pod does not exist'],
    ['a pod named twice', () => undefined, ['p0 n1', 'p0 n2'], 'ns/p0: the pod is bound or being bound already'],
    ['a pod that is bound', (b) => b.bound('p0', 'n1'), ['p0 n1'], 'ns/p0: the pod is bound or being bound already'],
    [
      'a pod that is being deleted',
      (b) => b.pod(makePod('p0', 'g', ONE_CPU, { deleting: true })),
      ['p0 n1'],
      'ns/p0: the pod is deleted, gated or finished',
    ],
    [
      'a gated pod',
      (b) => b.pod(makePod('p0', 'g', ONE_CPU, { gated: true })),
      ['p0 n1'],
      'ns/p0: the pod is deleted, gated or finished',
    ],
    [
      'a pod of another group',
      (b) => b.pod(makePod('p0', 'other', ONE_CPU)),
      ['p0 n1'],
      'ns/p0: the pod belongs to another group',
    ],
    ['a node that does not exist', () => undefined, ['p0 n9'], 'ns/p0: node n9 does not exist'],
    [
      'a cordoned node',
      (b) => b.node(makeNode('n1', { cpu: 2000 }, { unschedulable: true })),
      ['p0 n1'],
      'ns/p0: node n1 is cordoned',
    ],
    [
      'a tainted node',
      (b) => b.node(makeNode('n1', { cpu: 2000 }, { taints: [NO_SCHEDULE] })),
      ['p0 n1'],
      'ns/p0: node n1 has the taint gpu',
    ],
    [
      'more than a node has',
      () => undefined,
      ['p0 n1', 'p1 n1', 'p2 n1'],
      'ns/p2: node n1 would hold 3000 of 2000 cpu',
    ],
    [
      'more than a node has left',
      (b) => b.bound('old', 'n1', { group: 'other', shape: makeShape({ cpu: 1500 }) }),
      ['p0 n1'],
      'ns/p0: node n1 would hold 2500 of 2000 cpu',
    ],
    [
      'a resource that the node does not have',
      (b) => b.pod(makePod('p0', 'g', makeShape({ 'nvidia.com/gpu': 1 }))),
      ['p0 n1'],
      'ns/p0: node n1 would hold 1 of 0 nvidia.com/gpu',
    ],
    [
      'more than the capability of the queue',
      (b) => b.queues.set('default', makeQueue('default', { capability: new Map([['cpu', 1500]]) })),
      ['p0 n1', 'p1 n2'],
      'queue default would hold 2000 of 1500 cpu',
    ],
    [
      'more than the capability of a queue above, with what others below it hold',
      (b) => {
        b.queues.set('top', makeQueue('top', { capability: new Map([['cpu', 2000]]) }));
        for (const name of ['default', 'beside']) b.queues.set(name, makeQueue(name, { parent: 'top' }));
        b.checker.observeGroup(makePodGroup('h', 1, { queue: 'beside' }), 'ns/h');
        b.pod(makePod('held', 'h', ONE_CPU, { nodeName: 'n2', phase: 'Running' }));
      },
      ['p0 n1', 'p1 n2'],
      'queue top would hold 3000 of 2000 cpu',
    ],
    ['a part of a gang', () => undefined, ['p0 n1'], '1 of 2 members of ns/g would be bound'],
  ];
  for (const [name, prepare, places, message] of refusals) {
    it(`refuses ${name}, and reserves nothing`, () => {
      const bench = new Bench();
      bench.gang(2, 3);
      prepare(bench);
      const members = bench.checker.members('ns/g');
      expect(bench.reserve(...places)).to.equal(message);
      expect(bench.checker.members('ns/g')).to.equal(members);
    });
  }

  it('takes a whole gang once', () => {
    const bench = new Bench();
    bench.gang(2, 3);
    expect(bench.reserve('p0 n1', 'p1 n1')).to.equal(undefined);
    expect(bench.checker.members('ns/g')).to.equal(2);
    expect(bench.reserve('p0 n2', 'p1 n2')).to.equal('ns/p0: the pod is bound or being bound already');
    expect(bench.reserve('p2 n2')).to.equal(undefined);
  });

  it('lets pods with the right tolerations onto cordoned and tainted nodes', () => {
    const bench = new Bench();
    const tolerations = [{ key: '', operator: 'Exists' as const, value: '', effect: '' }];
    bench.node(makeNode('n1', { cpu: 2000 }, { unschedulable: true, taints: [NO_SCHEDULE] }));
    bench.node(makeNode('n2', { cpu: 2000 }, { taints: [{ ...NO_SCHEDULE, effect: 'PreferNoSchedule' }] }));
    bench.group(makePodGroup('g', 1));
    bench.pod(makePod('p0', 'g', makeShape({ cpu: 1000 }, { tolerations })));
    bench.pod(makePod('p1', 'g', ONE_CPU));
    expect(bench.reserve('p0 n1', 'p1 n2')).to.equal(undefined);
  });

  it('keeps a reservation while the watch still shows the pod unbound, and gives it back on release', () => {
    const bench = new Bench();
    bench.gang(2, 3);
    bench.reserve('p0 n1', 'p1 n1');
    bench.pod(makePod('p0', 'g', ONE_CPU, { resourceVersion: '2' }));
    expect(bench.reserve('p2 n1')).to.equal('ns/p2: node n1 would hold 3000 of 2000 cpu');
    bench.checker.release('uid-p0');
    bench.checker.release('uid-p0');
    expect(bench.checker.members('ns/g')).to.equal(1);
    expect(bench.reserve('p2 n1')).to.equal(undefined);
  });

  it('does not release what the watch has confirmed', () => {
    const bench = new Bench();
    bench.gang(1, 1);
    bench.reserve('p0 n1');
    bench.bound('p0', 'n1');
    bench.checker.release('uid-p0');
    expect(bench.checker.members('ns/g')).to.equal(1);
  });

  it('follows a pod to the node that another scheduler chose', () => {
    const bench = new Bench();
    bench.gang(1, 3);
    bench.reserve('p0 n1', 'p1 n1');
    bench.bound('p0', 'n2');
    expect(bench.reserve('p2 n1')).to.equal(undefined);
    expect(bench.checker.members('ns/g')).to.equal(3);
  });

  const ends: readonly (readonly [string, (bench: Bench) => void, number])[] = [
    ['failed', (bench) => bench.bound('p0', 'n1', { phase: 'Failed' }), 1],
    ['succeeded', (bench) => bench.bound('p0', 'n1', { phase: 'Succeeded' }), 2],
    ['gone', (bench) => bench.gone('p0'), 1],
  ];
  for (const [name, end, members] of ends) {
    it(`has the room of a pod again that is ${name}, and counts ${members} of two members`, () => {
      const bench = new Bench();
      bench.gang(1, 3);
      bench.reserve('p0 n1', 'p1 n1');
      end(bench);
      expect(bench.checker.members('ns/g')).to.equal(members);
      expect(bench.reserve('p2 n1')).to.equal(undefined);
    });
  }

  it('counts a pod that is being deleted for its node, and for its gang no more', () => {
    const bench = new Bench();
    bench.gang(2, 0);
    bench.bound('old', 'n1', { deleting: true, shape: makeShape({ cpu: 2000 }) });
    bench.pod(makePod('p0', 'g', ONE_CPU));
    expect(bench.checker.members('ns/g')).to.equal(0);
    expect(bench.reserve('p0 n1')).to.equal('ns/p0: node n1 would hold 3000 of 2000 cpu');
    expect(bench.reserve('p0 n2')).to.equal('1 of 2 members of ns/g would be bound');
    bench.gone('old');
    expect(bench.checker.members('ns/g')).to.equal(0);
  });

  it('counts what a pod asks for after it was resized in place', () => {
    const bench = new Bench();
    bench.gang(1, 1);
    bench.bound('old', 'n1');
    bench.bound('old', 'n1', { shape: makeShape({ cpu: 2000 }) });
    expect(bench.reserve('p0 n1')).to.equal('ns/p0: node n1 would hold 3000 of 2000 cpu');
  });

  for (const [what, change] of [
    ['takes its group off', { group: '' }],
    ['names another group', { group: 'other' }],
    ['names another role', { task: 'other' }],
  ] as const) {
    it(`counts a pod that ${what} while it runs for what it was bound for, until it is gone`, () => {
      const bench = new Bench();
      bench.queues.set('default', makeQueue('default', { capability: new Map([['cpu', 1500]]) }));
      bench.group(makePodGroup('g', 1, { minTaskMember: new Map([['ps', 1]]) }));
      bench.group(makePodGroup('other', 1));
      bench.bound('p0', 'n1', { task: 'ps' });
      bench.pod(makePod('p1', 'g', ONE_CPU));
      bench.bound('p0', 'n1', { task: 'ps', ...change });
      expect(bench.reserve('p1 n2')).to.equal('queue default would hold 2000 of 1500 cpu');
      expect([bench.checker.members('ns/g'), bench.checker.members('ns/other')]).to.deep.equal([1, 0]);
      expect(bench.checker.isWhole(makePodGroup('g', 1, { minTaskMember: new Map([['ps', 1]]) }))).to.equal(true);
      bench.bound('p0', 'n1', { task: 'ps', ...change, phase: 'Succeeded' });
      expect(bench.checker.members('ns/g')).to.equal(1);
      bench.gone('p0');
      expect(bench.checker.members('ns/g')).to.equal(0);
    });
  }

  it('knows the minimum of each role, where the minimum of all covers their sum', () => {
    const minTaskMember = new Map([
      ['ps', 1],
      ['worker', 2],
    ]);
    const bench = new Bench();
    bench.group(makePodGroup('g', 3, { minTaskMember }));
    for (const name of ['w0', 'w1', 'w2']) bench.pod(makePod(name, 'g', ONE_CPU, { task: 'worker' }));
    bench.pod(makePod('ps0', 'g', ONE_CPU, { task: 'ps' }));
    expect(bench.reserve('w0 n1', 'w1 n1', 'w2 n2')).to.equal('0 of 1 members of task ps of ns/g would be bound');
    expect(bench.reserve('w0 n1', 'w1 n1', 'ps0 n2')).to.equal(undefined);
    const group = makePodGroup('g', 3, { minTaskMember });
    expect(bench.checker.isWhole(group)).to.equal(true);
    expect(bench.checker.isWhole(group, new Set(['uid-ps0']))).to.equal(false);
    expect(bench.checker.isWhole(makePodGroup('g', 2, { minTaskMember }), new Set(['uid-ps0']))).to.equal(true);
  });

  it('counts pods that another scheduler places for their node alone', () => {
    const bench = new Bench();
    bench.queues.set('default', makeQueue('default', { capability: new Map([['cpu', 1000]]) }));
    bench.gang(1, 1);
    bench.bound('theirs', 'n1', { schedulerName: 'default-scheduler' });
    expect(bench.checker.members('ns/g')).to.equal(0);
    expect(bench.reserve('p0 n1')).to.equal(undefined);
  });

  it('counts what a group holds that was deleted before its pods, until they are gone', () => {
    const bench = new Bench();
    bench.queues.set('default', makeQueue('default', { capability: new Map([['cpu', 1000]]) }));
    bench.gang(1, 1);
    bench.bound('old', 'n1');
    bench.groups.delete('ns/g');
    bench.checker.observeGroup(undefined, 'ns/g');
    bench.group(makePodGroup('h', 1));
    bench.pod(makePod('q0', 'h', ONE_CPU));
    const gang: GangDecision = { ...decision('q0 n2'), group: 'ns/h' };
    expect(bench.checker.reserve(gang)).to.equal('queue default would hold 2000 of 1000 cpu');
    bench.gone('old');
    expect(bench.checker.reserve(gang)).to.equal(undefined);
  });

  it('moves what a group holds when the group moves to another queue', () => {
    const bench = new Bench();
    const capability = new Map([['cpu', 1000]]);
    for (const name of ['red', 'blue']) bench.queues.set(name, makeQueue(name, { capability }));
    bench.group(makePodGroup('g', 1, { queue: 'red' }));
    for (const name of ['p0', 'p1']) bench.pod(makePod(name, 'g', ONE_CPU));
    expect(bench.reserve('p0 n1')).to.equal(undefined);
    expect(bench.reserve('p1 n2')).to.equal('queue red would hold 2000 of 1000 cpu');
    bench.group(makePodGroup('g', 1, { queue: 'blue' }));
    expect(bench.reserve('p1 n2')).to.equal('queue blue would hold 2000 of 1000 cpu');
    bench.gone('p0');
    expect(bench.reserve('p1 n2')).to.equal(undefined);
  });
});

describe('checker of a gang in parts', () => {
  /** Pods `p0` to `p5`, two by two; one part is enough to start. */
  function pairs(minSubGroups = 1): Bench {
    const bench = new Bench();
    for (const name of ['n1', 'n2']) bench.node(makeNode(name, { cpu: 9000 }));
    bench.group(makePodGroup('g', 0, { subGroups: [partsOf(2, minSubGroups)] }));
    for (let n = 0; n < 6; n += 1) {
      bench.pod(makePod(`p${n}`, 'g', ONE_CPU, { labels: [PART_LABEL, String(Math.floor(n / 2))] }));
    }
    return bench;
  }

  it('takes parts as wholes only, and so many as have to start together', () => {
    expect(pairs().reserve('p0 n1')).to.equal('1 of 2 members of a sub-group of ns/g would be bound');
    expect(pairs().reserve('p0 n1', 'p1 n2', 'p2 n1')).to.equal('1 of 2 members of a sub-group of ns/g would be bound');
    expect(pairs(2).reserve('p0 n1', 'p1 n2')).to.equal('1 of 2 sub-groups worker of ns/g would be bound');
    expect(pairs(2).reserve('p0 n1', 'p1 n2', 'p4 n1', 'p5 n2')).to.equal(undefined);
  });

  it('knows which parts are whole without some pods, and which of them those would break', () => {
    const bench = pairs();
    const group = bench.groups.get('ns/g') ?? makePodGroup('g', 0);
    bench.reserve('p0 n1', 'p1 n2', 'p2 n1', 'p3 n2');
    expect(bench.checker.isWhole(group, new Set(['uid-p0']))).to.equal(true);
    expect(bench.checker.isWholeWith(group, ['uid-p2'], new Set(['uid-p0']))).to.equal(true);
    expect(bench.checker.isWholeWith(group, ['uid-p1'], new Set(['uid-p0']))).to.equal(false);
    expect(bench.checker.isWhole(group, new Set(['uid-p0', 'uid-p3']))).to.equal(false);
    expect(bench.checker.brokenParts(group, ['uid-p0', 'uid-p2', 'uid-p3'])).to.deep.equal([
      ['uid-p0'],
      ['uid-p2', 'uid-p3'],
    ]);
  });

  it('knows the parts that a plan began and did not finish', () => {
    const bench = pairs();
    const group = bench.groups.get('ns/g') ?? makePodGroup('g', 0);
    bench.bound('p0', 'n1', { labels: [PART_LABEL, '0'], bindPlanId: 'one' });
    bench.bound('p2', 'n1', { labels: [PART_LABEL, '1'], bindPlanId: 'two' });
    const torn = bench.checker.tornParts(group, 'two').map(({ pods }) => pods.map(({ name }) => name));
    expect(torn).to.deep.equal([['p2']]);
  });
});

import { expect } from 'chai';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { SchedulingShape, TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { asks, evicted, policy as evicting, runs, world as evictingWorld } from '../../support/evicting-world.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm } from '../../support/pod-rules.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string | number | boolean>>;

/** The default policy, with these arguments of predicates and without a wish to pack or to spread. */
function policy(options: Options): SchedulerPolicy {
  const given = new Map(Object.entries(options));
  const tiers = DEFAULT_POLICY.tiers.map((tier) =>
    tier
      .filter(({ name }) => name !== 'nodeorder' && name !== 'binpack')
      .map((plugin) => (plugin.name === 'predicates' ? { ...plugin, arguments: given } : plugin)),
  );
  return { ...DEFAULT_POLICY, tiers };
}

/** Pods of a gang of two with the shape that get a place on two nodes like that, of a gang of three of which two may start. */
function placed(options: Options, shape: Partial<SchedulingShape>, node: Partial<NodeRecord> = {}): number {
  const world = new SchedulerWorld(policy(options)).nodes(2, amounts(4), node);
  world.gang('a', { count: 3, shape: makeShape(amounts(1), shape), labels: OWN_LABELS }, { minMember: 1 });
  return Object.keys(world.cycle().placed).length;
}

function tainted(key: string, effect: TaintRecord['effect']): Partial<NodeRecord> {
  return { taints: [{ key, value: '', effect }] };
}

const APART: Partial<SchedulingShape> = { rules: podRules({ antiAffinity: [podTerm(HOST)] }) };
const PORT: Partial<SchedulingShape> = { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] };

describe('switches of predicates', () => {
  const CASES: readonly (readonly [string, string, Partial<SchedulingShape>, Partial<NodeRecord>, number, number])[] = [
    ['a node selector', 'NodeAffinity', { nodeSelector: new Map([['disk', 'ssd']]) }, {}, 0, 3],
    ['required node affinity', 'NodeAffinity', { requiredTerms: [] }, {}, 0, 3],
    ['a taint', 'TaintToleration', {}, tainted('gpu', 'NoSchedule'), 0, 3],
    ['a taint that evicts counts in any case', 'TaintToleration', {}, tainted('gpu', 'NoExecute'), 0, 0],
    [
      'a node that is out of order counts in any case',
      'TaintToleration',
      {},
      tainted('node.kubernetes.io/not-ready', 'NoSchedule'),
      0,
      0,
    ],
    ['a host port', 'NodePorts', PORT, {}, 2, 3],
    ['anti-affinity', 'PodAffinity', APART, {}, 2, 3],
    ['affinity', 'PodAffinity', { rules: podRules({ affinity: [podTerm('zone')] }) }, {}, 0, 3],
    ['a spread', 'PodTopologySpread', { rules: podRules({ spread: [evenSpread('zone')] }) }, {}, 0, 3],
    ['affinity, beside another switch', 'PodTopologySpread', APART, {}, 2, 2],
    ['a spread, beside another switch', 'PodAffinity', { rules: podRules({ spread: [evenSpread('zone')] }) }, {}, 0, 0],
  ];
  for (const [name, key, shape, node, on, off] of CASES) {
    it(`turn off what they name: ${name}`, () => {
      withoutAmbient(() => {
        const option = `predicate.${key}Enable`;
        expect([placed({ [option]: true }, shape, node), placed({ [option]: false }, shape, node)]).to.deep.equal([
          on,
          off,
        ]);
      });
    });
  }

  it('leave alone whom others keep away', () => {
    const counts = [true, false].map((isOn) => {
      const world = new SchedulerWorld(policy({ 'predicate.PodAffinityEnable': isOn }))
        .nodes(1, amounts(4))
        .group('b', 1);
      world.running('b-0', 'b', 'n1', { shape: makeShape(amounts(1), APART), labels: OWN_LABELS });
      world.gang('a', { count: 1, requests: amounts(1), labels: OWN_LABELS });
      return Object.keys(world.cycle().placed).length;
    });
    expect(counts).to.deep.equal([0, 1]);
  });

  it('never say that a gang fits nowhere for a rule that does not count', () => {
    const words = [true, false].map((isOn) => {
      const world = new SchedulerWorld(policy({ 'predicate.NodePortsEnable': isOn })).nodes(2, amounts(4));
      const { refused, placed: places } = world.gang('a', { count: 3, shape: makeShape(amounts(1), PORT) }).cycle();
      return [refused['a']?.split(':')[0], Object.keys(places).length];
    });
    expect(words).to.deep.equal([
      ['NeverFits', 0],
      [undefined, 3],
    ]);
  });
});

describe('what nodes keep for their free cards', () => {
  const EIGHT = {
    'predicate.ProportionalEnable': true,
    'predicate.resources': GPU,
    [`predicate.resources.${GPU}.cpu`]: 8,
    [`predicate.resources.${GPU}.memory`]: 8,
  };
  const GB = 1e9 / 1024 ** 3;
  // One pod of 8 CPUs and 8 GB, by Volcano's rule: idle CPU - asked >= idle cards x 8, and the same for memory in units of 10^9 bytes.
  const CASES: readonly (readonly [string, Options, readonly [number, number, number], number, boolean])[] = [
    ['a node with CPU and memory to spare', EIGHT, [74, 128, 8], 0, true],
    ['a node with exactly enough', EIGHT, [72, 72, 8], 0, true],
    ['a node that would have too little CPU', EIGHT, [71, 128, 8], 0, false],
    ['a node that would have too little memory', EIGHT, [74, 71, 8], 0, false],
    ['a node without a card', EIGHT, [8, 8, 0], 0, true],
    ['any node, for a pod with a card', EIGHT, [8, 8, 8], 1, true],
    ['any node while it is off', { ...EIGHT, 'predicate.ProportionalEnable': false }, [8, 8, 8], 0, true],
    [
      'a node with 1 CPU and 1 GB for a card where no ratio is given',
      { 'predicate.ProportionalEnable': true, 'predicate.resources': GPU },
      [16, 16, 8],
      0,
      true,
    ],
  ];
  for (const [name, options, [cpus, gbs, gpus], asked, isOpen] of CASES) {
    it(`${isOpen ? 'opens' : 'closes'} ${name}`, () => {
      withoutAmbient(() => {
        const world = new SchedulerWorld(policy(options)).node('n', amounts(cpus, gbs * GB, gpus));
        world.gang('a', { count: 1, requests: amounts(8, 8 * GB, asked) });
        const { placed: places, refused } = world.cycle();
        expect([Object.keys(places).length, refused['a']?.includes('kept what they have left')]).to.deep.equal(
          isOpen ? [1, undefined] : [0, true],
        );
      });
    });
  }

  it('is kept from a gang pod by pod, and is free again once the cards are taken', () => {
    const world = new SchedulerWorld(policy(EIGHT)).node('n', amounts(80, 800, 8));
    world.gang('cpu', { count: 4, requests: amounts(8, 1) }, { minMember: 1 });
    expect(Object.keys(world.cycle().placed)).to.have.length(2);
    world.gang('gpu', { count: 1, requests: amounts(8, 1, 6) }, { createdMs: 1 });
    const later = [world.cycle(), world.cycle()].flatMap((outcome) => Object.keys(outcome.placed));
    expect(later.toSorted()).to.deep.equal(['cpu-2', 'cpu-3', 'gpu-0']);
  });

  it('has nobody evicted for pods that would not leave it', () => {
    const going = [true, false].map((isOn) => {
      const usual = evicting('preempt');
      const given = new Map(Object.entries({ ...EIGHT, 'predicate.ProportionalEnable': isOn }));
      const tiers = usual.tiers.map((tier) =>
        tier.map((plugin) => (plugin.name === 'predicates' ? { ...plugin, arguments: given } : plugin)),
      );
      const on = evictingWorld({ ...usual, tiers }, 0).node('n', amounts(4, 0, 1));
      runs(on, 'a', { n: 4 }, { minMember: 1 });
      asks(on, 'b', 1);
      return evicted(on.cycle());
    });
    expect(going).to.deep.equal([[], ['a-3']]);
  });
});

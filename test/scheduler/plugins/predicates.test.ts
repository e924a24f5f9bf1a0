import { expect } from 'chai';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type {
  HostPort,
  NodeRequirement,
  NodeTerm,
  SchedulingShape,
  TaintRecord,
  Toleration,
} from '../../../src/api/records/scheduling-shape.ts';
import { tolerates } from '../../../src/scheduler/placement/taints.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

interface Case {
  readonly name: string;
  readonly shape: Partial<SchedulingShape>;
  readonly nodes: Readonly<Record<string, Partial<NodeRecord>>>;
  /** Nodes that take the pod. */
  readonly fits: readonly string[];
}

/** Nodes that the pod is placed on when each is the only one of the cluster, or among all. */
function fitting({ shape, nodes }: Case): string[] {
  return Object.keys(nodes).filter((name) => {
    const world = new SchedulerWorld().node(name, amounts(4), nodes[name]);
    return Object.keys(world.gang('a', { count: 1, shape: makeShape({}, shape) }).cycle().placed).length === 1;
  });
}

function labels(entries: Readonly<Record<string, string>>): Partial<NodeRecord> {
  return { labels: new Map(Object.entries(entries)) };
}

function term(...requirements: readonly NodeRequirement[]): NodeTerm {
  return { labels: requirements, fields: [] };
}

function need(key: string, operator: NodeRequirement['operator'], ...values: readonly string[]): NodeRequirement {
  return { key, operator, values };
}

function taint(key: string, effect: TaintRecord['effect'], value = ''): Partial<NodeRecord> {
  return { taints: [{ key, value, effect }] };
}

function tolerate(key: string, overrides: Partial<Toleration> = {}): Toleration {
  return { key, operator: 'Exists', value: '', effect: '', ...overrides };
}

const SIZES = { five: labels({ size: '5' }), seven: labels({ size: '7' }), word: labels({ size: 'big' }), none: {} };

const CASES: readonly Case[] = [
  {
    name: 'a node selector takes nodes that carry every label at its value',
    shape: {
      nodeSelector: new Map([
        ['zone', 'a'],
        ['disk', 'ssd'],
      ]),
    },
    nodes: {
      both: labels({ zone: 'a', disk: 'ssd' }),
      one: labels({ zone: 'a' }),
      other: labels({ zone: 'b', disk: 'ssd' }),
    },
    fits: ['both'],
  },
  {
    name: 'In takes nodes with one of the values',
    shape: { requiredTerms: [term(need('size', 'In', '5', 'big'))] },
    nodes: SIZES,
    fits: ['five', 'word'],
  },
  {
    name: 'NotIn takes nodes without the label, too',
    shape: { requiredTerms: [term(need('size', 'NotIn', '5'))] },
    nodes: SIZES,
    fits: ['seven', 'word', 'none'],
  },
  {
    name: 'Exists takes nodes with the label at any value',
    shape: { requiredTerms: [term(need('size', 'Exists'))] },
    nodes: SIZES,
    fits: ['five', 'seven', 'word'],
  },
  {
    name: 'DoesNotExist takes nodes without the label',
    shape: { requiredTerms: [term(need('size', 'DoesNotExist'))] },
    nodes: SIZES,
    fits: ['none'],
  },
  {
    name: 'Gt compares whole numbers, and a label that is none fails',
    shape: { requiredTerms: [term(need('size', 'Gt', '5'))] },
    nodes: SIZES,
    fits: ['seven'],
  },
  {
    name: 'Lt compares whole numbers, and a label that is none fails',
    shape: { requiredTerms: [term(need('size', 'Lt', '6'))] },
    nodes: SIZES,
    fits: ['five'],
  },
  {
    name: 'a bound that is no number fits nowhere',
    shape: { requiredTerms: [term(need('size', 'Lt', 'x'))] },
    nodes: SIZES,
    fits: [],
  },
  {
    name: 'a label beyond 64 bits is no number, and neither is such a bound',
    shape: {
      requiredTerms: [
        term(need('size', 'Gt', '1'), need('disk', 'Exists')),
        term(need('size', 'Lt', '9223372036854775808'), need('disk', 'DoesNotExist')),
      ],
    },
    nodes: {
      largest: labels({ size: '9223372036854775807', disk: 'ssd' }),
      beyond: labels({ size: '9223372036854775808', disk: 'ssd' }),
      small: labels({ size: '1' }),
    },
    fits: ['largest'],
  },
  {
    name: 'requirements of one term hold together',
    shape: { requiredTerms: [term(need('size', 'Exists'), need('size', 'NotIn', 'big'), need('size', 'Gt', '5'))] },
    nodes: SIZES,
    fits: ['seven'],
  },
  {
    name: 'one of several terms is enough',
    shape: { requiredTerms: [term(need('size', 'In', '5')), term(need('size', 'DoesNotExist'))] },
    nodes: SIZES,
    fits: ['five', 'none'],
  },
  { name: 'an empty term fits nowhere', shape: { requiredTerms: [term()] }, nodes: SIZES, fits: [] },
  { name: 'an empty list of terms fits nowhere', shape: { requiredTerms: [] }, nodes: SIZES, fits: [] },
  {
    name: 'a field requirement names nodes',
    shape: { requiredTerms: [{ labels: [], fields: [need('metadata.name', 'In', 'five', 'none')] }] },
    nodes: SIZES,
    fits: ['five', 'none'],
  },
  {
    name: 'a field requirement rules nodes out',
    shape: { requiredTerms: [{ labels: [], fields: [need('metadata.name', 'NotIn', 'five', 'none')] }] },
    nodes: SIZES,
    fits: ['seven', 'word'],
  },
  {
    name: 'affinity and selector hold together',
    shape: { nodeSelector: new Map([['size', '5']]), requiredTerms: [term(need('size', 'In', '7'))] },
    nodes: SIZES,
    fits: [],
  },
  {
    name: 'hard taints keep pods away, soft ones do not',
    shape: {},
    nodes: {
      clean: {},
      noSchedule: taint('gpu', 'NoSchedule'),
      noExecute: taint('gpu', 'NoExecute'),
      soft: taint('gpu', 'PreferNoSchedule'),
    },
    fits: ['clean', 'soft'],
  },
  {
    name: 'every hard taint has to be tolerated',
    shape: { tolerations: [tolerate('a')] },
    nodes: {
      one: taint('a', 'NoSchedule'),
      two: {
        taints: [
          { key: 'a', value: '', effect: 'NoSchedule' },
          { key: 'b', value: '', effect: 'NoSchedule' },
        ],
      },
    },
    fits: ['one'],
  },
  {
    name: 'a cordoned node takes nobody',
    shape: {},
    nodes: { open: {}, cordoned: { unschedulable: true } },
    fits: ['open'],
  },
  {
    name: 'a pod that tolerates the cordon may go there',
    shape: { tolerations: [tolerate('node.kubernetes.io/unschedulable', { effect: 'NoSchedule' })] },
    nodes: { cordoned: { unschedulable: true } },
    fits: ['cordoned'],
  },
];

describe('predicates', () => {
  for (const test of CASES) {
    it(test.name, () => {
      expect(fitting(test)).to.deep.equal(test.fits);
    });
  }

  const NVIDIA: TaintRecord = { key: 'gpu', value: 'nvidia', effect: 'NoSchedule' };
  const TOLERATIONS: readonly (readonly [string, Toleration, boolean])[] = [
    ['of the key alone', tolerate('gpu'), true],
    ['of another key', tolerate('cpu'), false],
    ['of key and value', tolerate('gpu', { operator: 'Equal', value: 'nvidia' }), true],
    ['of another value', tolerate('gpu', { operator: 'Equal', value: 'amd' }), false],
    ['of no value', tolerate('gpu', { operator: 'Equal' }), false],
    ['of the effect', tolerate('gpu', { effect: 'NoSchedule' }), true],
    ['of another effect', tolerate('gpu', { effect: 'NoExecute' }), false],
    ['of everything', tolerate(''), true],
    ['of everything with the effect', tolerate('', { effect: 'NoSchedule' }), true],
    ['of no key at a value', tolerate('', { operator: 'Equal', value: 'nvidia' }), false],
  ];
  for (const [what, toleration, want] of TOLERATIONS) {
    it(`counts a toleration ${what} as ${want ? 'covering' : 'not covering'} the taint`, () => {
      expect(tolerates([toleration], NVIDIA)).to.equal(want);
      expect(tolerates([tolerate('x'), toleration], NVIDIA)).to.equal(want);
    });
  }
});

describe('host ports', () => {
  const LOCAL: HostPort = { protocol: 'TCP', port: 80, ip: '127.0.0.1' };
  const ANY: HostPort = { ...LOCAL, ip: '0.0.0.0' };
  const PAIRS: readonly (readonly [string, HostPort, HostPort, boolean])[] = [
    ['the same port on the same address', LOCAL, LOCAL, false],
    ['the same port on another address', LOCAL, { ...LOCAL, ip: '127.0.0.2' }, true],
    ['a port that is taken on every address', ANY, LOCAL, false],
    ['a port on every address that is taken on one', LOCAL, ANY, false],
    ['another port', ANY, { ...ANY, port: 81 }, true],
    ['the port of another protocol', ANY, { ...ANY, protocol: 'UDP' }, true],
  ];
  for (const [what, taken, wanted, isFree] of PAIRS) {
    it(`${isFree ? 'give' : 'refuse'} ${what}`, () => {
      const world = new SchedulerWorld().nodes(1, amounts(4)).group('x', 1);
      world.running('x', 'x', 'n1', { shape: makeShape({}, { hostPorts: [taken] }) });
      world.gang('a', { count: 1, shape: makeShape({}, { hostPorts: [wanted] }) });
      expect(Object.keys(world.cycle().placed)).to.have.length(isFree ? 1 : 0);
    });
  }

  it('spread the members of a gang, and are free again after a rollback', () => {
    const shape = makeShape({}, { hostPorts: [ANY] });
    const world = new SchedulerWorld().nodes(2, amounts(4)).gang('a', { count: 3, shape });
    expect(world.cycle().placed).to.deep.equal({});
    world.snapshot.removeJob('ns/a');
    expect(world.gang('b', { count: 2, shape }).cycle().placed).to.deep.equal({ 'b-0': 'n1', 'b-1': 'n2' });
  });

  it('stay taken while one of two holders is left', () => {
    const shape = makeShape({}, { hostPorts: [ANY] });
    const world = new SchedulerWorld().nodes(1, amounts(4)).group('x', 1);
    for (const name of ['x', 'y']) world.running(name, 'x', 'n1', { shape });
    world.snapshot.removeTask('uid-x');
    expect(world.gang('a', { count: 1, shape }).cycle().placed).to.deep.equal({});
    world.snapshot.removeTask('uid-y');
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });
});

describe('resources', () => {
  const CASES: readonly (readonly [string, Record<string, number>, Record<string, number>, boolean])[] = [
    ['that are exactly free', amounts(2, 4), amounts(2, 4), true],
    ['of which one is short by the smallest unit', amounts(2), { cpu: 2001 }, false],
    ['that no node has', amounts(2), { [GPU]: 1 }, false],
    ['that no node has, and none of it', amounts(2), { [GPU]: 0 }, true],
    ['extended', amounts(2, 2, 8), { [GPU]: 8 }, true],
    ['extended, beyond what there is', amounts(2, 2, 8), { [GPU]: 9 }, false],
    ['when no pod slot is left', { ...amounts(2), pods: 0 }, {}, false],
  ];
  for (const [what, node, requests, isPlaced] of CASES) {
    it(`${isPlaced ? 'are given' : 'are refused'} ${what}`, () => {
      const world = new SchedulerWorld().nodes(1, node).gang('a', { count: 1, shape: makeShape(requests) });
      expect(Object.keys(world.cycle().placed)).to.have.length(isPlaced ? 1 : 0);
    });
  }

  it('count what pods of other schedulers hold', () => {
    const world = new SchedulerWorld().nodes(1, amounts(2));
    world.running('theirs', '', 'n1', { requests: amounts(1), schedulerName: 'default-scheduler' });
    expect(world.gang('a', { count: 1, requests: amounts(2) }).cycle().placed).to.deep.equal({});
    world.snapshot.removeTask('uid-theirs');
    expect(world.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });
});

describe('what keeps a pod from the nodes', () => {
  it('is told in the words of kube-scheduler, each node once for its first feature, else for each short resource', () => {
    const world = new SchedulerWorld();
    world.node('n1', amounts(8), { unschedulable: true, ...taint('gpu', 'NoSchedule') });
    world.node('n2', amounts(8), {
      taints: [
        { key: 'soft', value: '', effect: 'PreferNoSchedule' },
        { key: 'gpu', value: 'nvidia', effect: 'NoSchedule' },
        { key: 'late', value: '', effect: 'NoExecute' },
      ],
    });
    world.node('n3', amounts(8));
    world.node('n4', amounts(1, 1), labels({ pool: 'a' }));
    world.node('n5', { ...amounts(1, 8), pods: 0 }, labels({ pool: 'a' }));
    world.node('n6', amounts(8, 8), labels({ pool: 'a' }));
    const hostPorts: readonly HostPort[] = [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }];
    world.group('x', 1).running('x', 'x', 'n6', { shape: makeShape({}, { hostPorts }) });
    const shape = makeShape(amounts(2, 4), { hostPorts, nodeSelector: new Map([['pool', 'a']]) });
    expect(world.gang('a', { count: 1, shape }).cycle().refused).to.deep.equal({
      a:
        'NotEnoughResources: 0/6 nodes are available: 1 Insufficient memory, 1 Too many pods, ' +
        "1 node(s) didn't have free ports for the requested pod ports, " +
        "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {gpu: nvidia}, " +
        '1 node(s) were unschedulable, 2 Insufficient cpu.',
    });
  });

  it('is the first taint of the node, whichever of its taints came first', () => {
    const world = new SchedulerWorld().nodes(1, amounts(8), taint('old', 'NoSchedule'));
    world.snapshot.settle();
    world.nodes(1, amounts(8), {
      taints: [
        { key: 'new', value: '', effect: 'NoSchedule' },
        { key: 'old', value: '', effect: 'NoSchedule' },
      ],
    });
    // One that it could go to, if it had a slot left.
    world.node('n2', { pods: 1 }).group('old', 1).running('old-0', 'old', 'n2');
    expect(world.gang('a', { count: 1 }).cycle().refused['a']).to.contain('1 node(s) had untolerated taint {new: }.');
  });

  it('is that there are no nodes', () => {
    expect(new SchedulerWorld().gang('a', { count: 1, shape: makeShape({}) }).cycle().refused).to.deep.equal({
      a: 'NotEnoughResources: no nodes available to schedule pods.',
    });
  });
});

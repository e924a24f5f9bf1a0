import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { readPolicy } from '../../src/config/read-policy.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';

/** Those that no configuration can do without. */
const GOOD = {
  actions: 'enqueue, allocate',
  tiers: [{ plugins: [{ name: 'gang' }, { name: 'predicates' }, { name: 'proportion' }] }],
};

/** As Volcano's users write it. */
const MOVING = {
  name: 'rescheduling',
  arguments: {
    interval: '5m',
    strategies: [
      {
        name: 'lowNodeUtilization',
        params: {
          thresholds: { cpu: 20, memory: 20 },
          targetThresholds: { cpu: 50, memory: '50' },
          thresholdPriorityClassName: 'system-cluster-critical',
          nodeFit: true,
        },
      },
    ],
  },
};

const ASKING = {
  name: 'extender',
  arguments: { 'extender.urlPrefix': 'http://host:8080', 'extender.jobEnqueueableVerb': 'jobEnqueueable' },
};

function mistakes(raw: unknown): string[] {
  const result = readPolicy(raw);
  return result.kind === 'errors' ? result.errors.map(({ path, kind, value }) => `${path} ${kind} ${value}`) : [];
}

describe('reading a scheduler configuration', () => {
  it('knows every plugin that there is', () => {
    for (const sharing of ['proportion', 'capacity']) {
      const others = Object.keys(PLUGINS).filter((name) => name !== 'proportion' && name !== 'capacity');
      const plugins = [...others, sharing].map(
        (name) => [MOVING, ASKING].find((each) => each.name === name) ?? { name },
      );
      const metrics = { type: 'prometheus', address: 'http://a' };
      expect(mistakes({ actions: 'allocate, shuffle', tiers: [{ plugins }], metrics })).to.deep.equal([]);
    }
  });

  it('takes pdb for Volcano, and gives it nothing to say: budgets are minded without it as well', () => {
    expect(PLUGINS.pdb.make(new Snapshot(), new Map(), DEFAULT_POLICY)).to.deep.equal({});
  });

  it('tells which verbs of an extender would do nothing, and refuses one that is asked nothing', () => {
    const withArguments = (given: object): string[] =>
      mistakes({ ...GOOD, tiers: [...GOOD.tiers, { plugins: [{ name: 'extender', arguments: given }] }] });
    const good = ASKING.arguments;
    const at = 'tiers[1].plugins[0].arguments';
    expect(withArguments(good)).to.deep.equal([]);
    expect(
      withArguments({ ...good, 'extender.allocateFuncVerb': 'allocate', 'extender.jobReadyVerb': 'ready' }),
    ).to.deep.equal([
      `${at}[extender.allocateFuncVerb] FieldValueNotSupported allocate`,
      `${at}[extender.jobReadyVerb] FieldValueNotSupported ready`,
    ]);
    const asksOfNodes = { ...good, 'extender.predicateVerb': 'predicate', 'extender.answersByClass': true };
    expect(withArguments({ ...asksOfNodes, 'extender.managedResources': ['example.com/x'] })).to.deep.equal([]);
    const useless = ['tiers[1].plugins[0].name FieldValueNotSupported extender'];
    expect(withArguments({ ...good, 'extender.answersByClass': true })).to.deep.equal(useless);
    expect(withArguments({ ...good, 'extender.managedResources': 'x' })).to.deep.equal(useless);
    expect(withArguments({ ...asksOfNodes, 'extender.managedResources': [1] })).to.deep.equal([
      `${at}.extender.managedResources FieldValueInvalid [1]`,
    ]);
    expect(withArguments({ ...good, 'extender.urlPrefix': 'ftp://host' })).to.deep.equal([
      `${at}[extender.urlPrefix] FieldValueInvalid ftp://host`,
    ]);
    for (const some of [{}, { 'extender.urlPrefix': 'http://host' }, { 'extender.jobEnqueueableVerb': 'job' }]) {
      expect(withArguments(some)).to.deep.equal(useless);
    }
  });

  it('reads the strategy of rescheduling, and refuses what would move nobody', () => {
    const withStrategies = (strategies: unknown, actions = 'allocate, shuffle'): string[] => {
      const plugins = [...(GOOD.tiers[0]?.plugins ?? []), { name: 'rescheduling', arguments: { strategies } }];
      return mistakes({ actions, tiers: [{ plugins }] });
    };
    const [strategy] = MOVING.arguments.strategies;
    const params = { ...strategy?.params };
    const at = 'tiers[0].plugins[3].arguments';
    expect(withStrategies([strategy])).to.deep.equal([]);
    const metrics = { type: 'prometheus', address: 'http://a' };
    const inRoundsOf = (interval: string): string[] => {
      const moving = { ...MOVING, arguments: { ...MOVING.arguments, interval } };
      return mistakes({ actions: 'shuffle', tiers: [...GOOD.tiers, { plugins: [moving] }], metrics });
    };
    expect([inRoundsOf('4m'), inRoundsOf('5m')]).to.deep.equal([['tiers FieldValueInvalid 4m'], []]);
    expect(withStrategies([{ ...strategy, params: JSON.parse('{"__proto__": 1}') as object }])).to.not.deep.equal([]);
    expect(withStrategies([strategy], 'allocate')).to.deep.equal([
      'tiers[0].plugins[3].name FieldValueNotSupported rescheduling',
    ]);
    for (const others of [[], 'all']) {
      expect(withStrategies(others)[0]).to.match(/arguments.strategies FieldValueNotSupported/);
    }
    expect(withStrategies([{ name: 'offlineOnly' }, strategy, strategy])).to.deep.equal([
      `${at}.strategies[0].name FieldValueNotSupported offlineOnly`,
      `${at}.strategies[2].name FieldValueNotSupported lowNodeUtilization`,
    ]);
    expect(withStrategies([{ ...strategy, params: { ...params, thresholds: { cpu: 60, memory: 20 } } }])).to.deep.equal(
      [`${at}.strategies[0].params.targetThresholds.cpu FieldValueInvalid 50`],
    );
    expect(withStrategies([{ ...strategy, params: { ...params, targetThresholds: {} } }])[0]).to.match(
      /FieldValueRequired/,
    );
    expect(
      withStrategies([{ ...strategy, params: { ...params, thresholds: { ...params.thresholds, pods: 3 } } }]),
    ).to.deep.equal([`${at}.strategies[0].params.thresholds[pods] FieldValueNotSupported 3`]);
    expect(
      mistakes({ ...GOOD, actions: 'shuffle', tiers: [...GOOD.tiers, { plugins: [{ name: 'rescheduling' }] }] }),
    ).to.deep.equal(['tiers[1].plugins[0].name FieldValueNotSupported rescheduling']);
  });

  it('takes actions and tiers in the order of the file', () => {
    const result = readPolicy({
      actions: ' backfill,allocate ,',
      tiers: [
        { plugins: [{ name: 'priority' }, { name: 'gang', enableJobOrder: true }] },
        { plugins: [{ name: 'predicates', enableHierarchy: false }, { name: 'proportion' }] },
        { plugins: [{ name: 'binpack', arguments: { 'binpack.weight': '10', 'binpack.resources': 'x/y' } }] },
      ],
    });
    if (result.kind !== 'policy') throw new Error('refused');
    const { actions, tiers } = result.policy;
    expect(actions).to.deep.equal(['backfill', 'allocate']);
    expect(tiers.map((tier) => tier.map((plugin) => plugin.name))).to.deep.equal([
      ['priority', 'gang'],
      ['predicates', 'proportion'],
      ['binpack'],
    ]);
    expect([...(tiers[2]?.[0]?.arguments ?? [])]).to.deep.equal([
      ['binpack.weight', 10],
      ['binpack.resources', 'x/y'],
    ]);
  });

  it('asks capacity to look at the tree of queues where the file says so', () => {
    const hierarchies = [true, false, undefined].map((enableHierarchy) => {
      const plugins = [{ name: 'gang' }, { name: 'predicates' }, { name: 'capacity', enableHierarchy }];
      const result = readPolicy({ ...GOOD, tiers: [{ plugins }] });
      return result.kind === 'policy' ? result.policy.tiers.flat().map((each) => each.isHierarchical) : [];
    });
    expect(hierarchies.map((each) => each[2])).to.deep.equal([true, undefined, undefined]);
    expect(hierarchies[0]?.slice(0, 2)).to.deep.equal([undefined, undefined]);
  });

  it('names both plugins of which one has to share out the cluster, and only one can', () => {
    const told = (...names: readonly string[]): string => {
      const plugins = ['gang', 'predicates', ...names].map((name) => ({ name }));
      const result = readPolicy({ ...GOOD, tiers: [{ plugins }] });
      return result.kind === 'errors' ? result.errors.map(({ message }) => message).join('; ') : '';
    };
    expect(told()).to.equal('must name the plugins proportion or capacity or drf with enableHierarchy');
    expect(told('capacity', 'proportion')).to.equal(
      'only one of the plugins proportion and capacity can share out the cluster',
    );
    expect([told('capacity'), told('proportion')]).to.deep.equal(['', '']);
  });

  it('orders work by namespaces or by users', () => {
    const told = (orders: object): readonly string[] => {
      const plugins = ['gang', 'predicates', 'proportion'].map((name) => ({ name }));
      const result = readPolicy({ ...GOOD, tiers: [{ plugins: [...plugins, { name: 'drf', arguments: orders }] }] });
      return result.kind === 'errors' ? result.errors.map(({ message }) => message) : [];
    };
    expect(told({ 'drf.namespaceOrder': true, 'drf.userOrder': false })).to.deep.equal([]);
    expect(told({ 'drf.namespaceOrder': true, 'drf.userOrder': 'true' })).to.deep.equal([
      'only one of the arguments drf.namespaceOrder and drf.userOrder can be true',
    ]);
  });

  it('keeps which hooks are switched off, and takes switches of hooks that there are not', () => {
    const gang = { name: 'gang', enableJobOrder: false, enableJobReady: true, enableBestNode: false };
    const result = readPolicy({
      ...GOOD,
      tiers: [{ plugins: [gang, { name: 'predicates' }, { name: 'proportion' }] }],
    });
    if (result.kind !== 'policy') throw new Error('refused');
    expect(result.policy.tiers[0]?.map(({ off }) => [...off])).to.deep.equal([['enableJobOrder'], [], []]);
  });

  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['a text', 'actions', ['(root) FieldValueInvalid actions']],
    ['nothing', null, ['(root) FieldValueInvalid null']],
    ['a file without actions', { tiers: GOOD.tiers }, ['actions FieldValueRequired ']],
    ['actions that are a list', { ...GOOD, actions: ['allocate'] }, ['actions FieldValueRequired ']],
    ['an action that is not served', { ...GOOD, actions: 'allocate, dance' }, ['actions FieldValueNotSupported dance']],
    ['a file without tiers', { actions: 'allocate' }, ['tiers FieldValueRequired ']],
    ['tiers without a plugin', { ...GOOD, tiers: [{ plugins: [] }, {}] }, ['tiers FieldValueRequired ']],
    [
      'a plugin that is not served',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang' }, { name: 'noise' }] }] },
      ['tiers[0].plugins[1].name FieldValueNotSupported noise'],
    ],
    [
      'a plugin without a name',
      { ...GOOD, tiers: [{ plugins: ['gang'] }] },
      ['tiers[0].plugins[0].name FieldValueNotSupported '],
    ],
    [
      'a hook that is switched off and has to stay on',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang', enableJobReady: false }] }] },
      ['tiers[0].plugins[0].enableJobReady FieldValueNotSupported false'],
    ],
    [
      'a switch that is neither on nor off',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang', enableJobOrder: 'no' }] }] },
      ['tiers[0].plugins[0].enableJobOrder FieldValueNotSupported no'],
    ],
    [
      'a setting that is not known',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang', enabledJobOrder: true }] }] },
      ['tiers[0].plugins[0].enabledJobOrder FieldValueNotSupported true'],
    ],
    [
      'arguments that are a list',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang', arguments: [] }] }] },
      ['tiers[0].plugins[0].arguments FieldValueInvalid []'],
    ],
    [
      'an argument that is a map',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang', arguments: { a: {} } }] }] },
      ['tiers[0].plugins[0].arguments[a] FieldValueNotSupported {}'],
    ],
    [
      'a plugin that stands in two tiers',
      { ...GOOD, tiers: [...GOOD.tiers, { plugins: [{ name: 'gang' }] }] },
      ['tiers[1].plugins[0].name FieldValueDuplicate gang'],
    ],
    ['tiers that are a map', { ...GOOD, tiers: {} }, ['tiers FieldValueInvalid {}']],
    ['a tier that is a text', { ...GOOD, tiers: [...GOOD.tiers, 'gang'] }, ['tiers[1] FieldValueInvalid gang']],
    ['plugins that are a map', { ...GOOD, tiers: [{ plugins: {} }] }, ['tiers[0].plugins FieldValueInvalid {}']],
    [
      'a tier with more than plugins',
      { ...GOOD, tiers: [{ ...GOOD.tiers[0], name: 'first' }] },
      ['tiers[0].name FieldValueNotSupported first'],
    ],
    [
      'metrics without an address',
      { ...GOOD, metrics: { type: 'prometheus' } },
      ['metrics.address FieldValueInvalid '],
    ],
    ['configurations that are a map', { ...GOOD, configurations: {} }, ['configurations FieldValueInvalid {}']],
    [
      'a configuration that is a text',
      { ...GOOD, configurations: ['allocate'] },
      ['configurations[0] FieldValueInvalid allocate'],
    ],
    [
      'a configuration of an action that there is not',
      { ...GOOD, configurations: [{ name: 'dance' }, {}] },
      ['configurations[0].name FieldValueNotSupported dance', 'configurations[1].name FieldValueNotSupported '],
    ],
    [
      'two configurations of one action',
      { ...GOOD, configurations: [{ name: 'allocate' }, { name: 'enqueue' }, { name: 'allocate' }] },
      ['configurations[2].name FieldValueDuplicate allocate'],
    ],
    [
      'an argument that an action does not take',
      { ...GOOD, configurations: [{ name: 'allocate', arguments: { speed: 3 }, weight: 1 }] },
      [
        'configurations[0].weight FieldValueNotSupported 1',
        'configurations[0].arguments[speed] FieldValueNotSupported 3',
      ],
    ],
    [
      'a hierarchy of queues that is neither on nor off',
      { ...GOOD, tiers: [{ plugins: [{ name: 'capacity', enableHierarchy: 'yes' }] }] },
      ['tiers[0].plugins[0].enableHierarchy FieldValueNotSupported yes'],
    ],
    [
      'capacity without its limits',
      { ...GOOD, tiers: [{ plugins: [{ name: 'capacity', enabledAllocatable: false }] }] },
      ['tiers[0].plugins[0].enabledAllocatable FieldValueNotSupported false'],
    ],
    [
      'a hierarchy of queues for a plugin that does not look at it',
      { ...GOOD, tiers: [{ plugins: [{ name: 'proportion', enableHierarchy: true }] }] },
      ['tiers[0].plugins[0].enableHierarchy FieldValueNotSupported true'],
    ],
    [
      'two plugins that share out: proportion, and drf with a hierarchy',
      { ...GOOD, tiers: [...GOOD.tiers, { plugins: [{ name: 'drf', enableHierarchy: true }] }] },
      ['tiers FieldValueInvalid proportion, drf'],
    ],
    [
      'a hierarchy of drf without its limits',
      { ...GOOD, tiers: [{ plugins: [{ name: 'drf', enableHierarchy: true, enabledAllocatable: false }] }] },
      ['tiers[0].plugins[0].enabledAllocatable FieldValueNotSupported false'],
    ],
    [
      'drf without a hierarchy as the one that shares out',
      { ...GOOD, tiers: [{ plugins: [{ name: 'gang' }, { name: 'predicates' }, { name: 'drf' }] }] },
      ['tiers FieldValueRequired '],
    ],
    [
      'levels of a tree that is not asked for',
      { ...GOOD, tiers: [{ plugins: [{ name: 'capacity', arguments: { ancestorReclaimLevel: 1 } }] }] },
      ['tiers[0].plugins[0].arguments.ancestorReclaimLevel FieldValueNotSupported {"ancestorReclaimLevel":1}'],
    ],
    [
      'several mistakes at once',
      { actions: 'sing', tiers: [{ plugins: [{ name: 'noise' }] }], configurations: [{ name: 'hum' }], song: 1 },
      [
        'song FieldValueNotSupported 1',
        'actions FieldValueNotSupported sing',
        'tiers[0].plugins[0].name FieldValueNotSupported noise',
        'configurations[0].name FieldValueNotSupported hum',
      ],
    ],
  ];
  for (const [name, raw, wanted] of cases) {
    it(`refuses ${name}, with the path`, () => {
      expect(mistakes(raw)).to.deep.equal(wanted);
    });
  }

  for (const name of ['gang', 'predicates', 'proportion']) {
    it(`refuses a configuration without ${name}: it upholds an invariant`, () => {
      const plugins = GOOD.tiers[0]?.plugins.filter((plugin) => plugin.name !== name);
      expect(mistakes({ ...GOOD, tiers: [{ plugins }] })).to.deep.equal(['tiers FieldValueRequired ']);
    });
  }

  it('keeps what the file says for actions', () => {
    const result = readPolicy({
      ...GOOD,
      configurations: [{ name: 'enqueue' }, { name: 'preempt', arguments: { votes: 'all' } }],
    });
    if (result.kind !== 'policy') throw new Error('refused');
    expect([...result.policy.actionArguments].map(([name, given]) => [name, Object.fromEntries(given)])).to.deep.equal([
      ['enqueue', {}],
      ['preempt', { votes: 'all' }],
    ]);
  });

  it('takes drf with a hierarchy in the place of proportion', () => {
    const plugins = [{ name: 'gang' }, { name: 'predicates' }, { name: 'drf', enableHierarchy: true }];
    expect(mistakes({ ...GOOD, tiers: [{ plugins }] })).to.deep.equal([]);
  });

  it('gives a policy that nobody can change', () => {
    const result = readPolicy(GOOD);
    if (result.kind !== 'policy') throw new Error('refused');
    const { actions, tiers } = result.policy;
    expect([result.policy, actions, tiers, tiers[0], tiers[0]?.[0]].every(Object.isFrozen)).to.equal(true);
  });

  it('takes a plugin with empty arguments', () => {
    const raw = { ...GOOD, tiers: [...GOOD.tiers, { plugins: [{ name: 'binpack', arguments: null }] }] };
    expect(mistakes(raw)).to.deep.equal([]);
  });
});

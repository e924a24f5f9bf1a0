import { expect } from 'chai';
import { readVolcanosPolicy } from '../../src/config/read-volcanos-policy.ts';

const NEEDED = [{ name: 'gang' }, { name: 'predicates' }, { name: 'proportion' }];

/** Plugins by tier, then what is not acted on; or the refusal. */
function read(raw: unknown): readonly string[] {
  const result = readVolcanosPolicy(raw);
  if (result.kind === 'errors') return ['refused', ...result.errors.map(({ path }) => path)];
  const tiers = result.policy.tiers.map((tier) => tier.map(({ name }) => name).join(' '));
  return [tiers.join(' | '), ...(result.trimmed ?? []).map(({ path }) => path)];
}

describe('a scheduler configuration that was written for Volcano', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['is read as it is', { actions: 'allocate', tiers: [{ plugins: NEEDED }] }, ['gang predicates proportion']],
    [
      'loses plugins that do not exist here, and is told',
      {
        actions: 'enqueue, allocate, backfill',
        tiers: [
          { plugins: [{ name: 'numaaware' }, { name: 'priority' }, { name: 'unheard-of' }, { name: 'sla' }] },
          { plugins: [...NEEDED, { name: 'no-such-plugin', arguments: { a: 1 } }] },
        ],
      },
      [
        'priority sla | gang predicates proportion',
        'tiers[0].plugins[0].name',
        'tiers[0].plugins[2].name',
        'tiers[1].plugins[3].name',
      ],
    ],
    [
      'loses arguments and switches that do nothing here',
      {
        actions: 'allocate',
        tiers: [{ plugins: [{ name: 'binpack', enableX: true, arguments: { 'binpack.y': 1 } }, ...NEEDED] }],
      },
      ['binpack gang predicates proportion', 'tiers[0].plugins[0].enableX', 'tiers[0].plugins[0].arguments[binpack.y]'],
    ],
    [
      'gains what has to be there',
      { actions: 'allocate', tiers: [{ plugins: [{ name: 'priority' }, { name: 'capacity' }] }] },
      ['priority capacity | gang predicates', 'tiers'],
    ],
    [
      'gains it where there is nothing',
      { actions: 'allocate', tiers: [] },
      ['gang predicates proportion', 'tiers'].toSorted(),
    ],
    [
      'loses arguments of actions that do not exist here',
      { actions: 'allocate', tiers: [{ plugins: NEEDED }], configurations: [{ name: 'elect', arguments: { a: 1 } }] },
      ['gang predicates proportion', 'configurations[0].name'],
    ],
    [
      'is refused for an action that does not exist',
      { actions: 'allocate, elect', tiers: [{ plugins: NEEDED }] },
      ['refused', 'actions'],
    ],
    [
      'is refused for two that share out the cluster',
      { actions: 'allocate', tiers: [{ plugins: [...NEEDED, { name: 'capacity' }] }] },
      ['refused', 'tiers'],
    ],
    [
      'is refused for a value that is none, even beside what could be left out',
      {
        actions: 'allocate',
        tiers: [{ plugins: [{ name: 'x' }, { name: 'binpack', arguments: { 'binpack.weight': 'a' } }] }],
      },
      ['refused', 'tiers[0].plugins[0].name', 'tiers[0].plugins[1].arguments[binpack.weight]'],
    ],
    [
      'loses a source of measurements of no type, and with it the plugin that reads it',
      { actions: 'allocate', tiers: [{ plugins: [...NEEDED, { name: 'usage' }] }], metrics: { address: 'http://a' } },
      ['gang predicates proportion', 'metrics', 'tiers[0].plugins[3].name'],
    ],
    [
      'loses a plugin whose arguments are all of no use',
      {
        actions: 'allocate',
        tiers: [{ plugins: [...NEEDED, { name: 'extender', arguments: { 'extender.onSessionOpenVerb': 'open' } }] }],
      },
      [
        'gang predicates proportion',
        'tiers[0].plugins[3].arguments[extender.onSessionOpenVerb]',
        'tiers[0].plugins[3].name',
      ],
    ],
    ['is refused when it is no map', 'actions', ['refused', '(root)']],
  ];
  for (const [name, raw, want] of cases) it(name, () => expect(read(raw)).to.deep.equal(want));

  it('may be what Volcano runs its own tests with', () => {
    const first = [
      { name: 'priority' },
      { name: 'gang', enablePreemptable: false },
      { name: 'conformance' },
      { name: 'sla' },
    ];
    const second = [
      { name: 'overcommit' },
      { name: 'drf', enablePreemptable: false },
      { name: 'predicates' },
      { name: 'proportion' },
      { name: 'nodeorder' },
      { name: 'binpack' },
      { name: 'network-topology-aware' },
    ];
    const raw = {
      actions: 'enqueue, allocate, backfill, reclaim, preempt',
      tiers: [{ plugins: first }, { plugins: second }],
    };
    const [plugins, ...trimmed] = read(raw);
    expect(plugins).to.match(
      /^priority gang conformance sla \| overcommit drf predicates proportion nodeorder binpack/,
    );
    for (const path of trimmed) expect(path).to.equal('tiers[1].plugins[6].name');
  });
});

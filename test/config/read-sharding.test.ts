import { expect } from 'chai';
import { readYaml } from '../../src/adapters/yaml-text.ts';
import { readSharding } from '../../src/config/read-sharding.ts';

/** As a user of Volcano writes it. */
const BOTH_FORMS = `
schedulerConfigs:
  - name: volcano
    type: volcano
    policies:
      - {name: allocation-rate, arguments: {minCPUUtil: 0.1, maxCPUUtil: 0.6}}
      - {name: warmup, weight: 3, arguments: {warmupLabel: pool, warmupLabelValue: hot}}
      - {name: node-limit, arguments: {minNodes: 2, maxNodes: 0}}
  - {name: agent, type: agent, cpuUtilizationMin: 0.7, cpuUtilizationMax: 1, preferWarmupNodes: true, minNodes: 1, maxNodes: 9}
shardSyncPeriod: 90s
enableNodeEventTrigger: false
`;

function read(text: string): ReturnType<typeof readSharding> {
  const yaml = readYaml(text);
  if (yaml.kind === 'errors') throw new Error(JSON.stringify(yaml.errors));
  return readSharding(yaml.value);
}

describe('the sharding configuration of Volcano', () => {
  it('is read in both forms of its schedulers', () => {
    expect(read(BOTH_FORMS)).to.deep.equal({
      kind: 'value',
      trimmed: [],
      value: {
        schedulers: [
          {
            name: 'volcano',
            policies: [
              { name: 'allocation-rate', weight: 1, min: 0.1, max: 0.6 },
              { name: 'warmup', weight: 3, label: 'pool', value: 'hot' },
              { name: 'node-limit', min: 2, max: Infinity },
            ],
          },
          {
            name: 'agent',
            policies: [
              { name: 'allocation-rate', weight: 1, min: 0.7, max: 1 },
              { name: 'warmup', weight: 2, label: 'node.volcano.sh/warmup', value: 'true' },
              { name: 'node-limit', min: 1, max: 9 },
            ],
          },
        ],
        syncMs: 90_000,
        isEventful: false,
      },
    });
  });

  it('says nothing where it is empty, and has usual values', () => {
    expect(read('')).to.deep.equal({ kind: 'value', value: undefined, trimmed: [] });
    expect(read('schedulerConfigs: [{name: a, type: volcano}]')).to.deep.equal({
      kind: 'value',
      trimmed: [],
      value: { schedulers: [{ name: 'a', policies: [] }], syncMs: 60_000, isEventful: true },
    });
  });

  it('loses what nobody knows, which is told', () => {
    const found = read(
      '{schedulerConfigs: [{name: a, colour: red, policies: [{name: warmup, arguments: {heat: 3}}]}], x: 1}',
    );
    const paths = found.kind === 'value' ? found.trimmed.map(({ path }) => path) : [];
    expect(paths).to.deep.equal(['x', 'schedulerConfigs[0].colour', 'schedulerConfigs[0].policies[0].arguments.heat']);
  });

  const at = 'schedulerConfigs[0]';
  const mistakes: readonly (readonly [string, string, readonly string[]])[] = [
    ['no map', '[]', ['(root)', 'schedulerConfigs']],
    ['no scheduler', '{schedulerConfigs: []}', ['schedulerConfigs']],
    ['a scheduler without name', '{schedulerConfigs: [{type: volcano}]}', [`${at}.name`]],
    ['one that is told twice', '{schedulerConfigs: [{name: a}, {name: a}]}', ['schedulerConfigs[1].name']],
    [
      'a policy that nobody knows',
      '{schedulerConfigs: [{name: a, policies: [{name: x}]}]}',
      [`${at}.policies[0].name`],
    ],
    [
      'a negative weight',
      '{schedulerConfigs: [{name: a, policies: [{name: warmup, weight: -1}]}]}',
      [`${at}.policies[0].weight`],
    ],
    ['a share above 1', '{schedulerConfigs: [{name: a, cpuUtilizationMax: 70}]}', [`${at}.cpuUtilizationMax`]],
    [
      'bounds that are crossed',
      '{schedulerConfigs: [{name: a, cpuUtilizationMin: 0.7, cpuUtilizationMax: 0.6}]}',
      [`${at}.cpuUtilizationMax`],
    ],
    ['limits that are crossed', '{schedulerConfigs: [{name: a, minNodes: 3, maxNodes: 2}]}', [`${at}.maxNodes`]],
    ['a wish that is none', '{schedulerConfigs: [{name: a, preferWarmupNodes: maybe}]}', [`${at}.preferWarmupNodes`]],
    [
      'a period and a trigger that are none',
      '{schedulerConfigs: [{name: a}], shardSyncPeriod: often, enableNodeEventTrigger: 1}',
      ['shardSyncPeriod', 'enableNodeEventTrigger'],
    ],
  ];
  for (const [name, text, paths] of mistakes) {
    it(`is refused: ${name}`, () => {
      const found = read(text);
      expect(found.kind === 'errors' && found.errors.map(({ path }) => path)).to.deep.equal(paths);
    });
  }
});

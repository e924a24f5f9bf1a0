import { expect } from 'chai';
import { readYaml } from '../../src/adapters/yaml-text.ts';
import { readDiscovery } from '../../src/config/read-discovery.ts';

const HOST = 'kubernetes.io/hostname';

function read(text: string): ReturnType<typeof readDiscovery> {
  const yaml = readYaml(text);
  if (yaml.kind === 'errors') throw new Error(JSON.stringify(yaml.errors));
  return readDiscovery(yaml.value);
}

/** One source of labels with these topologies, in YAML's short form. */
function labels(topologies: string): string {
  return `{networkTopologyDiscovery: [{source: label, enabled: true, config: {networkTopologyTypes: ${topologies}}}]}`;
}

describe("Volcano's configuration of network topologies", () => {
  it('is read tier by tier, the smallest parts first', () => {
    const text = `
networkTopologyDiscovery:
  - {source: ufm, enabled: false, interval: 10m, config: {endpoint: x}}
  - source: label
    enabled: true
    interval: 1h
    config:
      networkTopologyTypes:
        Topology_A:
          - nodeLabel: spine
          - nodeLabel: rack
          - nodeLabel: ${HOST}
`;
    expect(read(text)).to.deep.equal({
      kind: 'value',
      trimmed: [],
      value: { topologies: [{ name: 'topology-a', keys: ['rack', 'spine'] }] },
    });
  });

  for (const text of ['', '{}', '{networkTopologyDiscovery: []}', '{networkTopologyDiscovery: [{source: label}]}']) {
    it(`finds nothing where nothing is enabled: ${JSON.stringify(text)}`, () => {
      expect(read(text)).to.deep.equal({ kind: 'value', value: undefined, trimmed: [] });
    });
  }

  const rack = `[{nodeLabel: rack}, {nodeLabel: ${HOST}}]`;
  const types = 'networkTopologyDiscovery[0].config.networkTopologyTypes';
  const trimmed: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'a source that is not asked',
      '{networkTopologyDiscovery: [{source: ufm, enabled: true}]}',
      'networkTopologyDiscovery[0].source',
      [],
    ],
    [
      'a name that is too long',
      labels(`{aaaaaaaaaaaaaaaaaaaaa: ${rack}, b: ${rack}}`),
      `${types}[aaaaaaaaaaaaaaaaaaaaa]`,
      ['b'],
    ],
    [
      'a label that is told twice',
      labels(`{a: [{nodeLabel: r}, {nodeLabel: r}, {nodeLabel: ${HOST}}], b: ${rack}}`),
      `${types}[a]`,
      ['b'],
    ],
    ['an entry without label', labels(`{a: [{}, {nodeLabel: ${HOST}}], b: ${rack}}`), `${types}[a]`, ['b']],
    [
      'labels that do not end in the node',
      labels(`{a: [{nodeLabel: r}, {nodeLabel: s}], b: ${rack}}`),
      `${types}[a]`,
      ['b'],
    ],
    ['labels that are none but the node', labels(`{a: [{nodeLabel: ${HOST}}], b: ${rack}}`), `${types}[a]`, ['b']],
    ['names that come to the same', labels(`{a: ${rack}, A: ${rack}}`), `${types}[A]`, ['a']],
    [
      'a second source of labels',
      `${labels(`{a: ${rack}}`).slice(0, -2)}, {source: label, enabled: true}]}`,
      'networkTopologyDiscovery[1]',
      ['a'],
    ],
    ['a key that nobody knows', `${labels(`{a: ${rack}}`).slice(0, -1)}, x: 1}`, 'x', ['a']],
  ];
  for (const [name, text, path, names] of trimmed) {
    it(`loses what nothing can be done with, and keeps the rest: ${name}`, () => {
      const found = read(text);
      if (found.kind === 'errors') throw new Error(JSON.stringify(found.errors));
      expect(found.trimmed.map((each) => each.path)).to.deep.equal([path]);
      expect((found.value?.topologies ?? []).map((each) => each.name)).to.deep.equal(names);
    });
  }

  const mistakes: readonly (readonly [string, string, string])[] = [
    ['a list', '[]', '(root)'],
    ['sources that are no list', '{networkTopologyDiscovery: 1}', 'networkTopologyDiscovery'],
    [
      'an interval without unit',
      '{networkTopologyDiscovery: [{source: label, interval: 10}]}',
      'networkTopologyDiscovery[0].interval',
    ],
    [
      'a switch that is none',
      '{networkTopologyDiscovery: [{source: label, enabled: 1}]}',
      'networkTopologyDiscovery[0].enabled',
    ],
    ['a source of labels without topologies', '{networkTopologyDiscovery: [{source: label, enabled: true}]}', types],
  ];
  for (const [name, text, path] of mistakes) {
    it(`is refused: ${name}`, () => {
      const found = read(text);
      expect(found.kind === 'errors' && found.errors.map((each) => each.path)).to.deep.equal([path]);
    });
  }
});

import { expect } from 'chai';
import { geometryPlace } from '../../src/config/geometry-place.ts';
import { readGeometries } from '../../src/config/read-geometries.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import { readYaml } from '../../src/adapters/yaml-text.ts';
import { cardPolicy } from '../support/card-records.ts';
import { A100_GEOMETRIES, deviceConfig } from '../support/mig-geometries.ts';

function read(text: string) {
  const yaml = readYaml(text);
  return yaml.kind === 'errors' ? yaml : readGeometries(yaml.value);
}

/** All that is wrong. */
function told(text: string): readonly string[] {
  const reading = read(text);
  return (reading.kind === 'errors' ? reading.errors : reading.trimmed).map(formatFieldError);
}

/** With one model, of whose geometries the text says more. */
function withGroups(groups: string): string {
  return `nvidia: { knownMigGeometries: [{ models: [A30], allowedGeometries: ${groups} }] }`;
}

const AT = 'nvidia.knownMigGeometries[0]';
const GROUP_AT = `${AT}.allowedGeometries[0]`;

describe('geometries of cards', () => {
  it('are read as the device plugin has them', () => {
    expect(read(deviceConfig(A100_GEOMETRIES))).to.deep.equal({ kind: 'value', value: A100_GEOMETRIES, trimmed: [] });
  });

  it('are in the unit in which pods ask, rounded down', () => {
    const reading = read(
      `
      nvidia:
        gpuMemoryFactor: 10
        deviceSplitCount: 10
        knownMigGeometries:
          - models: [A30, A30]
            allowedGeometries:
              - group: "1"
                geometries: [{ name: 1g.6gb, memory: 6144, count: 4 }]
    `.replaceAll('\n      ', '\n'),
    );
    expect(reading).to.deep.equal({
      kind: 'value',
      value: [
        {
          models: ['A30', 'A30'],
          geometries: [{ group: '1', profiles: [{ name: '1g.6gb', memory: 614, count: 4 }] }],
        },
      ],
      trimmed: [],
    });
  });

  const silent = {
    'an empty text': '',
    'other things': 'vnpus: []',
    'no models': 'nvidia: { knownMigGeometries: [] }',
  };
  for (const [what, text] of Object.entries(silent)) {
    it(`are none in ${what}`, () => expect(read(text)).to.deep.equal({ kind: 'value', value: undefined, trimmed: [] }));
  }

  const GROUP = '[{ group: a, geometries: [{ name: x, memory: 1, count: 1 }] }]';
  const wrong: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'a list': ['[]', ['(root): "[]": must be a map']],
    'no map of NVIDIA': ['nvidia: 7', ['nvidia: "7": must be a map']],
    'no list of models': ['nvidia: { knownMigGeometries: 1 }', ['nvidia.knownMigGeometries: "1": must be a list']],
    'a model without a name': [
      `nvidia: { knownMigGeometries: [{ models: [''], allowedGeometries: ${GROUP} }] }`,
      [`${AT}.models: "[\\"\\"]": must be a list of names of models`],
    ],
    'no geometry of a model': [
      'nvidia: { knownMigGeometries: [{ models: [A30] }] }',
      [`${AT}.allowedGeometries: must have at least one group`],
    ],
    'the form without groups that came before': [
      withGroups('[[{ name: 1g.6gb, memory: 6144, count: 4 }]]'),
      [
        `${GROUP_AT}.group: must be a name without spaces, dashes, brackets, commas, colons and semicolons`,
        `${GROUP_AT}.geometries: must have at least one instance`,
      ],
    ],
    'a group of which a device plugin would read a part': [
      withGroups('[{ group: two-halves, geometries: [{ name: x, memory: 1, count: 1 }] }]'),
      [
        `${GROUP_AT}.group: "two-halves": must be a name without spaces, dashes, brackets, commas, colons and semicolons`,
      ],
    ],
    'a group that is told twice': [
      withGroups(GROUP.replace(']', `, { name: x, memory: 2, count: 1 }]`).replace(/\]$/, `, ${GROUP.slice(1)}`)),
      [`${GROUP_AT}.geometries[1].name: "x": is told twice`, `${AT}.allowedGeometries[1].group: "a": is told twice`],
    ],
    'instances without a size, a number or a name': [
      withGroups('[{ group: a, geometries: [{ memory: 0, count: 1.5 }, { name: y, memory: "1", count: 65 }] }]'),
      [
        `${GROUP_AT}.geometries[0].name: must be a name such as 1g.10gb`,
        `${GROUP_AT}.geometries[0].memory: "0": must be a whole number from 1 to 1000000000`,
        `${GROUP_AT}.geometries[0].count: "1.5": must be a whole number from 1 to 64`,
        `${GROUP_AT}.geometries[1].memory: "1": must be a whole number from 1 to 1000000000`,
        `${GROUP_AT}.geometries[1].count: "65": must be a whole number from 1 to 64`,
      ],
    ],
    'a factor that is none': [
      'nvidia: { gpuMemoryFactor: 0 }',
      ['nvidia.gpuMemoryFactor: "0": must be a whole number from 1 to 1000000000'],
    ],
  };
  for (const [what, [text, want]] of Object.entries(wrong)) {
    it(`are refused for ${what}`, () => {
      expect(read(text).kind).to.equal('errors');
      expect(told(text)).to.deep.equal(want);
    });
  }

  it('are taken where resources have other names, and those are told', () => {
    const text = `nvidia: { resourceCountName: volcano.sh/vgpu-number, resourceMemoryName: own/memory }`;
    expect(read(text).kind).to.equal('value');
    expect(told(text)).to.deep.equal([
      'nvidia.resourceMemoryName: "own/memory": is not followed: pods ask for volcano.sh/vgpu-memory',
    ]);
  });

  it('stand where the arguments of the plugin say, once vGPUs are given out', () => {
    expect(geometryPlace(cardPolicy({ GPUSharingEnable: true }))).to.equal(undefined);
    expect(geometryPlace(cardPolicy({ VGPUEnable: true }))).to.deep.equal({
      namespace: 'kube-system',
      name: 'volcano-vgpu-device-config',
    });
    const given = { VGPUEnable: true, KnownGeometriesCMName: 'cut', KnownGeometriesCMNamespace: 'gpus' };
    expect(geometryPlace(cardPolicy(given))).to.deep.equal({ namespace: 'gpus', name: 'cut' });
  });
});

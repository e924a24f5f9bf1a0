import { expect } from 'chai';
import fc from 'fast-check';
import { parseFieldPath } from '../../../src/api/field-path.ts';
import { validateWorkloadKind } from '../../../src/api/validate.ts';
import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';
import { checkWorkloadKind } from '../../../src/api/workload-kind-check.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';

const SIMPLE: WorkloadKindSpec = {
  group: 'example.dev',
  versions: ['v1'],
  kind: 'Sim',
  resource: 'sims',
  grouping: 'Workload',
  roles: [{ name: 'rank', template: 'spec.template', count: [{ path: 'spec.ranks' }] }],
};

const MEMORY = { resource: 'memory', paths: ['spec.memory'] };

describe('a WorkloadKind', () => {
  const mistakes: readonly (readonly [string, Partial<WorkloadKindSpec>, readonly string[]])[] = [
    ['that is simple is fine', {}, []],
    ['needs roles to form gangs', { roles: [] }, ['spec.roles']],
    ['needs a label for its replicas', { grouping: 'Replica' }, ['spec.replicaLabel']],
    ['has to say what pods of several roles have', { roles: [...(SIMPLE.roles ?? []), { name: 'b' }] }, ['spec.pods']],
    ['has nothing that has no effect', { grouping: 'Pod' }, ['spec.roles']],
    ['has no label for replicas that it has not', { replicaLabel: 'a/b' }, ['spec.replicaLabel']],
    [
      'has paths that can be read',
      { minAvailable: 'spec..x', queue: ['.spec'] },
      ['spec.queue[0]', 'spec.minAvailable'],
    ],
    ['has roles with names', { roles: [{ at: 'spec.jobs[]' }] }, ['spec.roles[0].name']],
    ['gives no name to many roles', { roles: [{ at: 'spec.jobs[]', name: 'a' }] }, ['spec.roles[0].name']],
    ['takes keys of maps only', { roles: [{ name: 'a', keys: ['b'] }] }, ['spec.roles[0].keys']],
    [
      'counts by one number at a time',
      { roles: [{ name: 'a', count: [{ path: 'x[].y' }] }] },
      ['spec.roles[0].count[0].path'],
    ],
    [
      'has paths that can be read in what its framework adds',
      {
        roles: [
          { name: 'a', size: [{ ...MEMORY, overhead: { paths: ['.x'], factors: ['y..'], percent: 1, least: 'x' } }] },
        ],
      },
      ['paths[0]', 'factors[0]', 'least'].map((field) => `spec.roles[0].size[0].overhead.${field}`),
    ],
    [
      'finds a number in the items of a list',
      { roles: [{ name: 'a', count: [{ path: 'x', of: { list: '$.spec.a[]', names: 'b[' } }] }] },
      ['spec.roles[0].count[0].of.names'],
    ],
    [
      'is named by its pods in one place',
      { pods: { roleLabels: ['a'], named: { path: 'metadata.labels.*' } }, suspendWhen: { path: '', values: ['a'] } },
      ['spec.suspendWhen.path', 'spec.pods.named.path'],
    ],
    [
      'keeps nobody where it forms no gang',
      { grouping: 'Children', roles: [], notPreemptible: [{ path: 'spec.a', values: ['b'] }] },
      ['spec.roles', 'spec.notPreemptible'],
    ],
  ];
  for (const [name, over, paths] of mistakes) {
    it(name, () => {
      expect(checkWorkloadKind({ spec: { ...SIMPLE, ...over } }).map(({ path }) => path)).to.deep.equal(paths);
    });
  }

  it('that is built in has no mistake', () => {
    for (const spec of BUILT_IN_KINDS) expect(checkWorkloadKind({ spec }), spec.kind).to.deep.equal([]);
  });

  it('is told the fields that its schema refuses', () => {
    const object = { spec: { ...SIMPLE, grouping: 'Gang', versions: [] } };
    expect(validateWorkloadKind(object).map(({ path }) => path)).to.have.members(['spec.grouping', 'spec.versions']);
  });
});

describe('a path to a field', () => {
  const paths: readonly (readonly [string, number])[] = [
    ['spec.template', 2],
    ['spec.replicaSpecs.*', 3],
    ['spec.jobs[]', 3],
    ['dependsOn[].name', 3],
    ['metadata.labels["ray.io/priority-class-name"]', 3],
    ['$.spec.a', 2],
    ['["a.b"].c', 2],
  ];
  for (const [text, steps] of paths) {
    it(`${text} has ${steps} steps`, () => expect(parseFieldPath(text)?.steps).to.have.length(steps));
  }

  for (const text of [
    '',
    '.',
    'a..b',
    '.a',
    'a.',
    'a[0]',
    'a["',
    '$',
    'a b',
    Array.from({ length: 20 }, () => 'a').join('.'),
  ]) {
    it(`${JSON.stringify(text)} is none`, () => expect(parseFieldPath(text)).to.equal(undefined));
  }

  it('is read or refused, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFieldPath(text)));
  });
});

import { expect } from 'chai';
import { readPolicy } from '../../../src/api/policies/read-policy.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const SET = { queue: { name: 'q' } };

/** Paths of what is wrong, in order. */
function wrong(spec: JsonObject, namespace = ''): readonly string[] {
  const read = readPolicy({ metadata: { name: 'p' }, spec }, namespace, 'p');
  return read.kind === 'errors' ? read.errors.map(({ path }) => path) : [];
}

const set = (member: JsonObject): JsonObject => ({ set: member });

describe('a policy that cannot be', () => {
  const rows: readonly (readonly [name: string, spec: JsonObject, want: readonly string[], namespace?: string])[] = [
    ['without set', {}, ['spec.set']],
    ['that sets nothing', { set: {} }, ['spec.set']],
    ['of a priority beyond the limits', { priority: 5_000_000, set: SET }, ['spec.priority']],
    ['with an enforcement of no such name', { enforcement: 'Audit', set: SET }, ['spec.enforcement']],
    ['with an expression that does not compile', { match: { when: 'object.' }, set: SET }, ['spec.match.when']],
    ['with an expression that is no condition', { exclude: { when: '1 + 1' }, set: SET }, ['spec.exclude.when']],
    ['with datasets that are no names', set({ dataLocality: 'My Data' }), ['spec.set.dataLocality']],
    ['with a queue that is no name', set({ queue: { name: 'My Queue' } }), ['spec.set.queue.name']],
    [
      'with a class of the cluster',
      set({ priorityClass: { name: 'system-node-critical' } }),
      ['spec.set.priorityClass.name'],
    ],
    ['with a gang of none', set({ gang: { minMembers: 0 } }), ['spec.set.gang.minMembers']],
    [
      'with a gate of Kubernetes',
      set({ schedulingGate: { name: 'kubernetes.io/x' } }),
      ['spec.set.schedulingGate.name'],
    ],
    ['with a label that is no value', set({ labels: { values: { a: 'b c' } } }), ['spec.set.labels.values[a]']],
    ['with no labels', set({ labels: { values: {} } }), ['spec.set.labels.values']],
    [
      'with a toleration of nothing',
      set({ tolerations: { ensure: [{ value: 'x' }] } }),
      ['spec.set.tolerations.ensure[0]'],
    ],
    [
      'with a toleration of some value that exists',
      set({ tolerations: { ensure: [{ key: 'a', operator: 'Exists', value: 'x' }] } }),
      ['spec.set.tolerations.ensure[0]'],
    ],
    [
      'with requirements that say nothing',
      set({
        nodeRequirements: {
          all: [
            { key: 'a', operator: 'In' },
            { key: 'a', operator: 'Exists', values: ['x'] },
            { key: 'a', operator: 'Gt', values: ['x'] },
          ],
        },
      }),
      [0, 1, 2].map((ix) => `spec.set.nodeRequirements.all[${ix}]`),
    ],
    [
      'that selects by a label that Sluice writes',
      { match: { selector: { matchLabels: { 'volcano.sh/queue-name': 'x' } } }, set: SET },
      ['spec.match.selector'],
    ],
    [
      'that selects by a label that it sets',
      { exclude: { selector: { matchLabels: { a: 'x' } } }, set: { labels: { values: { a: 'y' } } } },
      ['spec.exclude.selector'],
    ],
    [
      'with selectors that say nothing',
      {
        match: {
          selector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
          namespaces: { selector: { matchExpressions: [{ key: 'a', operator: 'Like', values: ['x'] }] } },
        },
        set: SET,
      },
      ['spec.match.namespaces.selector.matchExpressions[0].operator', 'spec.match.selector.matchExpressions[0].values'],
    ],
    [
      'of a namespace that names namespaces',
      { match: { namespaces: { names: ['team-b'] } }, exclude: { namespaces: {} }, set: SET },
      ['spec.match.namespaces', 'spec.exclude.namespaces'],
      'team-a',
    ],
    [
      'with several mistakes: all are told',
      { match: { when: 'x' }, set: { queue: { name: '' }, accelerators: 'x' } },
      ['spec.set.queue.name'],
    ],
  ];
  for (const [name, spec, want, namespace] of rows) {
    it(name, () => expect(wrong(spec, namespace)).to.have.members(want));
  }

  for (const key of [
    'kubernetes.io/hostname',
    'topology.kubernetes.io/zone',
    'pod-security.kubernetes.io/enforce',
    'node.k8s.io/x',
    'k8s.io/x',
    'volcano.sh/queue-name',
    'scheduling.volcano.sh/group-min-member',
    'sluice.dev/group-plan',
    'a.sluice.dev/x',
    'a/b/c',
    'UPPER.example/x',
    '',
  ]) {
    for (const map of ['labels', 'annotations']) {
      it(`that writes the key ${JSON.stringify(key)} of ${map}`, () => {
        expect(wrong({ set: { [map]: { values: { [key]: 'x' } } } })).to.deep.equal([`spec.set.${map}.values[${key}]`]);
      });
    }
  }
});

describe('a policy that can be', () => {
  const rows: Readonly<Record<string, JsonObject>> = {
    'has everything': {
      priority: -3,
      match: {
        namespaces: { names: ['a'], selector: { matchLabels: { x: 'y' } } },
        objects: [{ resource: 'pods' }, { group: 'batch', resource: '*' }],
        selector: { matchExpressions: [{ key: 'k', operator: 'NotIn', values: ['v'] }] },
        users: ['u'],
        groups: ['g'],
      },
      exclude: { users: ['system:serviceaccount:a:b'] },
      set: {
        queue: { name: 'q', onConflict: 'Override' },
        gang: { minMembers: 2 },
        priorityClass: { name: 'high' },
        runtimeClass: { name: 'kata' },
        tolerations: {
          ensure: [{ operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 5 }],
        },
        nodeRequirements: { all: [{ key: 'a', operator: 'Lt', values: ['-1'] }] },
        schedulingGate: { name: 'example.com/x' },
        labels: { values: { 'example.com/a': '' }, onConflict: 'RejectOnConflict' },
        annotations: { values: { note: 'any text at all' } },
      },
      onMissingReference: 'Deny',
      enforcement: 'DryRun',
    },
    'has nothing but what it sets': { set: SET },
    'has members that are null': { match: null, set: { queue: { name: 'q', onConflict: null } } },
  };
  for (const [name, spec] of Object.entries(rows)) it(name, () => expect(wrong(spec)).to.deep.equal([]));
});

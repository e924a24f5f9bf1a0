import { expect } from 'chai';
import { readPodWishes } from '../../../src/api/projections/pod-wishes.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const OWNER = { namespace: 'lab', labels: ['app', 'web', 'hash', '7'] };
const APP = { labelSelector: { matchLabels: { app: 'web' } } };
const IS_WEB = { key: 'app', operator: 'In', values: ['web'] };
const TERM = { topologyKey: 'zone', selector: [IS_WEB], namespaces: ['lab'], namespaceSelector: undefined };

function near(podAffinityTerm: JsonObject, weight: number): JsonObject {
  return { podAffinity: { [PREFERRED]: [{ weight, podAffinityTerm: { topologyKey: 'zone', ...podAffinityTerm } }] } };
}

const NONE: readonly (readonly [string, JsonObject])[] = [
  ['has no affinity', {}],
  [
    'has rules only',
    {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } },
      topologySpreadConstraints: [{ topologyKey: 'zone' }],
    },
  ],
  ['has terms without weight', { affinity: near(APP, 0) }],
];

const TERMS: readonly (readonly [string, JsonObject, object])[] = [
  ['are for the pods of its own namespace', near(APP, 5), { ...TERM, weight: 5 }],
  [
    'are against others, below zero',
    { podAntiAffinity: { [PREFERRED]: [{ weight: 7, podAffinityTerm: { topologyKey: 'zone', ...APP } }] } },
    { ...TERM, weight: -7 },
  ],
  ['weigh no more than the API allows', near(APP, 1000), { ...TERM, weight: 100 }],
  ['name namespaces', near({ ...APP, namespaces: ['z', 'a'] }, 1), { ...TERM, namespaces: ['a', 'z'], weight: 1 }],
  [
    'select namespaces',
    near({ ...APP, namespaceSelector: {} }, 1),
    { ...TERM, namespaces: [], namespaceSelector: [], weight: 1 },
  ],
  [
    'ask for its own values of some labels, and for others than its own',
    near({ ...APP, matchLabelKeys: ['hash'], mismatchLabelKeys: ['app'] }, 1),
    {
      ...TERM,
      selector: [
        IS_WEB,
        { key: 'app', operator: 'NotIn', values: ['web'] },
        { key: 'hash', operator: 'In', values: ['7'] },
      ],
      weight: 1,
    },
  ],
];

describe('the wishes of a pod about others', () => {
  for (const [name, spec] of NONE) {
    it(`are none when it ${name}`, () => expect(readPodWishes(spec, OWNER)).to.equal(undefined));
  }

  for (const [name, affinity, want] of TERMS) {
    it(name, () => expect(readPodWishes({ affinity }, OWNER)).to.deep.equal({ terms: [want], spread: [] }));
  }

  it('leave out a spread that must hold', () => {
    const soft = { topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3, ...APP };
    const wishes = readPodWishes({ topologySpreadConstraints: [{ topologyKey: 'zone', ...APP }, soft] }, OWNER);
    expect(wishes?.spread.map(({ topologyKey, maxSkew }) => [topologyKey, maxSkew])).to.deep.equal([['rack', 3]]);
  });
});

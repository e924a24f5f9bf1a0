import { expect } from 'chai';
import { readPodRules } from '../../../src/api/projections/pod-rules.ts';
import { selects } from '../../../src/api/records/label-selector.ts';
import type { LabelRequirement } from '../../../src/api/records/label-selector.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const OWNER = { namespace: 'lab', labels: ['app', 'web', 'hash', '7'] };
const ZONE = 'topology.kubernetes.io/zone';
const APP = { matchLabels: { app: 'web' } };
const IS_WEB: LabelRequirement = { key: 'app', operator: 'In', values: ['web'] };

function near(term: JsonObject): JsonObject {
  return { affinity: { podAffinity: { [REQUIRED]: [{ topologyKey: ZONE, ...term }] } } };
}

/** The only term of affinity that is read from a pod with this one. */
function termOf(term: JsonObject): object {
  const [only] = readPodRules(near(term), OWNER)?.affinity ?? [];
  return only ?? {};
}

describe('the rules of a pod about others', () => {
  const NONE: readonly (readonly [string, JsonObject])[] = [
    ['has no affinity', {}],
    ['has rules without a term', { affinity: { podAffinity: { [REQUIRED]: [] }, podAntiAffinity: null } }],
    [
      'has wishes only',
      {
        affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{}] } },
        topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway', topologyKey: ZONE }],
      },
    ],
  ];
  for (const [name, spec] of NONE) {
    it(`are none when it ${name}`, () => expect(readPodRules(spec, OWNER)).to.equal(undefined));
  }

  const NAMESPACES: readonly (readonly [string, JsonObject, object])[] = [
    ['its own when the term names none', {}, { namespaces: ['lab'], namespaceSelector: undefined, isOwn: true }],
    ['those that are named', { namespaces: ['z', 'a'] }, { namespaces: ['a', 'z'], isOwn: false }],
    ['all for an empty selector', { namespaceSelector: {} }, { namespaces: [], namespaceSelector: [], isOwn: true }],
    [
      'those that are selected, of which its own may be one',
      { namespaceSelector: { matchLabels: { team: 'x' } } },
      { namespaces: [], namespaceSelector: [{ key: 'team', operator: 'In', values: ['x'] }], isOwn: false },
    ],
  ];
  for (const [name, term, want] of NAMESPACES) {
    it(`speak of the namespaces: ${name}`, () => expect(termOf({ labelSelector: APP, ...term })).to.deep.include(want));
  }

  const SELECTORS: readonly (readonly [string, JsonObject, object])[] = [
    ['nobody without a selector', {}, { selector: undefined, isOwn: false }],
    ['everybody for an empty one', { labelSelector: {} }, { selector: [], isOwn: true }],
    [
      'nobody when it cannot be read',
      { labelSelector: { ...APP, matchExpressions: [{ key: 'app', operator: 'Like' }] } },
      { selector: undefined, isOwn: false },
    ],
    [
      'those with the same value of a label',
      { labelSelector: APP, matchLabelKeys: ['hash', 'absent'] },
      { selector: [IS_WEB, { key: 'hash', operator: 'In', values: ['7'] }], isOwn: true },
    ],
    [
      'the same, when the API server wrote it down already',
      {
        labelSelector: { ...APP, matchExpressions: [{ key: 'hash', operator: 'In', values: ['7'] }] },
        matchLabelKeys: ['hash'],
      },
      { selector: [IS_WEB, { key: 'hash', operator: 'In', values: ['7'] }] },
    ],
    [
      'those with another value of a label',
      { labelSelector: APP, mismatchLabelKeys: ['hash'] },
      { selector: [IS_WEB, { key: 'hash', operator: 'NotIn', values: ['7'] }], isOwn: false },
    ],
  ];
  for (const [name, term, want] of SELECTORS) {
    it(`speak of ${name}`, () => expect(termOf(term)).to.deep.include(want));
  }

  it('take the defaults of the API for a spread: it must hold, affinity counts and taints do not', () => {
    const spec = { topologySpreadConstraints: [{ topologyKey: ZONE, maxSkew: 2, labelSelector: APP }] };
    expect(readPodRules(spec, OWNER)?.spread).to.deep.equal([
      {
        topologyKey: ZONE,
        maxSkew: 2,
        minDomains: 1,
        selection: { selector: [IS_WEB], namespaces: ['lab'], namespaceSelector: undefined },
        honorsAffinity: true,
        honorsTaints: false,
        isOwn: true,
      },
    ]);
  });

  it('read what is said of a spread', () => {
    const said = {
      minDomains: 3,
      nodeAffinityPolicy: 'Ignore',
      nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels: { app: 'db' } },
    };
    const spec = { topologySpreadConstraints: [{ topologyKey: ZONE, maxSkew: 1, ...said }] };
    const [rule] = readPodRules(spec, OWNER)?.spread ?? [];
    expect(rule).to.deep.include({ minDomains: 3, honorsAffinity: false, honorsTaints: true, isOwn: false });
  });
});

describe('a spread with an empty selector', () => {
  const spreadOf = (more: JsonObject): object | undefined => {
    const spec = { topologySpreadConstraints: [{ topologyKey: ZONE, labelSelector: {}, ...more }] };
    return readPodRules(spec, OWNER)?.spread[0];
  };

  it('counts nobody, as in kube-scheduler: it asks for the label of the domain only', () => {
    expect(spreadOf({})).to.deep.include({ isOwn: false }).and.to.have.nested.property('selection.selector', undefined);
  });

  it('counts by the values of the pod that it names', () => {
    const selector = [{ key: 'hash', operator: 'In', values: ['7'] }];
    expect(spreadOf({ matchLabelKeys: ['hash'] })).to.deep.nested.include({
      isOwn: true,
      'selection.selector': selector,
    });
  });
});

describe('a label selector', () => {
  const LABELS = ['app', 'web', 'tier', 'front'];
  const CASES: readonly (readonly [string, readonly LabelRequirement[] | undefined, boolean])[] = [
    ['that is absent wants nothing', undefined, false],
    ['that is empty wants everything', [], true],
    ['wants one of several values', [{ key: 'app', operator: 'In', values: ['db', 'web'] }], true],
    ['does not want a value that is absent', [{ key: 'zone', operator: 'In', values: ['a'] }], false],
    ['wants what has not a value', [{ key: 'app', operator: 'NotIn', values: ['db'] }], true],
    ['wants what lacks the label for NotIn', [{ key: 'zone', operator: 'NotIn', values: ['a'] }], true],
    ['wants what has the label', [{ key: 'tier', operator: 'Exists', values: [] }], true],
    ['wants what lacks the label', [{ key: 'tier', operator: 'DoesNotExist', values: [] }], false],
    [
      'wants all at once',
      [
        { key: 'tier', operator: 'Exists', values: [] },
        { key: 'zone', operator: 'Exists', values: [] },
      ],
      false,
    ],
  ];
  for (const [name, selector, want] of CASES) {
    it(name, () => expect(selects(selector, LABELS)).to.equal(want));
  }
});

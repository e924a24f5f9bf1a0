import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { validatePodGroupReview } from '../../../webhooks/pod-groups/validate.ts';
import { OWN_USER, request, summary, view } from '../fixture.ts';

const CLUSTER = view({ unknownPriorityClasses: ['hgih'] });
const ORIGIN = 'sluice.dev/origin';
const ROOT_STATE = 'sluice.dev/root-state';

function review(spec: JsonObject, old?: JsonObject, over: Partial<AdmissionRequest> = {}): Verdict {
  const oldObject = old && { spec: old };
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  return validatePodGroupReview(request({ operation, object: { spec }, oldObject, ...over }), CLUSTER);
}

const CASES: readonly (readonly [string, JsonObject, JsonObject | undefined, string])[] = [
  ['in an open queue', { queue: 'blue', minMember: 2, minTaskMember: { ps: 1, worker: 0 } }, undefined, 'allow'],
  ['without a queue', { minMember: 0 }, undefined, 'allow'],
  ['in an unknown queue', { queue: 'green' }, undefined, '422 QueueNotFound spec.queue'],
  ['in a closed queue', { queue: 'shut' }, undefined, '422 QueueNotOpen spec.queue'],
  ['in a queue that closed meanwhile', { queue: 'shut', minMember: 3 }, { queue: 'shut' }, 'allow'],
  ['that moves into a closed queue', { queue: 'shut' }, { queue: 'blue' }, '422 QueueNotOpen spec.queue'],
  ['that moves into an open queue', { queue: 'default' }, { queue: 'blue' }, 'allow'],
  ['with a negative minimum', { minMember: -1 }, undefined, '422 InvalidMinMember spec.minMember'],
  ['with half a member', { minTaskMember: { a: 1, b: 0.5 } }, undefined, '422 InvalidMinMember spec.minTaskMember[b]'],
  ['with both mistakes', { queue: 'green', minMember: -1 }, undefined, '422 QueueNotFound spec.queue spec.minMember'],
  ['with minResources and no minMember', { minResources: { cpu: '4' } }, undefined, 'allow'],
  [
    'with parts by a label',
    { subGroupPolicy: [{ name: 'a', subGroupSize: 2, minSubGroups: 2, matchLabelKeys: ['slice'] }, { name: 'b' }, {}] },
    undefined,
    'allow',
  ],
  [
    'with two policies of one name',
    { subGroupPolicy: [{ name: 'a' }, { name: 'a' }] },
    undefined,
    '422 InvalidSubGroupPolicy spec.subGroupPolicy[1].name',
  ],
  [
    'with parts of nothing, and fewer than none of them',
    { subGroupPolicy: [{ subGroupSize: 0, minSubGroups: -1 }] },
    undefined,
    '422 InvalidSubGroupPolicy spec.subGroupPolicy[0].subGroupSize spec.subGroupPolicy[0].minSubGroups',
  ],
  [
    'with more parts than its pods could be told apart for',
    { subGroupPolicy: [{ minSubGroups: 2 }] },
    undefined,
    '422 InvalidSubGroupPolicy spec.subGroupPolicy[0].minSubGroups',
  ],
  [
    'with a label named twice, and one without a name',
    { subGroupPolicy: [{ matchLabelKeys: ['a', 'a', ''] }] },
    undefined,
    '422 InvalidSubGroupPolicy spec.subGroupPolicy[0].matchLabelKeys[1] spec.subGroupPolicy[0].matchLabelKeys[2]',
  ],
  ...(
    [
      [{ key: 'a', operator: 'Is', values: ['b'] }, 'operator'],
      [{ key: 'a', operator: 'In', values: [] }, 'values'],
      [{ key: 'a', operator: 'Exists', values: ['b'] }, 'values'],
      [{ operator: 'Exists' }, 'key'],
    ] as const
  ).map(
    ([expression, field]) =>
      [
        `with a selector that has a wrong ${field} (${JSON.stringify(expression)})`,
        { subGroupPolicy: [{ labelSelector: { matchExpressions: [expression] } }] } as JsonObject,
        undefined,
        `422 InvalidSubGroupPolicy spec.subGroupPolicy[0].labelSelector.matchExpressions[0].${field}`,
      ] as const,
  ),
  [
    'with a wrong policy from before',
    { minMember: 2, subGroupPolicy: [{ minSubGroups: 2 }] },
    { subGroupPolicy: [{ minSubGroups: 2 }] },
    'allow',
  ],
  [
    'with a tier that is named in two ways, for itself and for a part',
    {
      networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' },
      subGroupPolicy: [{ name: 'a', networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' } }],
    },
    undefined,
    '422 InvalidNetworkTopology spec.networkTopology spec.subGroupPolicy[0].networkTopology',
  ],
  [
    'with such a tier from before',
    { minMember: 2, networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' } },
    { networkTopology: { highestTierAllowed: 1, highestTierName: 'rack' } },
    'allow',
  ],
  [
    'with a priority of the cluster itself',
    { priorityClassName: 'system-node-critical' },
    undefined,
    '403 PriorityNotAllowed spec.priorityClassName',
  ],
  [
    'that takes a priority of the cluster itself later',
    { priorityClassName: 'system-cluster-critical' },
    {},
    '403 PriorityNotAllowed spec.priorityClassName',
  ],
];

describe('a PodGroup', () => {
  for (const [name, spec, old, want] of CASES) {
    it(`${name}: ${want}`, () => expect(summary(review(spec, old))).to.equal(want));
  }

  const warnings: readonly (readonly [string, JsonObject, JsonObject | undefined, readonly string[]])[] = [
    [
      'with a priority class that nobody made',
      { priorityClassName: 'hgih' },
      undefined,
      ['spec.priorityClassName: there is no PriorityClass hgih: until there is, the default one counts'],
    ],
    [
      'with an amount below nothing',
      { minResources: { cpu: '-1', memory: '1Gi' } },
      undefined,
      ['spec.minResources[cpu] is left out: it must not be negative'],
    ],
    ['with such an amount from before', { minResources: { cpu: '-1' } }, { minResources: { cpu: '-1' } }, []],
    [
      'with a network that names no tier',
      { networkTopology: { mode: 'hard' }, subGroupPolicy: [{ name: 'a', networkTopology: {} }] },
      undefined,
      [
        'spec.networkTopology names no tier: it counts as a wish',
        'spec.subGroupPolicy[0].networkTopology names no tier: it counts as a wish',
      ],
    ],
    [
      'with a tier that no HyperNode has',
      { networkTopology: { mode: 'hard', highestTierName: 'rack' } },
      undefined,
      ['spec.networkTopology.highestTierName: no HyperNode has the tier name rack: until one has, the group waits'],
    ],
    [
      'with a tier that is only wished for',
      { networkTopology: { mode: 'soft', highestTierAllowed: 1 } },
      undefined,
      ['spec.networkTopology: mode soft is for any tier, not only those up to the one named'],
    ],
    ['with a tier by its number', { networkTopology: { highestTierAllowed: 1 } }, undefined, []],
    ['with such a field from before', { networkTopology: {}, minMember: 2 }, { networkTopology: {} }, []],
    [
      'with roles that need more than it waits for',
      { minMember: 2, minTaskMember: { ps: 1, worker: 2 } },
      undefined,
      ['spec.minTaskMember has no effect: the roles need 3 together, and spec.minMember is 2'],
    ],
    [
      'with such roles from before',
      { minMember: 2, minTaskMember: { ps: 3 }, queue: 'blue' },
      { minMember: 2, minTaskMember: { ps: 3 } },
      [],
    ],
    ['with parts', { subGroupPolicy: [{ name: 'a', subGroupSize: 2 }] }, undefined, []],
    ['with an empty list', { subGroupPolicy: [] }, undefined, []],
  ];
  for (const [name, spec, old, want] of warnings) {
    it(`${name} passes with ${want.length === 0 ? 'no' : 'a'} warning`, () => {
      const verdict = review(spec, old);
      expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal(want);
    });
  }
});

describe('the waiting time of a PodGroup', () => {
  const TIMES: readonly (readonly [string, string, readonly string[]])[] = [
    ['that can be read passes', '1h30m', []],
    [
      'that cannot be read is told',
      '90',
      ['metadata.annotations[sla-waiting-time] is no waiting time: write one such as 1h30m'],
    ],
    [
      'of nothing is told',
      '0s',
      ['metadata.annotations[sla-waiting-time] is no waiting time: write one such as 1h30m'],
    ],
  ];
  for (const [name, time, want] of TIMES) {
    it(name, () => {
      const object = { metadata: { name: 'a', annotations: { 'sla-waiting-time': time } }, spec: { queue: 'blue' } };
      const made = validatePodGroupReview(request({ operation: 'CREATE', object }), view());
      const kept = validatePodGroupReview(request({ operation: 'UPDATE', object, oldObject: object }), view());
      expect(made.kind === 'allow' && made.warnings).to.deep.equal(want);
      expect(kept.kind === 'allow' && kept.warnings).to.deep.equal([]);
    });
  }
});

describe('the running estimate of a PodGroup', () => {
  const ESTIMATES: readonly (readonly [string, string, number])[] = [
    ['that can be read passes', '1h30m', 0],
    ['that cannot be read is told', 'an hour', 1],
    ['of nothing is told', '0s', 1],
  ];
  for (const [name, estimate, told] of ESTIMATES) {
    it(name, () => {
      const annotations = { 'sluice.dev/running-estimate': estimate };
      const object = { metadata: { name: 'a', annotations }, spec: { queue: 'blue' } };
      const made = validatePodGroupReview(request({ operation: 'CREATE', object }), view());
      const wrong = 'metadata.annotations[sluice.dev/running-estimate] is no running estimate: write one such as 1h30m';
      expect(made.kind === 'allow' && made.warnings).to.deep.equal(Array.from({ length: told }, () => wrong));
    });
  }
});

describe('a PodGroup that Sluice made', () => {
  const spec = {
    queue: 'blue',
    minMember: 3,
    minTaskMember: { a: 1, b: 2 },
    minResources: { cpu: '3', memory: '1Gi' },
  };
  const metadata = { name: 'g', annotations: { [ORIGIN]: 'Job/train' } };
  const stored = { metadata, spec };

  function change(object: JsonObject, oldObject: JsonObject = stored, username = 'alice'): string {
    return summary(validatePodGroupReview(request({ operation: 'UPDATE', object, oldObject, username }), CLUSTER));
  }

  const refused: readonly (readonly [string, JsonObject, string])[] = [
    ['moved to another queue', { ...stored, spec: { ...spec, queue: 'default' } }, 'spec.queue'],
    ['given a priority', { ...stored, spec: { ...spec, priorityClassName: 'high' } }, 'spec.priorityClassName'],
    ['made smaller', { ...stored, spec: { ...spec, minMember: 1 } }, 'spec.minMember'],
    ['given other roles', { ...stored, spec: { ...spec, minTaskMember: { a: 1 } } }, 'spec.minTaskMember'],
    ['asked for less', { ...stored, spec: { ...spec, minResources: { cpu: '1m' } } }, 'spec.minResources'],
    ['taken from its object', { ...stored, metadata: { name: 'g' } }, `metadata.annotations[${ORIGIN}]`],
    [
      'called ended',
      { ...stored, metadata: { ...metadata, annotations: { ...metadata.annotations, [ROOT_STATE]: 'Ended' } } },
      `metadata.annotations[${ROOT_STATE}]`,
    ],
  ];
  for (const [name, object, path] of refused) {
    it(`cannot be ${name} by hand`, () => expect(change(object)).to.equal(`403 OwnedGroup ${path}`));
    it(`is ${name} by Sluice itself`, () => expect(change(object, stored, OWN_USER)).to.equal('allow'));
  }

  it('may be written again with its members in another order, and labelled', () => {
    const turned = { ...spec, minResources: { memory: '1Gi', cpu: '3' }, minTaskMember: { b: 2, a: 1 } };
    expect(change({ metadata: { ...metadata, labels: { x: 'y' } }, spec: turned })).to.equal('allow');
  });

  it('keeps the priority of its pods, whatever that is', () => {
    const object = { metadata, spec: { ...spec, priorityClassName: 'system-node-critical' } };
    expect(summary(validatePodGroupReview(request({ object, username: OWN_USER }), CLUSTER))).to.equal('allow');
  });
});

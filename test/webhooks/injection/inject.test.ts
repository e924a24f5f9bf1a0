import { expect } from 'chai';
import fc from 'fast-check';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { isJsonObject, memberAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { inject } from '../../../webhooks/injection/inject.ts';
import { joinInjections, NO_INJECTION } from '../../../webhooks/injection/injection.ts';
import type { Injection, NodeRequirement, Toleration } from '../../../webhooks/injection/injection.ts';
import { ObjectPatch } from '../../../webhooks/object-patch.ts';
import { readTemplateFacts } from '../../../webhooks/template-facts.ts';

const A100: NodeRequirement = { key: 'gpu', operator: 'In', values: ['A100', 'H100'] };
const A100_TEXT = { key: 'gpu', operator: 'In', values: ['A100', 'H100'] };
const ZONE_TEXT = { key: 'zone', operator: 'Exists' };
const GPU: Toleration = { key: 'gpu', operator: 'Exists', value: '', effect: 'NoSchedule' };

function required(...terms: readonly JsonObject[]): JsonObject {
  const selector = { nodeSelectorTerms: terms };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: selector } } };
}

function preferred(...terms: readonly JsonObject[]): JsonObject {
  return { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms } } };
}

/** The spec of the pod with that spec once the injection was written. */
function specAfter(spec: JsonObject, injection: Partial<Injection>): unknown {
  return memberAt(written({ spec }, injection), 'spec');
}

function written(pod: JsonObject, injection: Partial<Injection>): JsonObject {
  const patch = new ObjectPatch(pod);
  const errors = inject(patch, readTemplateFacts(pod, ''), [], { ...NO_INJECTION, ...injection });
  expect(errors).to.deep.equal([]);
  const after = applyPatch(pod, patch.operations);
  if (!isJsonObject(after)) throw new Error('the patch does not apply');
  return after;
}

const CASES: readonly (readonly [string, JsonObject, Partial<Injection>, JsonObject])[] = [
  ['a pod without terms gets one', {}, { nodeRequirements: [A100] }, required({ matchExpressions: [A100_TEXT] })],
  [
    'a requirement goes into every term, since terms are alternatives',
    required(
      { matchExpressions: [ZONE_TEXT] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] },
    ),
    { nodeRequirements: [A100] },
    required(
      { matchExpressions: [ZONE_TEXT, A100_TEXT] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }], matchExpressions: [A100_TEXT] },
    ),
  ],
  [
    'a term that matches no node stays one that matches none',
    required({}, { matchExpressions: [ZONE_TEXT] }),
    { nodeRequirements: [A100] },
    required({}, { matchExpressions: [ZONE_TEXT, A100_TEXT] }),
  ],
  [
    'values are a set: the same requirement is not added again',
    required({ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['H100', 'A100'] }] }),
    { nodeRequirements: [A100] },
    required({ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['H100', 'A100'] }] }),
  ],
  [
    'a requirement that is wanted twice is written once',
    {},
    { nodeRequirements: [A100, A100] },
    required({ matchExpressions: [A100_TEXT] }),
  ],
  [
    'wishes come after those of the pod, and never twice',
    preferred({ weight: 7, preference: { matchExpressions: [ZONE_TEXT] } }),
    {
      nodePreferences: [
        { weight: 90, requirements: [{ key: 'zone', operator: 'Exists', values: [] }] },
        { weight: 400.4, requirements: [A100] },
      ],
    },
    preferred(
      { weight: 7, preference: { matchExpressions: [ZONE_TEXT] } },
      { weight: 100, preference: { matchExpressions: [A100_TEXT] } },
    ),
  ],
  [
    'a toleration is added where there is none',
    {},
    { tolerations: [GPU] },
    { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }] },
  ],
  [
    'a wider toleration is enough: of the key with every effect',
    { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
    { tolerations: [GPU] },
    { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
  ],
  [
    'a wider toleration is enough: of everything',
    { tolerations: [{ operator: 'Exists' }] },
    { tolerations: [GPU, { ...GPU, operator: 'Equal', value: 'a' }] },
    { tolerations: [{ operator: 'Exists' }] },
  ],
  [
    'a toleration of one value is not one of all',
    { tolerations: [{ key: 'gpu', value: 'a', effect: 'NoSchedule' }] },
    { tolerations: [GPU] },
    {
      tolerations: [
        { key: 'gpu', value: 'a', effect: 'NoSchedule' },
        { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' },
      ],
    },
  ],
  [
    'a toleration that ends is not one that stays',
    { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }] },
    { tolerations: [{ ...GPU, effect: 'NoExecute' }] },
    {
      tolerations: [
        { key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
        { key: 'gpu', operator: 'Exists', effect: 'NoExecute' },
      ],
    },
  ],
  [
    'a gate is added beside those of others, once',
    { schedulingGates: [{ name: 'theirs' }] },
    { schedulingGates: ['ours', 'ours', 'theirs'] },
    { schedulingGates: [{ name: 'theirs' }, { name: 'ours' }] },
  ],
  [
    'numbers of the old class go with its name',
    { priorityClassName: 'low', priority: 1, preemptionPolicy: 'Never' },
    { priorityClassName: 'high' },
    { priorityClassName: 'high' },
  ],
  [
    'numbers of the same class stay',
    { priorityClassName: 'high', priority: 1 },
    { priorityClassName: 'high' },
    { priorityClassName: 'high', priority: 1 },
  ],
  [
    'resources are asked for and limited in the container that is meant',
    { containers: [{ name: 'a' }, { name: 'b', resources: { limits: { cpu: '1' } } }] },
    { resources: [{ container: 1, name: 'nvidia.com/gpu', amount: '8' }] },
    {
      containers: [
        { name: 'a' },
        {
          name: 'b',
          resources: { limits: { cpu: '1', 'nvidia.com/gpu': '8' }, requests: { 'nvidia.com/gpu': '8' } },
        },
      ],
    },
  ],
  ['a runtime class is written', {}, { runtimeClassName: 'nvidia' }, { runtimeClassName: 'nvidia' }],
];

describe('inject', () => {
  for (const [name, spec, injection, want] of CASES) {
    it(name, () => expect(specAfter(spec, injection)).to.deep.equal(want));
  }

  it('writes into the template where it stands', () => {
    const job = { spec: { template: { spec: {} } } };
    const patch = new ObjectPatch(job);
    const facts = readTemplateFacts(job.spec.template, 'spec.template.');
    inject(patch, facts, ['spec', 'template'], { ...NO_INJECTION, tolerations: [GPU], labels: { a: 'b' } });
    expect(applyPatch(job, patch.operations)).to.deep.equal({
      spec: {
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }] },
        },
      },
    });
  });

  it('refuses requirements that would fill the object', () => {
    const terms = Array.from({ length: 200 }, () => ({ matchExpressions: [ZONE_TEXT] }));
    const pod = { spec: required(...terms) };
    const nodeRequirements = ['a', 'b', 'c'].map((key) => ({ key, operator: 'Exists' as const, values: [] }));
    const patch = new ObjectPatch(pod);
    const errors = inject(patch, readTemplateFacts(pod, ''), [], { ...NO_INJECTION, nodeRequirements });
    expect(errors.map(({ path }) => path)).to.deep.equal([
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms',
    ]);
    expect(patch.operations).to.deep.equal([]);
  });

  it('twice is once, whatever is wanted of whatever pod', () => {
    fc.assert(
      fc.property(podSpecs(), injections(), (spec, injection) => {
        const once = written({ spec }, injection);
        expect(written(once, injection)).to.deep.equal(once);
      }),
    );
  });

  it('never takes away what the pod said', () => {
    fc.assert(
      fc.property(podSpecs(), injections(), (spec, injection) => {
        const after = memberAt(written({ spec }, injection), 'spec');
        const list = (of: unknown): readonly unknown[] => {
          const found = memberAt(of, 'tolerations');
          return Array.isArray(found) ? found : [];
        };
        expect(list(after).slice(0, list(spec).length)).to.deep.equal(list(spec));
      }),
    );
  });
});

describe('joinInjections', () => {
  it('nothing and nothing is nothing', () => expect(joinInjections(NO_INJECTION, NO_INJECTION)).to.equal(NO_INJECTION));
  it('of two words on one thing the first counts', () => {
    const first = { ...NO_INJECTION, labels: { a: '1' }, runtimeClassName: 'x' };
    const second = { ...NO_INJECTION, labels: { a: '2', b: '2' }, runtimeClassName: 'y', priorityClassName: 'p' };
    const joined = joinInjections(NO_INJECTION, first, second);
    expect(joined.labels).to.deep.equal({ a: '1', b: '2' });
    expect([joined.runtimeClassName, joined.priorityClassName]).to.deep.equal(['x', 'p']);
  });
});

const KEY = fc.constantFrom('gpu', 'zone', 'rack');

function requirements(): fc.Arbitrary<readonly NodeRequirement[]> {
  const one = fc.record({
    key: KEY,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }),
  });
  return fc.array(one, { maxLength: 3 });
}

function tolerations(): fc.Arbitrary<readonly Toleration[]> {
  const one = fc.record({
    key: KEY,
    operator: fc.constantFrom('Equal' as const, 'Exists' as const),
    value: fc.constantFrom('', 'a'),
    effect: fc.constantFrom('', 'NoSchedule', 'NoExecute'),
  });
  return fc.array(one, { maxLength: 3 });
}

function injections(): fc.Arbitrary<Partial<Injection>> {
  return fc.record({
    nodeRequirements: requirements(),
    nodePreferences: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), requirements: requirements() }), {
      maxLength: 2,
    }),
    tolerations: tolerations(),
    schedulingGates: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    priorityClassName: fc.constantFrom('high', 'low'),
  });
}

function podSpecs(): fc.Arbitrary<JsonObject> {
  const term = fc.record({ matchExpressions: requirements() }, { requiredKeys: [] });
  const affinity = fc
    .array(term, { maxLength: 3 })
    .map((terms) => required(...(terms as unknown as readonly JsonObject[])));
  const own = tolerations().map((list) => ({ tolerations: list }) as unknown as JsonObject);
  return fc.tuple(fc.option(affinity, { nil: {} }), fc.option(own, { nil: {} })).map(([a, b]) => ({ ...a, ...b }));
}

import { expect } from 'chai';
import { projectQueue } from '../../../src/api/projections/queue.ts';
import { QUEUES } from '../../../src/api/resources.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutateQueue } from '../../../webhooks/queues/mutate.ts';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { request, view } from '../fixture.ts';

function raw(name: string, spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return { metadata: { name, uid: name, annotations }, spec };
}

/** root > top > mid > low, and a sibling of mid. */
const STORED = [
  raw('root', {}),
  raw('top', {
    parent: 'root',
    capability: { cpu: '10' },
    deserved: { cpu: '8' },
    guarantee: { resource: { cpu: '4' } },
  }),
  raw('mid', { parent: 'top' }),
  raw('low', { parent: 'mid', capability: { memory: '2Gi' }, deserved: { memory: '1Gi' } }),
  raw('side', { parent: 'top', deserved: { cpu: '3' }, guarantee: { resource: { cpu: '1' } } }),
  raw('placed', {}, { 'volcano.sh/hierarchy': 'root/sci/dev' }),
];

const CLUSTER = view({
  queues: {
    root: { hasChildren: true },
    top: { parent: 'root', hasChildren: true },
    mid: { parent: 'top' },
    low: { parent: 'mid' },
    side: { parent: 'top' },
  },
  records: new Map([[QUEUES, STORED.map(projectQueue)]]),
});

function review(object: JsonObject, oldObject?: JsonObject): string {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const verdict = validateQueueReview(request({ operation, object, oldObject }), CLUSTER);
  if (verdict.kind === 'allow') return 'allow';
  if (verdict.kind === 'error') return verdict.message;
  return verdict.errors.map(({ path, message }) => `${path}: ${message}`).join(' | ');
}

const below = (spec: JsonObject): JsonObject => raw('red', { parent: 'top', ...spec });

describe('a Queue and the queues around it', () => {
  const rows: Readonly<Record<string, readonly [object: JsonObject, want: string]>> = {
    'may have what the queue above has': [
      below({ capability: { cpu: '10' }, deserved: { cpu: '5' }, guarantee: { resource: { cpu: '3' } } }),
      'allow',
    ],
    'may have what the queue above says nothing about': [below({ capability: { memory: '9Ti' } }), 'allow'],
    'is not larger than the queue above': [
      below({ capability: { cpu: '11' } }),
      "spec.capability[cpu]: queue red capability[cpu]=11 exceeds its ancestor's capability=10, that of queue top",
    ],
    'is not larger than the one above that': [
      raw('red', { parent: 'mid', capability: { cpu: '11' } }),
      "spec.capability[cpu]: queue red capability[cpu]=11 exceeds its ancestor's capability=10, that of queue top",
    ],
    'deserves no more than its siblings leave': [
      below({ deserved: { cpu: '6' } }),
      "spec.deserved[cpu]: parent queue top validation failed: sum of children's deserved (cpu 9) exceeds parent's deserved limit (cpu 8)",
    ],
    'is guaranteed no more than its siblings leave': [
      below({ guarantee: { resource: { cpu: '3500m' } } }),
      "spec.guarantee.resource[cpu]: parent queue top validation failed: sum of children's guarantee (cpu 4500m) exceeds parent's guarantee limit (cpu 4)",
    ],
    'is not smaller than a queue below': [
      raw('top', { parent: 'root', capability: { memory: '1Gi' } }),
      "spec.capability[memory]: queue top capability[memory]=1Gi is smaller than its descendants' max capability=2Gi, that of queue low, which is below it",
    ],
    'deserves as much as those below it together': [
      raw('mid', { parent: 'top', deserved: { memory: '512Mi' } }),
      "spec.deserved[memory]: queue mid validation failed: sum of children's deserved (memory 1Gi) exceeds parent's deserved limit (memory 512Mi)",
    ],
    'has no place above the place of another': [
      raw('red', {}, { 'volcano.sh/hierarchy': 'root/sci' }),
      'metadata.annotations[volcano.sh/hierarchy]: root/sci is not allowed to be in the sub path of root/sci/dev of queue placed',
    ],
    'may have a place whose name only begins like that': [
      raw('red', {}, { 'volcano.sh/hierarchy': 'root/sc' }),
      'allow',
    ],
    'has no weight of nothing in its place': [
      raw('red', {}, { 'volcano.sh/hierarchy': 'root/a', 'volcano.sh/hierarchy-weights': '1/0' }),
      'metadata.annotations[volcano.sh/hierarchy-weights]: 0 in the 1/0 must be larger than 0',
    ],
    'has a weight for each part of its place': [
      raw('red', {}, { 'volcano.sh/hierarchy': 'root/a', 'volcano.sh/hierarchy-weights': '1' }),
      'metadata.annotations[volcano.sh/hierarchy-weights]: volcano.sh/hierarchy must have the same length with volcano.sh/hierarchy-weights: has no number for each part of root/a',
    ],
    'is told in words that its amounts contradict each other': [
      raw('red', { capability: { cpu: '1' }, deserved: { cpu: '2' }, guarantee: { resource: { cpu: '3' } } }),
      'spec.deserved[cpu]: deserved[cpu]=2 must be <= capability[cpu]=1 | spec.guarantee.resource[cpu]: guarantee[cpu]=3 must be <= capability[cpu]=1 | spec.guarantee.resource[cpu]: deserved[cpu]=2 must be >= guarantee[cpu]=3',
    ],
  };
  for (const [name, [object, want]] of Object.entries(rows)) {
    it(name, () => {
      expect(review(object)).to.equal(want);
    });
  }

  it('is not deleted while it has children, and they are named', () => {
    const verdict = validateQueueReview(
      request({ operation: 'DELETE', name: 'top', oldObject: raw('top', {}) }),
      CLUSTER,
    );
    expect(verdict.kind === 'deny' && verdict.errors.map(({ message }) => message)).to.deep.equal([
      'queue top can not be deleted because it has 2 child queues: mid, side; delete or move them first',
    ]);
  });
});

describe('a new Queue', () => {
  const patched = (object: JsonObject): unknown => {
    const verdict = mutateQueue(request({ operation: 'CREATE', object }));
    return (
      verdict.kind === 'allow' &&
      verdict.patch.map(({ path, ...rest }) => `${path} ${'value' in rest ? JSON.stringify(rest.value) : ''}`)
    );
  };
  const place = (path: string, weights: string) =>
    raw('red', { reclaimable: false }, { 'volcano.sh/hierarchy': path, 'volcano.sh/hierarchy-weights': weights });

  it('may be reclaimed and has a weight, unless it says otherwise', () => {
    expect(patched(raw('red', { weight: 0 }))).to.deep.equal(['/spec/reclaimable true', '/spec/weight 1']);
    expect(patched(raw('red', { weight: 3, reclaimable: false }))).to.deep.equal([]);
  });

  it('has a place that begins at the root', () => {
    expect(patched(place('a/b', '2/3'))).to.deep.equal([
      '/metadata/annotations/volcano.sh~1hierarchy "root/a/b"',
      '/metadata/annotations/volcano.sh~1hierarchy-weights "1/2/3"',
    ]);
    expect(patched(place('root/a', '1/2'))).to.deep.equal([]);
    expect(patched(place('root', '1'))).to.deep.equal([]);
  });
});

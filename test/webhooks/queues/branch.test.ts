import { expect } from 'chai';
import { projectQueue } from '../../../src/api/projections/queue.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { QUEUES } from '../../../src/api/resources.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { request, summary, view } from '../fixture.ts';

function queue(name: string, spec: JsonObject): JsonObject {
  return { metadata: { name, uid: name }, spec };
}

const guarantee = (cpu: string): JsonObject => ({ resource: { cpu } });

/** eng has 10 cpus, of which its child web may have 6 and web's child api 4. */
const TREE: readonly JsonObject[] = [
  queue('root', {}),
  queue('eng', { capability: { cpu: '10' }, deserved: { cpu: '8' }, guarantee: guarantee('4') }),
  queue('web', { parent: 'eng', capability: { cpu: '6' }, deserved: { cpu: '5' }, guarantee: guarantee('3') }),
  queue('api', { parent: 'web', capability: { cpu: '4' } }),
  queue('open', { parent: 'eng', capability: { memory: '1Gi' } }),
];

function cluster(objects: readonly JsonObject[] = TREE): ClusterView {
  const records = objects
    .map((object) => projectQueue(object))
    .filter((record): record is QueueRecord => record !== undefined);
  const queues = Object.fromEntries(records.map(({ name, parent }) => [name, { parent }]));
  return view({ queues, records: new Map([[QUEUES, records]]) });
}

function review(object: JsonObject, oldObject?: JsonObject): Verdict {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  return validateQueueReview(request({ operation, object, oldObject }), cluster());
}

const BAD = '422 InvalidQueueSpec';

describe('a Queue in a tree', () => {
  const rows: readonly (readonly [rule: string, passes: JsonObject, refused: JsonObject, path: string])[] = [
    [
      'may hold no more than the next one above that is limited',
      queue('new', { parent: 'web', capability: { cpu: '6', memory: '1Ti' } }),
      queue('new', { parent: 'web', capability: { cpu: '7' } }),
      'spec.capability[cpu]',
    ],
    [
      'may hold no more than one further up, where the next one is not limited',
      queue('new', { parent: 'open', capability: { cpu: '10' } }),
      queue('new', { parent: 'open', capability: { cpu: '11' } }),
      'spec.capability[cpu]',
    ],
    [
      'is guaranteed no more than is left of what its parent is guaranteed',
      queue('new', { parent: 'eng', guarantee: guarantee('1') }),
      queue('new', { parent: 'eng', guarantee: guarantee('2') }),
      'spec.guarantee.resource[cpu]',
    ],
    [
      'deserves no more than is left of what its parent deserves',
      queue('new', { parent: 'eng', deserved: { cpu: '3' } }),
      queue('new', { parent: 'eng', deserved: { cpu: '4' } }),
      'spec.deserved[cpu]',
    ],
  ];
  for (const [rule, passes, refused, path] of rows) {
    it(rule, () => {
      expect(summary(review(passes))).to.equal('allow');
      expect(summary(review(refused))).to.equal(`${BAD} ${path}`);
    });
  }

  it('may say anything below root', () => {
    const spec = { capability: { cpu: '99' }, deserved: { cpu: '99' }, guarantee: guarantee('99') };
    for (const parent of [{}, { parent: 'root' }])
      expect(summary(review(queue('new', { ...spec, ...parent })))).to.equal('allow');
  });

  it('does not shrink below what a queue below it may hold, at whatever level', () => {
    const [, eng = {}] = TREE;
    const sized = (cpu: string): JsonObject => queue('eng', { capability: { cpu } });
    expect(summary(review(sized('6'), eng))).to.equal('allow');
    const verdict = review(sized('5'), eng);
    expect(summary(verdict)).to.equal(`${BAD} spec.capability[cpu]`);
    expect(verdict.kind === 'deny' && verdict.errors[0]?.message).to.include('queue web, which is below it');
  });

  it('is not asked again about what it said before', () => {
    const odd = queue('odd', { parent: 'web', capability: { cpu: '7' } });
    expect(summary(review(queue('odd', { parent: 'web', capability: { cpu: '7' }, weight: 2 }), odd))).to.equal(
      'allow',
    );
    expect(summary(review(queue('odd', { parent: 'web', capability: { cpu: '8' } }), odd))).to.match(/^422 /);
  });

  it('is looked at once more with its parent as the API server has it', () => {
    const verdict = review(queue('new', { parent: 'web', capability: { cpu: '7' } }));
    expect(verdict.kind === 'deny' && verdict.doubts?.map(({ name }) => name)).to.deep.equal(['web']);
  });

  it('survives trees that are none', () => {
    const circle = cluster([queue('a', { parent: 'b' }), queue('b', { parent: 'a' }), queue('c', { parent: 'gone' })]);
    for (const parent of ['a', 'c']) {
      const object = queue('new', { parent, capability: { cpu: '1' } });
      validateQueueReview(request({ object }), circle);
    }
    const object = queue('a', { parent: 'b', capability: { cpu: '1' } });
    validateQueueReview(request({ operation: 'UPDATE', object, oldObject: queue('a', { parent: 'b' }) }), circle);
  });
});

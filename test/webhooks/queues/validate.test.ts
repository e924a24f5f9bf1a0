import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { request, summary, view } from '../fixture.ts';

function queue(spec: JsonObject, name = 'red', status: JsonObject = {}): JsonObject {
  return { metadata: { name }, spec, status };
}

function review(object: JsonObject, oldObject?: JsonObject, cluster: ClusterView = view()): string {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  return summary(validateQueueReview(request({ operation, object, oldObject }), cluster));
}

const BAD = '422 InvalidQueueSpec';

describe('a Queue', () => {
  const specs: readonly (readonly [string, JsonObject, string])[] = [
    ['with nothing said', {}, 'allow'],
    [
      'with a sound spec',
      { weight: 4, capability: { cpu: '8' }, deserved: { cpu: 4 }, guarantee: { resource: { cpu: '500m' } } },
      'allow',
    ],
    ['without weight', { weight: 0 }, `${BAD} spec.weight`],
    ['with too much weight', { weight: 70_000 }, `${BAD} spec.weight`],
    ['with half a weight', { weight: 1.5 }, `${BAD} spec.weight`],
    ['with an amount that is none', { capability: { cpu: 'lots' } }, `${BAD} spec.capability[cpu]`],
    ['with a negative amount', { deserved: { memory: '-1Gi' } }, `${BAD} spec.deserved[memory]`],
    [
      'deserving more than it may hold',
      { capability: { cpu: '2' }, deserved: { cpu: '2001m' } },
      `${BAD} spec.deserved[cpu]`,
    ],
    ['deserving what has no limit', { capability: { cpu: '2' }, deserved: { memory: '1Ti' } }, 'allow'],
    [
      'guaranteed more than it deserves',
      { deserved: { cpu: '1' }, guarantee: { resource: { cpu: '2' } } },
      `${BAD} spec.guarantee.resource[cpu]`,
    ],
    [
      'guaranteed what it does not deserve',
      { deserved: { cpu: '1' }, guarantee: { resource: { memory: '2Gi' } } },
      `${BAD} spec.guarantee.resource[memory]`,
    ],
    ['guaranteed something, deserving nothing said', { guarantee: { resource: { cpu: '2' } } }, 'allow'],
    [
      'guaranteed more than it may hold',
      { capability: { cpu: '1' }, guarantee: { resource: { cpu: '2' } } },
      `${BAD} spec.guarantee.resource[cpu]`,
    ],
    [
      'with several mistakes',
      { weight: 0, capability: { 'nvidia.com/gpu': 'x', cpu: '' } },
      `${BAD} spec.weight spec.capability[nvidia.com/gpu] spec.capability[cpu]`,
    ],
    ['with devices of a class', { capability: { 'gpu.deviceclass.resource.k8s.io/devices': 4 } }, 'allow'],
    ['with a class by its resource', { capability: { 'deviceclass.resource.kubernetes.io/gpu': 4 } }, 'allow'],
    [
      'guaranteed more devices of a class than it may hold',
      {
        capability: { 'gpu.deviceclass.resource.k8s.io/devices': 1 },
        guarantee: { resource: { 'gpu.deviceclass.resource.k8s.io/devices': 2 } },
      },
      `${BAD} spec.guarantee.resource[gpu.deviceclass.resource.k8s.io/devices]`,
    ],
    ['with devices of all vendors', { capability: { 'sluice.dev/gpu': '2500m' } }, 'allow'],
    ['with memory of devices of all vendors', { capability: { 'sluice.dev/gpu-memory': '640Gi' } }, 'allow'],
    [
      'with memory of devices of which nobody knows any',
      { capability: { 'sluice.dev/fpga-memory': '640Gi' } },
      `${BAD} spec.capability[sluice.dev/fpga-memory]`,
    ],
    [
      'guaranteed devices of all vendors',
      { guarantee: { resource: { 'sluice.dev/gpu': 1 } } },
      `${BAD} spec.guarantee.resource[sluice.dev/gpu]`,
    ],
    ["with a class as Volcano's queues name it", { capability: { 'deviceclass/gpu': 4 } }, 'allow'],
    [
      'with parts of the devices of a class',
      { capability: { 'cores.deviceclass/gpu': 4 } },
      `${BAD} spec.capability[cores.deviceclass/gpu]`,
    ],
    [
      'with a class as quotas name what pods ask for',
      { capability: { 'requests.deviceclass.resource.kubernetes.io/gpu': 4 } },
      `${BAD} spec.capability[requests.deviceclass.resource.kubernetes.io/gpu]`,
    ],
    ['under another', { parent: 'blue' }, 'allow'],
    ['under root', { parent: 'root' }, 'allow'],
    ['under itself', { parent: 'red' }, `${BAD} spec.parent`],
    ['under nothing', { parent: 'green' }, `${BAD} spec.parent`],
  ];
  for (const [name, spec, want] of specs) {
    it(`${name}: ${want}`, () => expect(review(queue(spec))).to.equal(want));
  }

  it('under a parent that is not listed yet passes', () => {
    expect(review(queue({ parent: 'green' }), undefined, view({ synced: false }))).to.equal('allow');
  });

  it('comes below none that has pods of its own, unless others are there already', () => {
    const held = { red: new Map([['pods', 2]]) };
    const [red, low] = [{ red: {} }, { red: { hasChildren: true }, low: { parent: 'red' } }];
    const words = 'queue green cannot be the parent queue of queue red because it has allocated Pods: 2';
    const verdict = validateQueueReview(
      request({ operation: 'CREATE', object: queue({ parent: 'green' }) }),
      view({ queues: { green: {} }, held: { green: new Map([['pods', 2]]) } }),
    );
    expect(verdict.kind === 'deny' && verdict.errors[0]?.message).to.equal(words);
    expect(review(queue({ parent: 'red' }, 'new'), undefined, view({ queues: red, held }))).to.equal(
      `${BAD} spec.parent`,
    );
    expect(review(queue({ parent: 'red' }, 'new'), undefined, view({ queues: low, held }))).to.equal('allow');
    expect(review(queue({ parent: 'red' }, 'new'), undefined, view({ queues: red }))).to.equal('allow');
  });

  it('may not come above itself', () => {
    const cluster = view({ queues: { red: {}, mid: { parent: 'red' }, low: { parent: 'mid' } } });
    expect(review(queue({ parent: 'low' }), queue({}), cluster)).to.equal(`${BAD} spec.parent`);
  });

  it('may not be deeper than five levels', () => {
    const chain = {
      a: { parent: 'root' },
      b: { parent: 'a' },
      c: { parent: 'b' },
      d: { parent: 'c' },
      e: { parent: 'd' },
    };
    expect(review(queue({ parent: 'd' }), undefined, view({ queues: chain }))).to.equal('allow');
    expect(review(queue({ parent: 'e' }), undefined, view({ queues: chain }))).to.equal(`${BAD} spec.parent`);
  });

  it('ends the walk up when queues point at each other', () => {
    const loop = view({ queues: { a: { parent: 'b' }, b: { parent: 'a' } } });
    expect(review(queue({ parent: 'a' }), undefined, loop)).to.equal(`${BAD} spec.parent`);
  });

  it('whose parent went away may still be changed', () => {
    expect(review(queue({ parent: 'gone', weight: 2 }), queue({ parent: 'gone' }))).to.equal('allow');
  });

  it('may be asked to open or close, and keeps what controllers wrote', () => {
    expect(review(queue({}, 'red', { state: 'Closed' }))).to.equal('allow');
    expect(review(queue({}, 'red', { state: 'Ajar' }))).to.equal(`${BAD} status.state`);
    const closing = queue({}, 'red', { state: 'Closing' });
    expect(review(closing, closing)).to.equal('allow');
  });

  it('on its way out is not looked at', () => {
    const old = { ...queue({}), metadata: { name: 'red', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(review(queue({ weight: 0 }), old)).to.equal('allow');
  });
});

describe('a place in a tree of annotations', () => {
  function placed(path: string, weights: string, weight = 1): JsonObject {
    const annotations = { 'volcano.sh/hierarchy': path, 'volcano.sh/hierarchy-weights': weights };
    return { metadata: { name: 'red', annotations }, spec: { weight } };
  }

  it('is refused when it cannot be read, with the annotation', () => {
    expect(review(placed('root/a', '1/2'))).to.equal('allow');
    expect(review(placed('root//a', '1/2/3'))).to.equal(`${BAD} metadata.annotations[volcano.sh/hierarchy]`);
    expect(review(placed('root/a', '1/x'))).to.equal(`${BAD} metadata.annotations[volcano.sh/hierarchy-weights]`);
    expect(review(placed('', '1'))).to.equal(`${BAD} metadata.annotations[volcano.sh/hierarchy]`);
  });

  it('that stood there before need not be mended with another change', () => {
    expect(review(placed('root/a', '1/x', 2), placed('root/a', '1/x'))).to.equal('allow');
  });

  it('is told to need a policy that looks at it', () => {
    const warnings = (old?: JsonObject): unknown => {
      const operation = old === undefined ? 'CREATE' : 'UPDATE';
      const verdict = validateQueueReview(
        request({ operation, object: placed('root/a', '1/2'), oldObject: old }),
        view(),
      );
      return verdict.kind === 'allow' && verdict.warnings;
    };
    const needs = 'has no effect unless the scheduler has the plugin drf with enableHierarchy';
    expect(warnings()).to.deep.equal([`metadata.annotations[volcano.sh/hierarchy] ${needs}`]);
    expect(warnings(placed('root/a', '1/3'))).to.deep.equal([]);
  });
});

describe('the root queue', () => {
  it('cannot be resized', () => {
    const old = queue({ capability: { cpu: '1' } }, 'root');
    expect(review(queue({ capability: { cpu: '1000m' }, weight: 2 }, 'root'), old)).to.equal('allow');
    expect(review(queue({ capability: { cpu: '2' } }, 'root'), old)).to.equal(`${BAD} spec.capability`);
  });

  it('has no parent', () => expect(review(queue({ parent: 'blue' }, 'root'))).to.equal(`${BAD} spec.parent`));
});

describe('fields of a Queue that nothing acts on', () => {
  function warningsOf(spec: JsonObject, old?: JsonObject): unknown {
    const oldObject = old && queue(old);
    const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
    const verdict = validateQueueReview(request({ operation, object: queue(spec), oldObject }), view());
    return verdict.kind === 'allow' && verdict.warnings;
  }

  it('are told, each when it is set', () => {
    const spec = {
      deserved: { cpu: '1' },
      reclaimable: true,
      extendClusters: [],
      dequeueStrategy: 'fifo',
      weight: 2,
    };
    const fields = ['extendClusters'];
    expect(warningsOf(spec)).to.deep.equal(fields.map((field) => `spec.${field} has no effect yet`));
    expect(warningsOf({ ...spec, weight: 3 }, spec)).to.deep.equal([]);
    expect(warningsOf({ dequeueStrategy: 'traverse', weight: 2, affinity: null })).to.deep.equal([]);
  });

  it('are told what they need, where they have an effect under some policies', () => {
    const deserved = { 'gpu.deviceclass.resource.k8s.io/devices': 1, cpu: '1' };
    expect(warningsOf({ deserved })).to.deep.equal([
      'spec.deserved[gpu.deviceclass.resource.k8s.io/devices] has no effect unless the scheduler has the plugin capacity',
    ]);
    const needs = 'spec.affinity has no effect unless the scheduler has the plugin nodegroup';
    const spec = { affinity: { nodeGroupAffinity: {} } };
    expect(warningsOf(spec)).to.deep.equal([needs]);
    expect(warningsOf({ ...spec, weight: 2 }, spec)).to.deep.equal([]);
  });

  it('are told when they are annotations', () => {
    const annotations = { 'volcano.sh/nodegroup-resource-limits': '{}' };
    const object = { metadata: { name: 'red', annotations }, spec: {} };
    const verdict = validateQueueReview(request({ operation: 'CREATE', object }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'metadata.annotations[volcano.sh/nodegroup-resource-limits] has no effect yet',
    ]);
  });
});

describe('deleting a Queue', () => {
  it('in which groups wait or run is refused, and names them', () => {
    const groups = Array.from({ length: 7 }, (_, at) => ({
      namespace: 'n',
      name: `g${at}`,
      queue: 'blue',
      ownerUid: '',
    }));
    const full = view({ groups });
    const verdict = validateQueueReview(
      request({ operation: 'DELETE', name: 'blue', oldObject: queue({}, 'blue') }),
      full,
    );
    expect(summary(verdict)).to.equal('403 QueueInUse metadata.name');
    expect(verdict.kind === 'deny' && verdict.errors[0]?.message).to.equal(
      'PodGroups in it have not come to their end: n/g0, n/g1, n/g2, n/g3, n/g4 and 2 more; delete them first',
    );
  });

  const cluster = view({ queues: { root: {}, default: {}, blue: {}, tree: { hasChildren: true } } });
  const cases: readonly (readonly [string, string])[] = [
    ['blue', 'allow'],
    ['root', '403 ProtectedQueue metadata.name'],
    ['default', '403 ProtectedQueue metadata.name'],
    ['tree', '403 QueueHasChildren metadata.name'],
  ];
  for (const [name, want] of cases) {
    it(`${name}: ${want}`, () => {
      expect(
        summary(validateQueueReview(request({ operation: 'DELETE', name, oldObject: queue({}, name) }), cluster)),
      ).to.equal(want);
      const ofCollection = request({ operation: 'DELETE', name: '', oldObject: queue({}, name) });
      expect(summary(validateQueueReview(ofCollection, cluster))).to.equal(want);
    });
  }
});

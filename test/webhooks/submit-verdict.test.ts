import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../../webhooks/admission.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { validateQueueReview } from '../../webhooks/queues/validate.ts';
import { claimedInventory } from './accelerators/claimed.ts';
import { request, summary, view } from './fixture.ts';

/** Eight nodes of 64 CPUs and 8 GPUs; the queue `small` may hold 100 CPUs. */
const ROOM = {
  totals: new Map([
    ['cpu', 512_000],
    ['nvidia.com/gpu', 64],
  ]),
  largestNode: new Map([
    ['cpu', 64_000],
    ['nvidia.com/gpu', 8],
  ]),
  served: new Map([['example.com/nic', 'nics']]),
};
const QUEUES = {
  default: {},
  small: { capability: new Map([['cpu', 100_000]]) },
  below: { parent: 'small', capability: new Map([['cpu', 400_000]]) },
};
const CLUSTER = view({ room: ROOM, queues: QUEUES });

function podSpec(requests: JsonObject): JsonObject {
  return { schedulerName: 'default-scheduler', containers: [{ name: 'main', resources: { requests } }] };
}

function job(pods: number, requests: JsonObject, labels: JsonObject = {}): JsonObject {
  return { metadata: { name: 'train', labels }, spec: { parallelism: pods, template: { spec: podSpec(requests) } } };
}

function warningsOf(verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'allow') throw new Error(JSON.stringify(verdict));
  return verdict.warnings;
}

describe('what will never fit is told when it is submitted', () => {
  const jobs: readonly (readonly [string, JsonObject, readonly string[]])[] = [
    ['a Job that fits', job(8, { cpu: '64' }), []],
    [
      'a Job with a pod larger than every node',
      job(1, { 'nvidia.com/gpu': '9' }),
      ['nvidia.com/gpu: a pod asks for 9 and the largest node has 8: it can never start'],
    ],
    [
      'a Job that asks for what no node has',
      job(1, { 'example.com/fpga': '1' }),
      [
        'example.com/fpga: a pod asks for 1 and the largest node has 0: it can never start',
        'example.com/fpga: 1 are asked for together and the cluster has 0: they can never start',
      ],
    ],
    [
      'a Job larger than the cluster',
      job(9, { cpu: '60' }),
      ['cpu: 540 are asked for together and the cluster has 512: they can never start'],
    ],
    [
      'a Job larger than a queue above its own',
      job(2, { cpu: '60' }, { 'volcano.sh/queue-name': 'below' }),
      ['cpu: 120 are asked for together and queue small may hold 100: they can never start'],
    ],
    [
      'a Job larger than its queue',
      job(2, { cpu: '60' }, { 'volcano.sh/queue-name': 'small' }),
      ['cpu: 120 are asked for together and queue small may hold 100: they can never start'],
    ],
  ];
  for (const [name, object, want] of jobs) {
    it(`of ${name}`, () => {
      expect(warningsOf(mutateJob(request({ object }), CLUSTER))).to.deep.equal(want);
    });
  }

  it('of a Job whose wish comes to more claimed devices than a queue may hold', () => {
    const attributes = { type: 'gpu', productName: 'NVIDIA A10' };
    const node = [{ driver: 'gpu.nvidia.com', count: 8, attributes, capacity: { memory: '23028Mi' } }];
    const limits = new Map([['gpu.nvidia.com.deviceclass.resource.k8s.io/devices', 5]]);
    const cluster = view({
      room: ROOM,
      queues: { default: { capability: limits } },
      devices: claimedInventory({ n1: node }),
    });
    const annotations = { 'sluice.dev/accelerators': '2 x gpu' };
    const asking = (pods: number): JsonObject => ({
      metadata: { name: 'train', annotations },
      spec: { parallelism: pods, template: { spec: podSpec({ cpu: '1' }) } },
    });
    const told = (pods: number): readonly string[] => {
      const verdict = mutateJob(request({ object: asking(pods) }), cluster);
      return warningsOf(verdict).filter((warning) => warning.includes('never'));
    };
    expect(told(2)).to.deep.equal([]);
    expect(told(3)).to.deep.equal([
      'devices of class gpu.nvidia.com: 6 are asked for together and queue default may hold 5: they can never start',
    ]);
  });

  it('of a pod with more devices than a queue may hold of all vendors together, and of parts that nobody can tell', () => {
    const cluster = view({ queues: { default: { capability: new Map([['sluice.dev/gpu', 1500]]) } } });
    expect(warningsOf(mutateJob(request({ object: job(1, { 'amd.com/gpu': '2' }) }), cluster))).to.deep.equal([
      'sluice.dev/gpu: a pod asks for 2 and queue default may hold 1500m: it can never start',
    ]);
    expect(warningsOf(mutateJob(request({ object: job(1, { 'nvidia.com/gpu.shared': '1' }) }), cluster))).to.deep.equal(
      ['nvidia.com/gpu.shared counts as whole devices in sluice.dev/gpu of queue default'],
    );
  });

  it('of devices with more memory than a queue may hold, by the model that the pod is held to', () => {
    const cluster = view({
      queues: { default: { capability: new Map([['sluice.dev/gpu-memory', 64 * 1024 * 1024]]) } },
    });
    const held = (product: string, gpus: string): JsonObject => ({
      metadata: { name: 'train' },
      spec: {
        template: {
          spec: { ...podSpec({ 'nvidia.com/gpu': gpus }), nodeSelector: { 'nvidia.com/gpu.product': product } },
        },
      },
    });
    const told = (object: JsonObject): readonly string[] => warningsOf(mutateJob(request({ object }), cluster));
    expect(told(held('Tesla-T4', '4'))).to.deep.equal([]);
    expect(told(held('Tesla-T4', '5'))).to.deep.equal([
      'sluice.dev/gpu-memory: a pod asks for 80Gi and queue default may hold 64Gi: it can never start',
    ]);
    expect(told(job(1, { 'nvidia.com/gpu': '1' }))).to.deep.equal([
      'sluice.dev/gpu-memory: a pod asks for 288Gi and queue default may hold 64Gi: it can never start',
      'nvidia.com/gpu counts as 288Gi each in sluice.dev/gpu-memory of queue default: its nodes are of no one model',
    ]);
  });

  it('of an application that asks for more than its queue together with its executors', () => {
    const labels = { 'spark-role': 'driver', 'spark-app-selector': 'spark-a', 'volcano.sh/queue-name': 'small' };
    const annotations = { 'sluice.dev/spark-min-executors': '4' };
    const object = { metadata: { name: 'd', labels, annotations }, spec: podSpec({ cpu: '30' }) };
    expect(warningsOf(mutatePod(request({ object }), CLUSTER))).to.deep.equal([
      'cpu: 150 are asked for together and queue small may hold 100: they can never start',
    ]);
  });

  it('of a bare pod and of a Deployment', () => {
    const want = ['cpu: a pod asks for 65 and the largest node has 64: it can never start'];
    const pod = { metadata: { name: 'a' }, spec: podSpec({ cpu: '65' }) };
    expect(warningsOf(mutatePod(request({ object: pod }), CLUSTER))).to.deep.equal(want);
    const deployment = { metadata: { name: 'a' }, spec: { template: { spec: podSpec({ cpu: '65' }) } } };
    expect(warningsOf(mutateWorkload(request({ object: deployment, resource: 'deployments' }), CLUSTER))).to.deep.equal(
      want,
    );
  });

  it('but not to controllers, and not before the size of the cluster is known', () => {
    const pod = { metadata: { name: 'a' }, spec: podSpec({ cpu: '65' }) };
    const username = 'system:serviceaccount:kube-system:replicaset-controller';
    const unknown: ClusterView = view({ queues: QUEUES });
    expect(warningsOf(mutatePod(request({ object: pod, username }), CLUSTER))).to.deep.equal([]);
    expect(warningsOf(mutatePod(request({ object: pod }), unknown))).to.deep.equal([]);
  });

  it('of a guarantee that is larger than what a queue above may hold', () => {
    const spec = { parent: 'small', guarantee: { resource: { cpu: '200', memory: '1Ti' } } };
    expect(warningsOf(validateQueueReview(request({ object: { metadata: { name: 'q' }, spec } }), CLUSTER))).to.include(
      'spec.guarantee.resource[cpu]: 200 is more than queue small may hold, and all of that is kept for it (100)',
    );
  });

  it('of a guarantee that is larger than the cluster', () => {
    const object = { metadata: { name: 'q' }, spec: { guarantee: { resource: { cpu: '9999' } } } };
    expect(warningsOf(validateQueueReview(request({ object }), CLUSTER))).to.deep.equal([
      'spec.guarantee.resource[cpu]: 9999 is more than the cluster has (512)',
    ]);
  });
});

describe('what has to wait is told when it is submitted', () => {
  const free = new Map([
    ['cpu', 12_000],
    ['nvidia.com/gpu', 64],
  ]);
  const held = { small: new Map([['cpu', 80_000]]) };
  const cases: readonly (readonly [string, JsonObject, ClusterView, readonly string[]])[] = [
    ['nothing of a Job that may start', job(1, { cpu: '12' }), view({ room: ROOM, queues: QUEUES, free }), []],
    [
      'what nodes lack',
      job(2, { cpu: '8' }),
      view({ room: ROOM, queues: QUEUES, free }),
      ['it has to wait: cpu: 16 asked for together, 12 free'],
    ],
    [
      'what is left of the capability of a queue above, and who waits already',
      job(2, { cpu: '15' }, { 'volcano.sh/queue-name': 'below' }),
      view({ room: ROOM, queues: QUEUES, held, free: ROOM.totals, waiting: { below: 3, default: 9 } }),
      [
        'it has to wait: cpu: 30 asked for together, 20 left of what queue small may hold',
        'groups that wait in queue below already: 3',
      ],
    ],
    [
      'nothing before it is known',
      job(2, { cpu: '8' }),
      view({ room: ROOM, queues: QUEUES, waiting: { default: 1 } }),
      [],
    ],
  ];
  for (const [name, object, cluster, want] of cases) {
    it(name, () => expect(warningsOf(mutateJob(request({ object }), cluster))).to.deep.equal(want));
  }
});

describe('what will never fit, where the operator wants that', () => {
  const refusing = view({ room: ROOM, queues: QUEUES, neverFits: 'refuse' });
  const deployment = { metadata: { name: 'a' }, spec: { template: { spec: podSpec({ cpu: '65' }) } } };
  const ofDeployments = { resource: 'deployments', group: 'apps' };

  it('is refused, with the field and the numbers', () => {
    const verdict = mutateJob(request({ object: job(9, { cpu: '60' }) }), refusing);
    expect(summary(verdict)).to.equal('422 NeverFits spec.template.spec');
    expect(verdict.kind === 'deny' && verdict.errors[0]?.message).to.equal(
      'cpu: 540 are asked for together and the cluster has 512: they can never start',
    );
    const pod = { metadata: { name: 'a' }, spec: podSpec({ cpu: '65' }) };
    expect(summary(mutatePod(request({ object: pod }), refusing))).to.equal('422 NeverFits spec');
    expect(summary(mutateWorkload(request({ object: deployment, ...ofDeployments }), refusing))).to.equal(
      '422 NeverFits spec.template.spec',
    );
  });

  it('is not refused to controllers, which would try again, nor when something else is changed', () => {
    const pod = { metadata: { name: 'a' }, spec: podSpec({ cpu: '65' }) };
    const username = 'system:serviceaccount:kube-system:replicaset-controller';
    expect(summary(mutatePod(request({ object: pod, username }), refusing))).to.equal('patch');
    const update = request({ object: deployment, oldObject: deployment, operation: 'UPDATE', ...ofDeployments });
    expect(warningsOf(mutateWorkload(update, refusing)).length).to.equal(1);
  });

  it('is not by its amounts what a DeviceClass serves: nodes are asked for the devices', () => {
    for (const name of ['example.com/nic', 'deviceclass.resource.kubernetes.io/tpus']) {
      const { kind, warnings } = mutateJob(request({ object: job(3, { [name]: '2' }) }), refusing) as Verdict & {
        warnings: readonly string[];
      };
      expect([kind === 'deny', warnings.filter((text) => text.startsWith(name))]).to.deep.equal([false, []]);
    }
    const both = job(3, { 'example.com/nic': '2', 'example.com/fpga': '1' });
    expect(summary(mutateJob(request({ object: both }), refusing))).to.match(/^422 NeverFits spec/);
  });

  it('is not told where that is to be ignored', () => {
    const ignoring = view({ room: ROOM, queues: QUEUES, neverFits: 'ignore' });
    expect(warningsOf(mutateJob(request({ object: job(9, { cpu: '60' }) }), ignoring))).to.deep.equal([]);
  });
});

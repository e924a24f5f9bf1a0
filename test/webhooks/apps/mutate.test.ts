import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { mutateWorkload } from '../../../webhooks/apps/mutate.ts';
import { patched, request, summary, view } from '../fixture.ts';

const QUEUE = 'scheduling.volcano.sh/queue-name';
const QUEUE_LABEL = 'volcano.sh/queue-name';
const MIN_MEMBER = 'scheduling.volcano.sh/group-min-member';
const GROUP = 'scheduling.k8s.io/group-name';

interface Parts {
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly template?: JsonObject;
  readonly spec?: JsonObject;
  readonly podSpec?: JsonObject;
}

function workload({ labels = {}, annotations = {}, template = {}, spec = {}, podSpec = {} }: Parts): JsonObject {
  const pod = { metadata: { labels: { app: 'web' }, ...template }, spec: { containers: [], ...podSpec } };
  return { metadata: { name: 'web', labels, annotations }, spec: { replicas: 2, ...spec, template: pod } };
}

function review(
  object: JsonObject,
  oldObject?: JsonObject,
  resource = 'deployments',
  cluster: ClusterView = view(),
): Verdict {
  const operation: AdmissionRequest['operation'] = oldObject === undefined ? 'CREATE' : 'UPDATE';
  return mutateWorkload(request({ group: 'apps', resource, operation, object, oldObject }), cluster);
}

/** The queue that the pods will take. */
function queueOf(object: JsonObject, oldObject?: JsonObject): readonly string[] {
  const after = patched(object, review(object, oldObject));
  const metadata = ['spec', 'template', 'metadata'];
  return [stringAt(after, [...metadata, 'labels', QUEUE_LABEL]), stringAt(after, [...metadata, 'annotations', QUEUE])];
}

const BLUE = workload({ annotations: { [QUEUE]: 'blue' } });
const BLUE_STORED = patched(BLUE, review(BLUE));

describe('a ReplicaSet that somebody made by hand', () => {
  it('hands its queue to its pods, and may have a minimum: it starts them side by side', () => {
    const object = workload({ labels: { [QUEUE_LABEL]: 'blue' }, template: { annotations: { [MIN_MEMBER]: '2' } } });
    const after = patched(object, review(object, undefined, 'replicasets'));
    expect(stringAt(after, ['spec', 'template', 'metadata', 'labels', QUEUE_LABEL])).to.equal('blue');
  });
});

describe('a Deployment', () => {
  it('hands the queue that it names itself to its pods', () => {
    expect(queueOf(BLUE)).to.deep.equal(['blue', 'blue']);
    expect(queueOf(workload({ labels: { [QUEUE_LABEL]: 'blue' } }))).to.deep.equal(['blue', 'blue']);
    expect(summary(review(BLUE_STORED))).to.equal('allow');
  });

  it('leaves a template that names its queue, and says whose queue is ignored', () => {
    const object = workload({ annotations: { [QUEUE]: 'blue' }, template: { labels: { [QUEUE_LABEL]: 'default' } } });
    const verdict = review(object);
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'the template names queue default: queue blue on the object itself is ignored',
    ]);
  });

  it('keeps what a replace with its manifest would drop, and moves when its own queue does', () => {
    expect(queueOf(BLUE, BLUE_STORED)).to.deep.equal(['blue', 'blue']);
    const moved = { ...BLUE_STORED, metadata: { name: 'web', annotations: { [QUEUE]: 'default' } } };
    expect(queueOf(moved, BLUE_STORED)).to.deep.equal(['default', 'default']);
  });

  it('that was stored without a queue in its template is not rolled out for one', () => {
    const scaled = workload({ annotations: { [QUEUE]: 'blue' }, spec: { replicas: 5 } });
    expect(summary(review(scaled, BLUE))).to.equal('allow');
  });

  const verdicts: readonly (readonly [string, Parts, string])[] = [
    ['with nothing said', {}, 'patch'],
    [
      'in a queue that does not exist',
      { annotations: { [QUEUE]: 'green' } },
      `422 QueueNotFound metadata.annotations[${QUEUE}]`,
    ],
    [
      'whose template names a closed queue',
      { template: { labels: { [QUEUE_LABEL]: 'shut' } } },
      `422 QueueNotOpen spec.template.metadata.labels[${QUEUE_LABEL}]`,
    ],
    ['with another scheduler', { annotations: { [QUEUE]: 'green' }, podSpec: { schedulerName: 'kueue' } }, 'allow'],
    ['with a minimum of one', { template: { annotations: { [MIN_MEMBER]: '1' } } }, 'patch'],
    [
      'with a minimum that is none',
      { template: { annotations: { [MIN_MEMBER]: 'x' } } },
      `422 InvalidMinMember spec.template.metadata.annotations[${MIN_MEMBER}]`,
    ],
    [
      'whose pods join a group with a name',
      { template: { annotations: { [MIN_MEMBER]: '2', [GROUP]: 'g' } } },
      'patch',
    ],
  ];
  for (const [name, parts, want] of verdicts) {
    it(`${name}: ${want}`, () => expect(summary(review(workload(parts)))).to.equal(want));
  }

  it('whose pods are to start together is told that they do so once, since a later roll-out would never end', () => {
    const warned = (parts: Parts, old?: JsonObject): unknown => {
      const verdict = review(workload(parts), old);
      return verdict.kind === 'allow' && verdict.warnings;
    };
    const words = 'counts for the first roll-out only';
    const [own, template] = [
      { annotations: { [MIN_MEMBER]: '2' } },
      { template: { annotations: { [MIN_MEMBER]: '2' } } },
    ];
    expect(warned(own)).to.deep.equal([`metadata.annotations[${MIN_MEMBER}]: ${words}`]);
    expect(warned(template)).to.deep.equal([`spec.template.metadata.annotations[${MIN_MEMBER}]: ${words}`]);
    expect(warned({ ...own, spec: { replicas: 5 } }, workload(own))).to.deep.equal([]);
  });

  it('that asked for a minimum before may still be scaled', () => {
    const stored = workload({ template: { annotations: { [MIN_MEMBER]: '2' } } });
    expect(summary(review({ ...stored, metadata: { name: 'web' } }, stored))).to.equal('allow');
  });

  it('in a queue that closed meanwhile may still be changed', () => {
    const shut = view({ queues: { blue: { state: 'Closed' } } });
    const object = { ...BLUE_STORED, metadata: { ...(BLUE_STORED['metadata'] as JsonObject), labels: { x: 'y' } } };
    expect(summary(review(object, BLUE_STORED, 'deployments', shut))).to.equal('allow');
  });

  it('warns of wishes that not every policy counts', () => {
    const preferredDuringSchedulingIgnoredDuringExecution = [{ weight: 1 }];
    const podSpec = {
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution } },
      topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }, { whenUnsatisfiable: 'DoNotSchedule' }],
    };
    const verdict = review(workload({ podSpec }));
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.template.spec: preferred pod anti-affinity: a wish, counted where nodeorder is configured',
      'spec.template.spec: topology spread that may be broken: a wish, counted where nodeorder is configured',
    ]);
  });
});

describe('a StatefulSet', () => {
  const together = { template: { annotations: { [MIN_MEMBER]: '2' } } };

  it('may have its pods start together when they start side by side', () => {
    const parallel = workload({ ...together, spec: { podManagementPolicy: 'Parallel' } });
    expect(summary(review(parallel, undefined, 'statefulsets'))).to.equal('patch');
  });

  it('may not when they start one after another', () => {
    for (const spec of [{}, { podManagementPolicy: 'OrderedReady' }]) {
      expect(summary(review(workload({ ...together, spec }), undefined, 'statefulsets'))).to.equal(
        `422 InvalidMinMember spec.template.metadata.annotations[${MIN_MEMBER}]`,
      );
    }
  });
});

import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../../../webhooks/admission.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { created, patched, planOn, request, summary, view } from '../fixture.ts';

const GROUP = 'scheduling.k8s.io/group-name';
const MIN_MEMBER = 'scheduling.volcano.sh/group-min-member';
const QUEUE_LABEL = 'volcano.sh/queue-name';
const QUEUE_ANNOTATION = 'scheduling.volcano.sh/queue-name';
const MIN_RESOURCES = 'scheduling.volcano.sh/group-min-resources';
const MODE = 'volcano.sh/network-topology-mode';
const TIER = 'volcano.sh/network-topology-highest-tier';
const PLAN = 'sluice.dev/group-plan';
const TASK = 'volcano.sh/task-spec';

const JOB_OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-uid', controller: true };
const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9', uid: 'rs-uid', controller: true };
const STAMPED = {
  annotations: { [GROUP]: 'train-0a1b2c3d', [QUEUE_ANNOTATION]: 'blue', [TASK]: 'worker' },
  labels: { [QUEUE_LABEL]: 'blue', [TASK]: 'worker' },
};
const TRAIN = { namespace: 'team-a', name: 'train-0a1b2c3d', queue: 'blue', ownerUid: 'job-uid' };

/** Who makes the pods of Jobs. */
const BY_JOB = { username: 'system:serviceaccount:kube-system:job-controller' };

function pod(metadata: JsonObject, spec: JsonObject = {}): JsonObject {
  const containers = [{ name: 'c', resources: { requests: { cpu: '1', memory: '2Gi' } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { schedulerName: 'default-scheduler', containers, ...spec } };
}

function verdictOf(object: JsonObject, cluster: ClusterView = view(), over: Partial<AdmissionRequest> = {}): string {
  return summary(mutatePod(request({ ...over, object }), cluster));
}

function stampOf(object: JsonObject): JsonObject {
  return {
    scheduler: stringAt(object, ['spec', 'schedulerName']),
    group: stringAt(object, ['metadata', 'annotations', GROUP]),
    task: stringAt(object, ['metadata', 'annotations', TASK]),
    queue: stringAt(object, ['metadata', 'labels', QUEUE_LABEL]),
  };
}

const WHOLE_STAMP = { scheduler: 'sluice', group: 'train-0a1b2c3d', task: 'worker', queue: 'blue' };

describe('a pod of a planned Job', () => {
  it('passes untouched, without a question about its queue', () => {
    const cluster = { ...view(), queue: () => expect.fail('asked for the queue') };
    const object = pod({ ...STAMPED, ownerReferences: [JOB_OWNER] }, { schedulerName: 'sluice' });
    expect(verdictOf(object, cluster, BY_JOB)).to.equal('allow');
    expect(verdictOf(object, cluster, { username: 'system:kube-controller-manager' })).to.equal('allow');
  });

  it('that only claims to be one is asked about its queue, too', () => {
    const metadata = {
      ...STAMPED,
      annotations: { ...STAMPED.annotations, [QUEUE_ANNOTATION]: 'shut' },
      labels: { ...STAMPED.labels, [QUEUE_LABEL]: 'shut' },
    };
    const object = pod({ ...metadata, ownerReferences: [JOB_OWNER] }, { schedulerName: 'sluice' });
    expect(verdictOf(object)).to.equal(`422 QueueNotOpen metadata.labels[${QUEUE_LABEL}]`);
  });

  const damages: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['a reset scheduler name', STAMPED, { schedulerName: 'default-scheduler' }],
    ['a lost scheduler name', STAMPED, { schedulerName: '' }],
    ['a lost queue label', { ...STAMPED, labels: { [TASK]: 'worker' } }, { schedulerName: 'sluice' }],
    [
      'a lost queue annotation',
      { ...STAMPED, annotations: { [GROUP]: TRAIN.name, [TASK]: 'worker' } },
      { schedulerName: 'sluice' },
    ],
    ['lost labels', { annotations: STAMPED.annotations }, { schedulerName: 'sluice' }],
    [
      'another queue',
      { ...STAMPED, labels: { ...STAMPED.labels, [QUEUE_LABEL]: 'default' } },
      { schedulerName: 'sluice' },
    ],
    [
      'another queue everywhere',
      {
        annotations: { ...STAMPED.annotations, [QUEUE_ANNOTATION]: 'default' },
        labels: { ...STAMPED.labels, [QUEUE_LABEL]: 'default' },
      },
      { schedulerName: 'sluice' },
    ],
    ['lost annotations', { labels: STAMPED.labels }, { schedulerName: 'sluice' }],
    ['everything lost', {}, {}],
  ];
  for (const [name, metadata, spec] of damages) {
    it(`is repaired after ${name}`, () => {
      const object = pod({ ...metadata, generateName: 'train-', ownerReferences: [JOB_OWNER] }, spec);
      const cluster = view({ groups: [TRAIN] });
      const stored = created(mutatePod, object, cluster);
      expect(stampOf(stored)).to.deep.equal(WHOLE_STAMP);
      expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
      expect(verdictOf(stored, cluster)).to.equal('allow');
    });
  }

  it('is repaired before its group is known', () => {
    const object = pod({ ...STAMPED, ownerReferences: [JOB_OWNER] });
    expect(stampOf(created(mutatePod, object))).to.deep.equal(WHOLE_STAMP);
  });

  it('is not refused because its queue was closed meanwhile', () => {
    const object = pod({ ...STAMPED, ownerReferences: [JOB_OWNER] });
    expect(verdictOf(object, view({ queues: { blue: { state: 'Closed' } } }), BY_JOB)).to.equal('patch');
  });

  it('joins the group of its Job without a plan, whatever its template says of how many start together', () => {
    const cluster = view({ groups: [{ ...TRAIN, origin: 'Job/train' }] });
    const object = pod({ name: 'x', ownerReferences: [JOB_OWNER], annotations: { [MIN_MEMBER]: '1' } });
    const once = created(mutatePod, object, cluster);
    expect(created(mutatePod, once, cluster)).to.deep.equal(once);
    expect(stringAt(once, ['metadata', 'annotations', PLAN])).to.equal('');
  });

  it('does not join a group of another namespace by a borrowed owner', () => {
    const object = pod({ name: 'x', ownerReferences: [JOB_OWNER] });
    const stored = created(mutatePod, object, view({ groups: [{ ...TRAIN, namespace: 'team-b' }] }));
    expect(stampOf(stored)['group']).to.equal('podgroup-job-uid');
  });

  it('of a Job from before the opt-in shares a group with its peers, and starts alone', () => {
    const object = pod({ generateName: 'old-', ownerReferences: [JOB_OWNER] });
    const stored = created(mutatePod, object);
    const want = { group: 'podgroup-job-uid', owner: 'controller', tasks: [{ name: 'worker', min: 1, stage: 0 }] };
    expect(planOn(stored)).to.deep.include(want);
    const known = view({ groups: [{ ...TRAIN, name: 'podgroup-job-uid', origin: 'Job/old' }] });
    expect(planOn(created(mutatePod, object, known))).to.deep.include({ ...want, queue: 'blue' });
  });
});

describe('a pod without a controller', () => {
  it('gets a group of one, planned on itself', () => {
    const stored = created(mutatePod, pod({ name: 'probe' }, { priorityClassName: 'high' }));
    const plan = planOn(stored);
    expect(plan).to.deep.equal({
      version: 1,
      group: plan.group,
      root: 'probe',
      queue: 'default',
      priorityClassName: 'high',
      owner: 'root',
      tasks: [{ name: 'worker', min: 1, stage: 0 }],
      submitter: 'alice',
      minResources: { cpu: '1', memory: '2Gi' },
    });
    expect(plan.group).to.match(/^probe-[0-9a-z]{8}$/);
    expect(stampOf(stored)).to.deep.equal({ scheduler: 'sluice', group: plan.group, task: 'worker', queue: 'default' });
  });

  it('keeps its group when it is mutated again, and gets a new one when its manifest is copied', () => {
    const stored = created(mutatePod, pod({ name: 'probe' }));
    expect(verdictOf(stored, view(), { uid: 'other' })).to.equal('allow');
    const copy = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), name: 'probe-2' } };
    expect(planOn(created(mutatePod, copy, view(), { uid: 'other' })).group).to.match(/^probe-2-/);
    const taken = view({
      groups: [{ namespace: 'team-a', name: planOn(stored).group, queue: 'default', ownerUid: 'o' }],
    });
    expect(planOn(created(mutatePod, stored, taken, { uid: 'other' })).group).to.not.equal(planOn(stored).group);
  });

  it('says in its plan what its annotations ask for: room, and how near in the network', () => {
    const annotations = { [MIN_RESOURCES]: '{"cpu":"500m"}', [TIER]: '2' };
    const network = { isHard: true, highestTier: 2, tierName: '' };
    const want = { minResources: { cpu: '500m' }, network };
    expect(planOn(created(mutatePod, pod({ name: 'a', annotations })))).to.deep.include(want);
    const named = pod({ name: 'a', annotations: { ...annotations, [GROUP]: 'ours' } });
    const tasks = [{ name: 'worker', min: 1, stage: 0 }];
    expect(planOn(created(mutatePod, named))).to.deep.include({ ...want, group: 'ours', tasks });
  });

  for (const [annotation, value, want] of [
    [MODE, 'near', 'hard or soft'],
    [TIER, '-1', 'a whole number'],
    [MIN_RESOURCES, 'cpu=1', 'JSON such as {"cpu":"4"}'],
    [MIN_RESOURCES, '{"cpu":"x"}', 'JSON such as {"cpu":"4"}'],
  ] as const) {
    it(`is told that ${value} in ${annotation} is passed over`, () => {
      const verdict = mutatePod(request({ object: pod({ name: 'a', annotations: { [annotation]: value } }) }), view());
      const warnings = verdict.kind === 'allow' ? verdict.warnings.join() : '';
      expect(warnings).to.include(`metadata.annotations[${annotation}]: ignored, not ${want}`);
    });
  }

  it('keeps scheduling gates', () => {
    const gates = [{ name: 'example.com/wait' }];
    expect(created(mutatePod, pod({ name: 'a' }, { schedulingGates: gates }))['spec']).to.deep.include({
      schedulingGates: gates,
    });
  });

  it('survives without labels, annotations and a scheduler name', () => {
    expect(stampOf(created(mutatePod, { metadata: { name: 'a', labels: null }, spec: {} }))['scheduler']).to.equal(
      'sluice',
    );
  });

  const verdicts: readonly (readonly [string, JsonObject, string])[] = [
    ['an unknown queue', { labels: { [QUEUE_LABEL]: 'green' } }, `422 QueueNotFound metadata.labels[${QUEUE_LABEL}]`],
    [
      'a closed queue',
      { annotations: { [QUEUE_ANNOTATION]: 'shut' } },
      `422 QueueNotOpen metadata.annotations[${QUEUE_ANNOTATION}]`,
    ],
    [
      'a group that cannot be one',
      { annotations: { [GROUP]: 'No!' } },
      `422 InvalidGroupName metadata.annotations[${GROUP}]`,
    ],
    [
      'a minimum that is no number',
      { annotations: { [GROUP]: 'g', [MIN_MEMBER]: 'x' } },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
    [
      'a minimum but no group',
      { annotations: { [MIN_MEMBER]: '2' } },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
    ['a minimum of one and no group', { annotations: { [MIN_MEMBER]: '1' } }, 'patch'],
  ];
  for (const [name, metadata, want] of verdicts) {
    it(`with ${name}: ${want}`, () => expect(verdictOf(pod({ name: 'a', ...metadata }))).to.equal(want));
  }
});

describe('a pod that names a group', () => {
  it('keeps it, and joins without a plan', () => {
    const stored = created(
      mutatePod,
      pod({ name: 'a', annotations: { [GROUP]: 'mine' }, labels: { [QUEUE_LABEL]: 'blue' } }),
    );
    expect(stampOf(stored)).to.deep.equal({ scheduler: 'sluice', group: 'mine', task: '', queue: 'blue' });
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
  });

  it('plans it when it says how many start together, as long as nobody made it', () => {
    const object = pod({ name: 'a', annotations: { [GROUP]: 'mine', [MIN_MEMBER]: '3' } });
    expect(planOn(created(mutatePod, object))).to.deep.include({
      group: 'mine',
      root: 'a',
      tasks: [{ name: 'worker', min: 3, stage: 0 }],
      minResources: { cpu: '3', memory: '6Gi' },
    });
    const known = view({ groups: [{ namespace: 'team-a', name: 'mine', queue: 'blue', ownerUid: '' }] });
    const stored = created(mutatePod, object, known);
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
    expect(stampOf(stored)).to.deep.include({ queue: 'blue', task: 'worker' });
  });

  it('plans it although a controller stamped everything else', () => {
    const annotations = { ...STAMPED.annotations, [MIN_MEMBER]: '2' };
    const metadata = { ...STAMPED, annotations, ownerReferences: [REPLICA_SET] };
    expect(planOn(created(mutatePod, pod(metadata, { schedulerName: 'sluice' }))).tasks[0]?.min).to.equal(2);
  });

  it('is told when nobody made it yet, unless a controller asks, which reads no warnings', () => {
    const named = pod({ name: 'a', annotations: { [GROUP]: 'mine' } });
    const told = (over: Partial<AdmissionRequest>, cluster = view()): unknown => {
      const verdict = mutatePod(request({ ...over, object: named }), cluster);
      return verdict.kind === 'allow' && verdict.warnings;
    };
    expect(told({})).to.deep.equal(['no PodGroup mine exists yet: the pod waits until you make it']);
    expect(told(BY_JOB)).to.deep.equal([]);
    expect(
      told({}, view({ groups: [{ namespace: 'team-a', name: 'mine', queue: 'blue', ownerUid: '' }] })),
    ).to.deep.equal([]);
  });

  it('is told that the queue of the group beats its own', () => {
    const known = view({ groups: [{ namespace: 'team-a', name: 'mine', queue: 'blue', ownerUid: '' }] });
    const object = pod({ name: 'a', annotations: { [GROUP]: 'mine' }, labels: { [QUEUE_LABEL]: 'shut' } });
    const verdict = mutatePod(request({ object }), known);
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'group mine is in queue blue; queue shut is ignored',
    ]);
    expect(stampOf(patched(object, verdict))['queue']).to.equal('blue');
  });

  it('loses a plan that no rule would have written', () => {
    const plan = '{"version":1,"group":"mine","root":"a","queue":"shut","tasks":[{"name":"x","min":9,"stage":0}]}';
    const stored = created(mutatePod, pod({ name: 'a', annotations: { [GROUP]: 'mine', [PLAN]: plan } }));
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
  });
});

describe('a pod of another controller', () => {
  it('shares a group with its peers that each starts alone in, so that services run too', () => {
    const object = pod({ generateName: 'web-5d9-', ownerReferences: [REPLICA_SET] });
    const stored = created(mutatePod, object);
    const want = { group: 'podgroup-rs-uid', owner: 'controller', tasks: [{ name: 'worker', min: 1, stage: 0 }] };
    expect(planOn(stored)).to.deep.include(want);
    expect(planOn(created(mutatePod, object, view(), { uid: 'two' }))).to.deep.equal(planOn(stored));
  });

  it('carries the plan although the group stands: it is made again from whoever is left', () => {
    const group = { namespace: 'team-a', name: 'podgroup-rs-uid', queue: 'blue', ownerUid: 'rs-uid' };
    const object = pod({ generateName: 'web-5d9-', ownerReferences: [REPLICA_SET] });
    const stored = created(mutatePod, object, view({ groups: [{ ...group, origin: 'ReplicaSet/web-5d9' }] }));
    expect(planOn(stored)).to.deep.include({ group: 'podgroup-rs-uid', queue: 'blue' });
    const byHand = created(mutatePod, object, view({ groups: [group] }));
    expect(stringAt(byHand, ['metadata', 'annotations', PLAN])).to.equal('');
  });

  it('has a group that can be one although its owner has a UID that none has', () => {
    const owner = { ...REPLICA_SET, uid: 'No UID!' };
    expect(planOn(created(mutatePod, pod({ name: 'a', ownerReferences: [owner] }))).group).to.match(/^web-5d9-/);
  });

  it('of a Deployment never waits for its peers: a roll-out makes them one by one', () => {
    const metadata = { labels: { 'pod-template-hash': '5d9' }, annotations: { [MIN_MEMBER]: '3' } };
    const stored = created(mutatePod, pod({ name: 'a', ...metadata, ownerReferences: [REPLICA_SET] }));
    expect(planOn(stored).tasks).to.deep.equal([{ name: 'worker', min: 1, stage: 0 }]);
  });

  it('starts together with its replicas when they say how many', () => {
    const replica = (uid: string): JsonObject => {
      const metadata = { generateName: 'web-5d9-', annotations: { [MIN_MEMBER]: '2' }, ownerReferences: [REPLICA_SET] };
      return created(mutatePod, pod(metadata), view(), { uid });
    };
    expect(planOn(replica('one'))).to.deep.include({ tasks: [{ name: 'worker', min: 2, stage: 0 }] });
    expect(planOn(replica('one')).group).to.equal('podgroup-rs-uid');
    expect(planOn(replica('two')).group).to.equal(planOn(replica('one')).group);
    expect(verdictOf(replica('one'), view(), { uid: 'two' })).to.equal('allow');
  });

  it('is a bare pod when no owner is its controller', () => {
    const owner = { ...REPLICA_SET, kind: 'DaemonSet', controller: false };
    expect(planOn(created(mutatePod, pod({ name: 'a', ownerReferences: [owner] }))).root).to.equal('a');
  });
});

describe('a pod without owner that names volcano where Sluice stands in its place', () => {
  const place = { groupsAsVolcano: true, optedIn: false };
  const object = pod({ name: 'a', labels: { [QUEUE_LABEL]: 'blue' } }, { schedulerName: 'volcano' });

  it('keeps its queue, and is told its group once it has a UID', () => {
    const stored = created(mutatePod, object, view(place));
    expect(stampOf(stored)).to.deep.equal({ scheduler: 'volcano', group: '', task: '', queue: 'blue' });
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
    expect(verdictOf(stored, view(place))).to.equal('allow');
  });

  it('is refused when its queue takes no work', () => {
    const shut = pod({ name: 'a', labels: { [QUEUE_LABEL]: 'shut' } }, { schedulerName: 'volcano' });
    expect(verdictOf(shut, view(place))).to.include('QueueNotOpen');
  });

  for (const [what, spec, cluster] of [
    ['in a namespace that opted in', { schedulerName: 'volcano' }, { ...place, optedIn: true }],
    ['when it names sluice', { schedulerName: 'sluice' }, place],
    ['elsewhere', { schedulerName: 'volcano' }, { optedIn: false }],
  ] as const) {
    it(`is the root of its group ${what}`, () => {
      expect(planOn(created(mutatePod, pod({ name: 'a' }, spec), view(cluster))).root).to.equal('a');
    });
  }
});

describe('a pod that is not ours to place', () => {
  const mirror = { name: 'a', annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const daemon = { ...REPLICA_SET, kind: 'DaemonSet' };
  const cases: readonly (readonly [string, JsonObject, Partial<AdmissionRequest>, string])[] = [
    ['with another scheduler', pod({ name: 'a' }, { schedulerName: 'yunikorn' }), {}, 'allow'],
    [
      'of a DaemonSet',
      pod({ generateName: 'a-', ownerReferences: [daemon] }),
      { username: 'system:serviceaccount:kube-system:daemon-set-controller' },
      'allow',
    ],
    ['that a person calls one of a DaemonSet', pod({ name: 'a', ownerReferences: [daemon] }), {}, 'patch'],
    [
      'with another scheduler and a forged plan',
      pod({ name: 'a', annotations: { [PLAN]: '{}' } }, { schedulerName: 'yunikorn' }),
      {},
      'patch',
    ],
    ['that a kubelet mirrors', pod(mirror), { username: 'system:node:n1' }, 'allow'],
    ['that a person calls a mirror', pod(mirror), { username: 'mallory' }, 'patch'],
    ['of a gang of Kubernetes itself', pod({ name: 'a' }, { schedulingGroup: { podGroupName: 'g' } }), {}, 'allow'],
    ['without a spec', { metadata: { name: 'a' } }, {}, 'allow'],
    ['that is updated', pod({ name: 'a' }), { operation: 'UPDATE' }, 'allow'],
    ['through a subresource', pod({ name: 'a' }), { subresource: 'binding' }, 'allow'],
  ];
  for (const [name, object, over, want] of cases) {
    it(`${name}: ${want}`, () => expect(verdictOf(object, view(), over)).to.equal(want));
  }

  it('loses a plan that somebody wrote on it', () => {
    const object = pod({ name: 'a', annotations: { [PLAN]: '{"version":1}' } }, { schedulerName: 'yunikorn' });
    expect(created(mutatePod, object)['metadata']).to.deep.equal({ name: 'a', annotations: {} });
  });

  it('is told that no queue is charged for a gang of Kubernetes itself', () => {
    const verdict = mutatePod(request({ object: pod({ name: 'a' }, { schedulingGroup: {} }) }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.schedulingGroup names a gang of Kubernetes that Sluice does not know: the pod is left alone, in no queue',
    ]);
  });
});

describe('a pod that brings its node', () => {
  const object = pod({ name: 'a', labels: { [QUEUE_LABEL]: 'blue' } }, { nodeName: 'n1' });

  it('is enrolled and charged, with a warning', () => {
    const verdict = mutatePod(request({ object }), view());
    expect(stampOf(patched(object, verdict))).to.deep.include({ scheduler: 'sluice', queue: 'blue' });
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.nodeName is set: the pod waits for no room, and queue blue is charged for it',
    ]);
  });

  it('is no way into a closed queue', () => {
    const shut = pod({ name: 'a', labels: { [QUEUE_LABEL]: 'shut' } }, { nodeName: 'n1' });
    expect(verdictOf(shut)).to.equal(`422 QueueNotOpen metadata.labels[${QUEUE_LABEL}]`);
  });
});

describe('a pod whose controller names another queue than its group is in', () => {
  const SHARED = {
    namespace: 'team-a',
    name: 'podgroup-rs-uid',
    queue: 'default',
    ownerUid: 'rs-uid',
    origin: 'ReplicaSet/web-5d9',
  };
  for (const [what, queue, group, want] of [
    ['asks for the new one', 'blue', SHARED, 'blue'],
    ['stays where the new one takes no work', 'shut', SHARED, 'default'],
    ['stays in a group that somebody made', 'blue', { ...SHARED, origin: '' }, 'default'],
    ['stays in the group of somebody else', 'blue', { ...SHARED, ownerUid: 'other' }, 'default'],
  ] as const) {
    it(what, () => {
      const object = pod({ name: 'a', ownerReferences: [REPLICA_SET], labels: { [QUEUE_LABEL]: queue } });
      expect(stampOf(created(mutatePod, object, view({ groups: [group] })))['queue']).to.equal(want);
    });
  }

  it('asks for the room of all only where its pods are not rolled out', () => {
    const annotations = { [MIN_RESOURCES]: '{"cpu":"9"}' };
    for (const [labels, cpu] of [
      [{}, '9'],
      [{ 'pod-template-hash': '5d9' }, '1'],
    ] as const) {
      const stored = created(mutatePod, pod({ name: 'a', ownerReferences: [REPLICA_SET], annotations, labels }));
      expect(planOn(stored).minResources['cpu']).to.equal(cpu);
    }
  });
});

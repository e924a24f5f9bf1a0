import { expect } from 'chai';
import fc from 'fast-check';
import { projectDisruptionBudget } from '../../../src/api/projections/disruption-budget.ts';
import { projectJob } from '../../../src/api/projections/job.ts';
import { projectNamespace } from '../../../src/api/projections/namespace.ts';
import { projectNode, shareImages } from '../../../src/api/projections/node.ts';
import { projectPodGroup } from '../../../src/api/projections/pod-group.ts';
import { projectPriorityClass } from '../../../src/api/projections/priority-class.ts';
import { projectResourceQuota } from '../../../src/api/projections/resource-quota.ts';
import { projectQueue } from '../../../src/api/projections/queue.ts';

const HEAD = { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '3' };

describe('projectNode', () => {
  it('keeps labels, taints and what it offers, rounded down', () => {
    const node = {
      metadata: { ...HEAD, labels: { zone: 'z', odd: 3 } },
      spec: {
        unschedulable: true,
        taints: [{ key: 'k', effect: 'NoSchedule' }, { key: 'k', value: 'v', effect: 'Nudge' }, null],
      },
      status: { allocatable: { cpu: '3999.5m', memory: '1025', pods: '110' }, capacity: { cpu: '4' } },
    };
    expect(projectNode(node)).to.deep.equal({
      name: 'a',
      uid: 'u',
      resourceVersion: '3',
      labels: new Map([['zone', 'z']]),
      taints: [{ key: 'k', value: '', effect: 'NoSchedule' }],
      unschedulable: true,
      allocatable: new Map([
        ['cpu', 3999],
        ['memory', 1],
        ['pods', 110],
      ]),
      images: [],
      cards: undefined,
    });
  });

  it('keeps the names and sizes of images, and one object for all nodes that hold the same', () => {
    const shared = shareImages();
    const images = [{ names: ['a@sha256:1', 'a:1'], sizeBytes: 5 }, { names: null, sizeBytes: 3 }, 'odd'];
    const [one, other] = ['n1', 'n2'].map((name) =>
      projectNode({ metadata: { ...HEAD, name }, status: { images } }, shared),
    );
    expect(one?.images).to.deep.equal([
      { names: ['a@sha256:1', 'a:1'], bytes: 5 },
      { names: [], bytes: 3 },
    ]);
    expect(other?.images[0]).to.equal(one?.images[0]);
  });

  it('offers nothing while its status is empty', () => {
    expect(projectNode({ metadata: HEAD })).to.deep.include({
      allocatable: new Map(),
      taints: [],
      unschedulable: false,
    });
  });
});

describe('projectPodGroup', () => {
  it('keeps what the gang needs and where it stands', () => {
    const condition = {
      type: 'Scheduled',
      status: 'True',
      reason: 'r',
      message: 'm',
      transitionID: 't',
      lastTransitionTime: 'l',
    };
    const group = {
      metadata: {
        ...HEAD,
        creationTimestamp: '1970-01-01T00:00:01Z',
        deletionTimestamp: '1970-01-01T00:00:02Z',
        annotations: {
          'sluice.dev/bind-plan': 'plan',
          'sluice.dev/origin': 'Job/train',
          'volcano.sh/jdb-min-available': '50%',
          'sluice.dev/submitter': 'alice',
          'sluice.dev/submitter-signature': 'k.1.s',
          'volcano.sh/jdb-max-unavailable': '',
        },
        ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: 'o' }],
      },
      spec: {
        minMember: 4,
        minTaskMember: { worker: 3, odd: 'x', none: 0 },
        queue: 'blue',
        priorityClassName: 'p',
        minResources: { cpu: '0.5m' },
      },
      status: { phase: 'Inqueue', running: 1, succeeded: 2, failed: 3, conditions: [condition, 7] },
    };
    expect(projectPodGroup(group)).to.deep.equal({
      key: 'b/a',
      ...HEAD,
      createdMs: 1000,
      deleting: true,
      minMember: 4,
      minTaskMember: new Map([['worker', 3]]),
      queue: 'blue',
      priorityClassName: 'p',
      preemptable: true,
      waitingMs: undefined,
      runMs: 0,
      hints: new Map([['volcano.sh/jdb-min-available', '50%']]),
      handedDown: new Map([
        ['volcano.sh/jdb-min-available', '50%'],
        ['volcano.sh/jdb-max-unavailable', ''],
      ]),
      minResources: new Map([['cpu', 1]]),
      phase: 'Inqueue',
      conditions: [condition],
      running: 1,
      subGroups: [],
      succeeded: 2,
      failed: 3,
      rootState: 'Active',
      bindPlan: 'plan',
      network: undefined,
      origin: 'Job/train',
      submitter: 'alice',
      submitterSignature: 'k.1.s',
      owner: { apiVersion: 'v1', kind: 'K', name: 'n', uid: 'o' },
    });
  });

  it('gives an empty one its defaults', () => {
    expect(projectPodGroup({ metadata: HEAD, spec: { minMember: -3 }, status: { phase: 'Dancing' } })).to.deep.include({
      minMember: 0,
      queue: 'default',
      phase: '',
      hints: new Map(),
      minResources: undefined,
      conditions: [],
      owner: undefined,
      bindPlan: '',
      rootState: 'Active',
      createdMs: 0,
    });
  });

  it('takes one object for equal minimums, and another where they differ', () => {
    const minimum = (cpu: string): unknown =>
      projectPodGroup({ metadata: HEAD, spec: { minResources: { cpu, memory: '1Gi' } } })?.minResources;
    expect(minimum('3')).to.equal(minimum('3')).and.not.to.equal(minimum('4'));
  });
});

describe('the time that a group may wait', () => {
  const CASES: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
    ['is its annotation', { 'sla-waiting-time': '1h2m3s' }, 3_723_000],
    ['is that with the prefix first', { 'sla-waiting-time': '1h', 'volcano.sh/sla-waiting-time': '1m' }, 60_000],
    [
      'is the other one where that cannot be read',
      { 'sla-waiting-time': '1h', 'volcano.sh/sla-waiting-time': 'x' },
      3_600_000,
    ],
    ['is none when it is zero or less', { 'sla-waiting-time': '0s', 'volcano.sh/sla-waiting-time': '-1m' }, undefined],
  ];
  for (const [name, annotations, waitingMs] of CASES) {
    it(name, () => {
      expect(projectPodGroup({ metadata: { ...HEAD, annotations } })).to.deep.include({ waitingMs });
    });
  }
});

describe('projectQueue', () => {
  it('keeps shares and limits: the limit rounded down, the claims up', () => {
    const queue = {
      metadata: { ...HEAD, annotations: { 'volcano.sh/hierarchy': 'root/a', 'volcano.sh/hierarchy-weights': '1/2' } },
      spec: {
        weight: 4,
        priority: 2,
        reclaimable: false,
        dequeueStrategy: 'fifo',
        parent: 'root',
        capability: { cpu: '0.5m' },
        deserved: { cpu: '0.5m' },
        guarantee: { resource: { memory: '1' } },
        affinity: {
          nodeGroupAffinity: { requiredDuringSchedulingIgnoredDuringExecution: ['gpu', 7, 'gpu'] },
          nodeGroupAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: ['old', 'slow'] },
        },
      },
      status: {
        state: 'Closing',
        allocated: { memory: '1024Mi', cpu: '2000m' },
        conditions: [{ type: 'GuaranteeKept', status: 'False', reason: 'GuaranteeTooLarge', message: 'm' }],
        usage: { mean: '0.25', time: '1970-01-01T00:00:01Z' },
      },
    };
    expect(projectQueue(queue)).to.deep.equal({
      name: 'a',
      uid: 'u',
      resourceVersion: '3',
      weight: 4,
      priority: 2,
      reclaimable: false,
      isStrict: true,
      parent: 'root',
      capability: new Map([['cpu', 0]]),
      deserved: new Map([['cpu', 1]]),
      guarantee: new Map([['memory', 1]]),
      affinity: {
        use: { required: ['gpu'], preferred: [] },
        avoid: { required: [], preferred: ['old', 'slow'] },
      },
      hierarchy: { path: 'root/a', weights: '1/2' },
      state: 'Closing',
      deleting: false,
      closedByParent: false,
      allocatedText: '{"cpu":"2","memory":"1Gi"}',
      conditions: [
        {
          type: 'GuaranteeKept',
          status: 'False',
          reason: 'GuaranteeTooLarge',
          message: 'm',
          lastTransitionTime: '',
        },
      ],
      usage: { mean: 0.25, atMs: 1000 },
    });
  });

  it('takes nothing for the past of a queue that cannot be', () => {
    const time = '1970-01-01T00:00:01Z';
    for (const usage of [{}, { mean: '', time }, { mean: 'x', time }, { mean: '2', time }, { mean: '0.5' }, 'x']) {
      expect(projectQueue({ metadata: HEAD, status: { usage } })).to.deep.include({ usage: undefined });
    }
  });

  it('gives an empty one its defaults', () => {
    expect(projectQueue({ metadata: HEAD, spec: { weight: 0 } })).to.deep.include({
      weight: 1,
      priority: 0,
      reclaimable: true,
      isStrict: false,
      parent: '',
      capability: undefined,
      guarantee: undefined,
      deserved: undefined,
      affinity: undefined,
      hierarchy: undefined,
      state: 'Open',
      deleting: false,
      closedByParent: false,
      allocatedText: '',
      conditions: [],
    });
  });

  it('knows a queue that is on its way out', () => {
    const metadata = { ...HEAD, deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(projectQueue({ metadata })).to.deep.include({ state: 'Open', deleting: true });
  });

  it('has no text for written amounts that cannot be read, so that they are written anew', () => {
    expect(projectQueue({ metadata: HEAD, status: { allocated: { cpu: 'much' } } })?.allocatedText).to.equal('');
    expect(projectQueue({ metadata: HEAD, status: { allocated: {} } })?.allocatedText).to.equal('{}');
  });
});

describe('projectPriorityClass', () => {
  it('keeps value and default', () => {
    expect(projectPriorityClass({ metadata: HEAD, value: -5, globalDefault: true })).to.deep.equal({
      name: 'a',
      value: -5,
      isGlobalDefault: true,
      isPatient: false,
    });
    expect(projectPriorityClass({ metadata: HEAD, preemptionPolicy: 'Never' })?.isPatient).to.equal(true);
    expect(projectPriorityClass({ metadata: HEAD })).to.deep.equal({
      name: 'a',
      value: 0,
      isGlobalDefault: false,
      isPatient: false,
    });
  });
});

describe('projectDisruptionBudget', () => {
  const spec = { selector: { matchLabels: { app: 'a' } } };
  const allowedBy = (generation: number, status: object): unknown =>
    projectDisruptionBudget({ metadata: { ...HEAD, namespace: 'ns', generation }, spec, status });

  it('keeps the selector, and how many pods may go', () => {
    expect(allowedBy(2, { observedGeneration: 2, disruptionsAllowed: 3 })).to.deep.equal({
      key: 'ns/a',
      namespace: 'ns',
      name: 'a',
      selector: [{ key: 'app', operator: 'In', values: ['a'] }],
      allowed: 3,
    });
  });

  it('lets nobody go while its status is of an older spec, missing or broken', () => {
    for (const status of [
      { observedGeneration: 1, disruptionsAllowed: 3 },
      {},
      { observedGeneration: 2, disruptionsAllowed: -1 },
    ]) {
      expect(allowedBy(2, status)).to.have.property('allowed', 0);
    }
  });
});

describe('projectResourceQuota', () => {
  it('keeps what pods ask for, under the names of pods, and the scopes of both forms', () => {
    const hard = {
      'requests.cpu': '1500m',
      memory: '2Gi',
      'count/pods': '9',
      'requests.nvidia.com/gpu': '4',
      'limits.cpu': '8',
      'requests.storage': '1Ti',
      'count/jobs.batch': '3',
    };
    const spec = {
      hard,
      scopes: ['NotBestEffort'],
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['a'] }] },
    };
    const status = { used: { ...hard, memory: '1Gi' } };
    expect(projectResourceQuota({ metadata: { ...HEAD, namespace: 'ns' }, spec, status })).to.deep.equal({
      key: 'ns/a',
      namespace: 'ns',
      amounts: [
        { name: 'count/pods', resource: 'pods', hard: 9, used: 9 },
        { name: 'memory', resource: 'memory', hard: 2 * 1024 ** 2, used: 1024 ** 2 },
        { name: 'requests.cpu', resource: 'cpu', hard: 1500, used: 1500 },
        { name: 'requests.nvidia.com/gpu', resource: 'nvidia.com/gpu', hard: 4, used: 4 },
      ],
      scopes: [
        { scope: 'NotBestEffort', operator: 'Exists', values: [] },
        { scope: 'PriorityClass', operator: 'In', values: ['a'] },
      ],
    });
  });

  it('says nothing of what was not counted yet, or cannot be read', () => {
    const metadata = { ...HEAD, namespace: 'ns' };
    const spec = { hard: { cpu: '2', pods: 'many' } };
    for (const status of [undefined, {}, { used: { pods: '1' } }]) {
      expect(projectResourceQuota({ metadata, spec, status })).to.have.deep.property('amounts', []);
    }
    expect(projectResourceQuota({ metadata: { name: 'a' }, spec })).to.equal(undefined);
  });
});

describe('projectNamespace', () => {
  it('knows whether it opted in, and its default queue', () => {
    const metadata = {
      name: 'a',
      labels: { 'sluice.dev/admission': 'enabled' },
      annotations: { 'scheduling.volcano.sh/queue-name': 'blue' },
    };
    expect(projectNamespace({ metadata })).to.deep.equal({
      name: 'a',
      labels: ['sluice.dev/admission', 'enabled'],
      optedIn: true,
      deleting: false,
      defaultQueue: 'blue',
    });
    const other = { name: 'a', labels: { 'sluice.dev/admission': 'true' } };
    expect(projectNamespace({ metadata: other })).to.deep.include({ name: 'a', optedIn: false, defaultQueue: '' });
  });
});

describe('projectJob', () => {
  const job = (conditions: unknown, spec = {}, status = {}) =>
    projectJob({
      metadata: {
        ...HEAD,
        creationTimestamp: '1970-01-01T00:00:02Z',
        annotations: { 'sluice.dev/group-plan': 'plan' },
      },
      spec,
      status: { conditions, ...status },
    });

  it('keeps the plan, and what its pods are made with', () => {
    const podSpec = { schedulerName: 'sluice', priorityClassName: 'high' };
    expect(job([], { completions: 5, template: { spec: podSpec } })).to.deep.equal({
      key: 'b/a',
      apiVersion: 'batch/v1',
      kind: 'Job',
      ...HEAD,
      createdMs: 2000,
      deleting: false,
      replicas: 1,
      minMember: 0,
      minResources: '',
      handedDown: new Map(),
      controller: undefined,
      groupPlan: 'plan',
      state: 'Active',
      completions: 5,
      failedIndexes: 0,
      succeeded: 0,
      ...podSpec,
    });
  });

  for (const [spec, want] of [
    [{ suspend: true }, true],
    [{ parallelism: 0 }, true],
    [{ parallelism: 2, suspend: false }, false],
    [{}, false],
  ] as const) {
    it(`is ${want ? '' : 'not '}suspended with ${JSON.stringify(spec)}`, () => {
      expect(job([], spec)?.state === 'Suspended').to.equal(want);
    });
  }

  for (const [failedIndexes, want] of [
    [undefined, 0],
    ['', 0],
    ['4', 1],
    ['1,3-5,7', 5],
    ['a,2-1,9', 1],
  ] as const) {
    it(`counts ${want} failed indexes in ${String(failedIndexes)}`, () => {
      expect(job([], {}, { failedIndexes })?.failedIndexes).to.equal(want);
    });
  }

  for (const [type, status, want] of [
    ['Complete', 'True', true],
    ['Failed', 'True', true],
    ['Failed', 'False', false],
    ['Suspended', 'True', false],
    ['FailureTarget', 'True', true],
    ['SuccessCriteriaMet', 'True', true],
  ] as const) {
    it(`is ${want ? '' : 'not '}finished with ${type}=${status}`, () => {
      expect(job([{ type, status }])?.state === 'Ended').to.equal(want);
    });
  }
});

describe('every projection', () => {
  const projections = {
    projectNode,
    projectPodGroup,
    projectQueue,
    projectPriorityClass,
    projectNamespace,
    projectJob,
  };
  for (const [name, project] of Object.entries(projections)) {
    it(`${name} never throws, and refuses what has no name`, () => {
      fc.assert(
        fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (raw, spec, status) => {
          expect(project(raw)).to.equal(undefined);
          expect(project({ metadata: HEAD, spec, status, value: spec })).to.have.property('name', 'a');
        }),
      );
      expect(project({ metadata: { ...HEAD, name: '' } })).to.equal(undefined);
    });
  }
});

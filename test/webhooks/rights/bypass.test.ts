import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { Answer, Answers } from '../../../webhooks/question.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { OWN_USER, request, summary, view } from '../fixture.ts';
import { job } from '../jobs/job-fixture.ts';
import { vcjob, vcjobOf } from '../vcjobs/vcjob-fixture.ts';

const CLUSTER = view({ rights: { bypass: 'enforce', queues: 'enforce' }, queues: { default: {}, gold: {} } });
const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';
const FOREIGN = { schedulerName: 'other' };
const PLACED = { nodeName: 'n1' };
const CONTAINERS = [{ name: 'main' }];

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { metadata: { name: 'p', ...metadata }, spec: { containers: CONTAINERS, ...spec } };
}

function workload(spec: JsonObject): JsonObject {
  return { metadata: { name: 'web' }, spec: { template: { spec: { containers: CONTAINERS, ...spec } } } };
}

function cronJob(spec: JsonObject): JsonObject {
  return { metadata: { name: 'web' }, spec: { jobTemplate: workload(spec) } };
}

function inCron(made: JsonObject): JsonObject {
  const { spec = {} } = made;
  return { metadata: { name: 'nightly' }, spec: { schedule: '0 0 * * *', jobTemplate: { spec } } };
}

function namespace(label: string, queue = ''): JsonObject {
  const labels = { 'sluice.dev/admission': label };
  return { metadata: { name: 'team-a', labels, annotations: { 'scheduling.volcano.sh/queue-name': queue } } };
}

/** Row, what comes, who asks, and the field that passes the queues; empty where none does. */
type Case = readonly [name: string, row: string, object: JsonObject, who: string, want: string, old?: JsonObject];

const CASES: readonly Case[] = [
  ['a Job of Volcano for another scheduler', 'validate-vcjobs', vcjob(FOREIGN), 'bob', 'spec.schedulerName'],
  [
    'one whose task names another scheduler',
    'validate-vcjobs',
    vcjobOf(FOREIGN),
    'bob',
    'spec.tasks[0].template.spec.schedulerName',
  ],
  ['one whose task brings its node', 'validate-vcjobs', vcjobOf(PLACED), 'bob', 'spec.tasks[0].template.spec.nodeName'],
  ['one that is changed later', 'validate-vcjobs', vcjobOf(PLACED), 'bob', '', vcjobOf(PLACED)],
  [
    'a CronJob of Volcano that makes such Jobs',
    'validate-cronvcjobs',
    inCron(vcjobOf(PLACED)),
    'bob',
    'spec.jobTemplate.spec.tasks[0].template.spec.nodeName',
  ],
  [
    'one that begins to',
    'validate-cronvcjobs',
    inCron(vcjob(FOREIGN)),
    'bob',
    'spec.jobTemplate.spec.schedulerName',
    inCron(vcjob()),
  ],
  ['a JobTemplate of them', 'validate-jobtemplates', vcjobOf(PLACED), 'bob', 'spec.tasks[0].template.spec.nodeName'],
  [
    'a JobFlow that changes its Jobs so',
    'validate-jobflows',
    { metadata: { name: 'f' }, spec: { flows: [{ name: 'a', patch: { jobSpec: FOREIGN } }] } },
    'bob',
    'spec.flows[0].patch.jobSpec.schedulerName',
  ],
  ['a pod for another scheduler', 'mutate-pods', pod(FOREIGN), 'bob', 'spec.schedulerName'],
  ['such a pod elsewhere', 'mutate-pods-elsewhere', pod(FOREIGN), 'bob', ''],
  ['such a pod of a controller, whose template was looked at', 'mutate-pods', pod(FOREIGN), CONTROLLER, ''],
  [
    "a pod for Kubernetes' scheduler, which is taken over",
    'mutate-pods',
    pod({ schedulerName: 'default-scheduler' }),
    'bob',
    '',
  ],
  ['a pod that brings its node', 'mutate-pods', pod(PLACED), 'bob', 'spec.nodeName'],
  [
    "a member of a gang of Kubernetes' own",
    'mutate-pods',
    pod({ schedulingGroup: { podGroupName: 'g' } }),
    'bob',
    'spec.schedulingGroup',
  ],
  [
    'a mirror pod that no kubelet made',
    'mutate-pods',
    pod(PLACED, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
    'bob',
    'spec.nodeName',
  ],
  [
    'a Job for another scheduler',
    'mutate-jobs',
    job({ templateSpec: FOREIGN }),
    'bob',
    'spec.template.spec.schedulerName',
  ],
  [
    'a Job whose pods bring their node',
    'mutate-jobs',
    job({ templateSpec: PLACED }),
    'bob',
    'spec.template.spec.nodeName',
  ],
  [
    'a Job that did so before',
    'mutate-jobs',
    job({ templateSpec: PLACED, labels: { a: 'b' } }),
    'bob',
    '',
    job({ templateSpec: PLACED }),
  ],
  [
    'a Deployment for another scheduler',
    'mutate-deployments',
    workload(FOREIGN),
    'bob',
    'spec.template.spec.schedulerName',
  ],
  [
    'a Deployment that turns to another scheduler',
    'mutate-deployments',
    workload(FOREIGN),
    'bob',
    'spec.template.spec.schedulerName',
    workload({}),
  ],
  ['a Deployment that did so before', 'mutate-deployments', workload(FOREIGN), 'bob', '', workload(FOREIGN)],
  [
    'a CronJob for another scheduler',
    'mutate-cronjobs',
    cronJob(FOREIGN),
    'bob',
    'spec.jobTemplate.spec.template.spec.schedulerName',
  ],
  ['a DaemonSet', 'validate-daemonsets', workload({}), 'bob', 'kind'],
  ['a DaemonSet that was there before', 'validate-daemonsets', workload(PLACED), 'bob', '', workload({})],
  [
    'a namespace that is taken out',
    'validate-namespaces',
    namespace('no'),
    'bob',
    'metadata.labels[sluice.dev/admission]',
    namespace('enabled'),
  ],
  ['a namespace that is opted in', 'validate-namespaces', namespace('enabled'), 'bob', '', namespace('')],
];

function rowOf(id: string): AdmissionRow {
  const row = REGISTRY.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

function requestOf([, , object, username, , oldObject]: Case): AdmissionRequest {
  return request({
    object,
    oldObject,
    username,
    name: 'team-a',
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
  });
}

function may(verdict: 'allowed' | 'denied', more: readonly (readonly [string, Answer])[] = []): Answers {
  return new Map<string, Answer>([['bypass/team-a', { kind: 'authorise', verdict }], ...more]);
}

function asked(row: AdmissionRow, about: AdmissionRequest): readonly string[] {
  return (row.ask?.(about, CLUSTER) ?? []).map((one) =>
    'verb' in one ? `${one.verb} ${one.type.plural} ${one.name}` : one.kind,
  );
}

describe('the right to pass the queues of a namespace', () => {
  for (const each of CASES) {
    const [name, id, , , want] = each;
    it(`${name}: ${want === '' ? 'nobody is asked' : 'refused without it'}`, () => {
      const row = rowOf(id);
      const about = requestOf(each);
      expect(asked(row, about)).to.deep.equal(want === '' ? [] : ['bypass namespaces team-a']);
      expect(row.admit(about, CLUSTER, may('allowed')).kind).to.equal('allow');
      if (want !== '') expect(summary(row.admit(about, CLUSTER, may('denied')))).to.equal(`403 BypassDenied ${want}`);
    });
  }

  it('is told with what gives it', () => {
    const verdict = rowOf('mutate-pods').admit(
      request({ object: pod(FOREIGN), username: 'bob' }),
      CLUSTER,
      may('denied'),
    );
    expect(verdict.kind === 'deny' && verdict.errors[0]?.message).to.equal(
      'bob has no right to run work outside of the queues of namespace team-a; an administrator gives it by ' +
        'a ClusterRole with the rule {apiGroups: [""], resources: [namespaces], resourceNames: ["team-a"], verbs: [bypass]}, ' +
        'and a ClusterRoleBinding of it to User bob',
    );
  });

  it('does not come with giving a queue to a namespace: that takes the use of the queue', () => {
    const about = request({
      object: namespace('enabled', 'gold'),
      oldObject: namespace('enabled'),
      operation: 'UPDATE',
      name: 'team-a',
    });
    expect(asked(rowOf('validate-namespaces'), about)).to.deep.equal(['use queues gold']);
  });
});

describe('a binding that somebody else makes', () => {
  const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };
  const about = (over: Partial<AdmissionRequest> = {}): AdmissionRequest =>
    request({ object: binding, name: 'p', subresource: 'binding', username: 'bob', ...over });
  const fetched = (object: JsonObject | 'absent' | 'unknown'): readonly (readonly [string, Answer])[] => [
    ['pod', { kind: 'fetch', object }],
  ];
  const row = rowOf('validate-pod-bindings');

  const cases: readonly (readonly [string, JsonObject | 'absent' | 'unknown', 'allowed' | 'denied', string])[] = [
    ['of a pod of ours', pod({ schedulerName: 'sluice' }), 'denied', '403 BypassDenied target.name'],
    [
      'of a pod of ours, under the other name',
      pod({ schedulerName: 'volcano' }),
      'denied',
      '403 BypassDenied target.name',
    ],
    ['of a pod of ours, by who may pass the queues', pod({ schedulerName: 'sluice' }), 'allowed', 'allow'],
    ['of a pod of another scheduler', pod({ schedulerName: 'other' }), 'denied', 'allow'],
    ['of a pod that is gone', 'absent', 'denied', 'allow'],
    ['of a pod that could not be looked up: nobody is stopped', 'unknown', 'denied', 'allow'],
  ];
  for (const [name, found, verdict, want] of cases) {
    it(`${name}: ${want}`, () => {
      expect(summary(row.admit(about(), CLUSTER, may(verdict, fetched(found))))).to.equal(want);
    });
  }

  it('is looked up by its pod, whichever way it is made', () => {
    const ask = (over: Partial<AdmissionRequest>): readonly string[] =>
      (row.ask?.(about(over), CLUSTER) ?? []).map((one) => ('name' in one ? `${one.kind} ${one.name}` : one.kind));
    expect(ask({})).to.deep.equal(['fetch p', 'authorise team-a']);
    expect(ask({ name: '', subresource: '', resource: 'bindings' })).to.deep.equal(['fetch p', 'authorise team-a']);
    expect(ask({ username: OWN_USER })).to.deep.equal([]);
  });
});

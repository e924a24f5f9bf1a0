import { expect } from 'chai';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import type { Answer, Answers, Question } from '../../../webhooks/question.ts';
import { versionsOf } from '../../../webhooks/frameworks/versioned-kind.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { workloadRows } from '../../../webhooks/roots/rows.ts';
import type { RightMode } from '../../../webhooks/rights/mode.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { OWN_USER, request, summary, view } from '../fixture.ts';
import { GROUP, job, QUEUE_ANNOTATION, QUEUE_LABEL } from '../jobs/job-fixture.ts';

const JOB_CONTROLLER = 'system:serviceaccount:kube-system:job-controller';
const OPERATOR = 'system:serviceaccount:kubeflow:training-operator';
const GOLD = { labels: { [QUEUE_LABEL]: 'gold' } };
const OF_OTHERS = { annotations: { [GROUP]: 'theirs' } };
const CONTAINERS = [{ name: 'main', resources: { requests: { cpu: '1' } } }];

function cluster(mode: RightMode, own = 'silver'): ReturnType<typeof view> {
  return view({
    rights: { queues: mode },
    queues: { root: { hasChildren: true }, default: {}, gold: {}, silver: {} },
    defaults: { 'team-a': own },
    roots: [rootOf('kubeflow.org/v1', 'PyTorchJob', 'mnist'), rootOf('scheduling.k8s.io/v1beta1', 'PodGroup', 'ring')],
    served: BUILT_IN_KINDS,
    groups: [
      { namespace: 'team-a', name: 'theirs', queue: 'gold', ownerUid: 'u', origin: 'Pod/theirs' },
      { namespace: 'team-a', name: 'podgroup-rs', queue: 'gold', ownerUid: 'rs', origin: 'ReplicaSet/web' },
      { namespace: 'team-a', name: 'everybodys', queue: 'default', ownerUid: 'v', origin: '' },
    ],
  });
}

function pod(metadata: JsonObject, spec: JsonObject = {}): JsonObject {
  return { metadata: { name: 'p', ...metadata }, spec: { containers: CONTAINERS, ...spec } };
}

function workload(metadata: JsonObject, template: JsonObject = {}): JsonObject {
  return {
    metadata: { name: 'web', ...metadata },
    spec: { template: { metadata: template, spec: { containers: CONTAINERS } } },
  };
}

function cronJob(metadata: JsonObject, ofJob: JsonObject = {}, ofPod: JsonObject = {}): JsonObject {
  const template = { metadata: ofPod, spec: { containers: CONTAINERS, restartPolicy: 'Never' } };
  return { metadata: { name: 'nightly', ...metadata }, spec: { jobTemplate: { metadata: ofJob, spec: { template } } } };
}

function group(queue: string): JsonObject {
  return { metadata: { name: 'g' }, spec: { minMember: 1, queue } };
}

const ofReplicaSet = { kind: 'ReplicaSet', apiVersion: 'apps/v1', name: 'web', uid: 'rs', controller: true };
const ofTraining = { kind: 'PyTorchJob', apiVersion: 'kubeflow.org/v1', name: 'mnist', uid: 'mnist', controller: true };
const IN_RING = { schedulingGroup: { podGroupName: 'ring' } };

/** An object of somebody else whose gang is in the queue `gold`. */
function rootOf(apiVersion: string, kind: string, name: string): RootRecord {
  const plan = {
    version: 1,
    group: `${name}-g`,
    root: name,
    queue: 'gold',
    tasks: [{ name: 'worker', min: 1, stage: 0 }],
  };
  const groupPlan = JSON.stringify(plan);
  const seen = { resourceVersion: '1', createdMs: 0, deleting: false, handedDown: new Map() };
  const rest = { ...seen, queue: 'gold', owner: undefined, submitter: {} };
  return { key: `team-a/${name}`, apiVersion, kind, namespace: 'team-a', name, uid: name, groupPlan, ...rest };
}

const suspended = (labels: JsonObject, templateMetadata: JsonObject): JsonObject =>
  job({ labels, templateMetadata, spec: { parallelism: 1, suspend: true } });

/** Row, what comes, who asks, and the queue for which a right is needed; empty when none is. */
type Case = readonly [name: string, row: string, object: JsonObject, who: string, want: string, old?: JsonObject];

const CASES: readonly Case[] = [
  ['a Job that names a queue', 'mutate-jobs', job(GOLD), 'bob', 'gold'],
  ['a Job whose template does', 'mutate-jobs', job({ templateMetadata: GOLD }), 'bob', 'gold'],
  [
    'a Job that names it in an annotation',
    'mutate-jobs',
    job({ annotations: { [QUEUE_ANNOTATION]: 'gold' } }),
    'bob',
    'gold',
  ],
  ['a Job of an operator', 'mutate-jobs', job(GOLD), OPERATOR, 'gold'],
  ['a Job of a CronJob', 'mutate-jobs', job(GOLD), 'system:serviceaccount:kube-system:cronjob-controller', ''],
  ['a Job that names no queue', 'mutate-jobs', job(), 'bob', ''],
  ['a Job that names the queue for everybody', 'mutate-jobs', job({ labels: { [QUEUE_LABEL]: 'default' } }), 'bob', ''],
  [
    "a Job that names its namespace's own queue",
    'mutate-jobs',
    job({ labels: { [QUEUE_LABEL]: 'silver' } }),
    'bob',
    '',
  ],
  ['a Job of another scheduler', 'mutate-jobs', job({ ...GOLD, templateSpec: { schedulerName: 'other' } }), 'bob', ''],
  ['a Job that joins a group of others', 'mutate-jobs', job({ templateMetadata: OF_OTHERS }), 'bob', 'gold'],
  ['a Job that a program joins to a group', 'mutate-jobs', job({ templateMetadata: OF_OTHERS }), OPERATOR, ''],
  [
    'a Job that moves its pods to a group of others later',
    'mutate-jobs',
    suspended({}, OF_OTHERS),
    'bob',
    'gold',
    suspended({}, { annotations: { [GROUP]: 'everybodys' } }),
  ],
  [
    'a Job that gets another label later, and has no plan',
    'mutate-jobs',
    suspended(GOLD.labels, {}),
    'bob',
    'gold',
    suspended({}, {}),
  ],
  [
    'a Job of which something else changes',
    'mutate-jobs',
    suspended({ ...GOLD.labels, a: 'b' }, {}),
    'bob',
    '',
    suspended(GOLD.labels, {}),
  ],
  ['a pod that names a queue', 'mutate-pods', pod(GOLD), 'bob', 'gold'],
  ['a pod that names none', 'mutate-pods', pod({}), 'bob', ''],
  ['a pod of a controller of the cluster', 'mutate-pods', pod(GOLD), JOB_CONTROLLER, ''],
  ['a pod of Sluice', 'mutate-pods', pod(GOLD), OWN_USER, ''],
  ['a pod of a program that names a queue', 'mutate-pods', pod(GOLD), OPERATOR, 'gold'],
  ['a pod that a program joins to a group', 'mutate-pods', pod(OF_OTHERS), OPERATOR, ''],
  ['a pod that joins a group of others', 'mutate-pods', pod(OF_OTHERS), 'bob', 'gold'],
  [
    'a pod that joins a group in the queue for everybody',
    'mutate-pods',
    pod({ annotations: { [GROUP]: 'everybodys' } }),
    'bob',
    '',
  ],
  [
    'a pod that says that it is of an owner of others',
    'mutate-pods',
    pod({ ownerReferences: [ofReplicaSet] }),
    'bob',
    'gold',
  ],
  [
    "a pod that says that it is of an object of others, of an operator's kind",
    'mutate-pods',
    pod({ ownerReferences: [ofTraining] }),
    'bob',
    'gold',
  ],
  ['a pod that an operator makes for it', 'mutate-pods', pod({ ownerReferences: [ofTraining] }), OPERATOR, ''],
  [
    'a Job that says that it is of such an object, and names its queue',
    'mutate-jobs',
    { ...job(GOLD), metadata: { name: 'j', ...GOLD, ownerReferences: [ofTraining] } },
    'bob',
    'gold',
  ],
  ['a pod that names a gang of Kubernetes of others', 'mutate-pods', pod({}, IN_RING), 'bob', 'gold'],
  ['a pod that a program makes for that gang', 'mutate-pods', pod({}, IN_RING), OPERATOR, ''],
  ['a pod of another scheduler', 'mutate-pods', pod(GOLD, { schedulerName: 'other' }), 'bob', ''],
  [
    'a pod that gets a group later',
    'validate-pods',
    pod(OF_OTHERS, { schedulerName: 'sluice' }),
    'bob',
    'gold',
    pod({}, { schedulerName: 'sluice' }),
  ],
  ['a Deployment that names a queue', 'mutate-deployments', workload(GOLD), 'bob', 'gold'],
  ['a StatefulSet whose template does', 'mutate-statefulsets', workload({}, GOLD), 'bob', 'gold'],
  ['a Deployment whose template joins a group of others', 'mutate-deployments', workload({}, OF_OTHERS), 'bob', 'gold'],
  [
    'a Deployment that changes its queue',
    'mutate-deployments',
    workload(GOLD),
    'bob',
    'gold',
    workload({}, { labels: { [QUEUE_LABEL]: 'silver' } }),
  ],
  [
    'a Deployment that keeps it',
    'mutate-deployments',
    workload({ labels: { ...GOLD.labels, a: 'b' } }, GOLD),
    'bob',
    '',
    workload(GOLD, GOLD),
  ],
  ['a ReplicaSet that names a queue', 'mutate-replicasets', workload(GOLD), 'bob', 'gold'],
  ['a ReplicationController that names a queue', 'mutate-replicationcontrollers', workload(GOLD), 'bob', 'gold'],
  ['a Deployment elsewhere', 'mutate-deployments-elsewhere', workload(GOLD), 'bob', 'gold'],
  ['a CronJob whose pods join a group of others', 'mutate-cronjobs', cronJob({}, {}, OF_OTHERS), 'bob', 'gold'],
  ['a training job whose pods do', 'mutate-roots-v1-pytorchjobs.kubeflow.org', training(OF_OTHERS), 'bob', 'gold'],
  ['a training job that names a queue', 'mutate-roots-v1-pytorchjobs.kubeflow.org', training({}, GOLD), 'bob', 'gold'],
  ['a CronJob that names a queue', 'mutate-cronjobs', cronJob(GOLD), 'bob', 'gold'],
  ['a CronJob whose Jobs do', 'mutate-cronjobs', cronJob({}, GOLD), 'bob', 'gold'],
  ['a CronJob whose pods do', 'mutate-cronjobs', cronJob({}, {}, GOLD), 'bob', 'gold'],
  [
    'a CronJob that keeps its queue',
    'mutate-cronjobs',
    cronJob({ labels: { a: 'b' } }, GOLD),
    'bob',
    '',
    cronJob({}, GOLD),
  ],
  [
    'a CronJob that changes it',
    'mutate-cronjobs',
    cronJob({}, GOLD),
    'bob',
    'gold',
    cronJob({}, { labels: { [QUEUE_LABEL]: 'silver' } }),
  ],
  ['a PodGroup', 'validate-podgroups', group('gold'), 'bob', 'gold'],
  ['a PodGroup that moves', 'validate-podgroups', group('gold'), 'bob', 'gold', group('silver')],
  ['a PodGroup that stays', 'validate-podgroups', group('gold'), 'bob', '', group('gold')],
];

/** An object of an operator's kind, with a template. */
function training(templateMetadata: JsonObject, metadata: JsonObject = {}): JsonObject {
  const template = { metadata: templateMetadata, spec: { containers: [{ name: 'main' }] } };
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'mine', ...metadata },
    spec: { pytorchReplicaSpecs: { Worker: { replicas: 2, template } } },
  };
}

const ROWS = [...REGISTRY, ...workloadRows(BUILT_IN_KINDS.flatMap(versionsOf))];

function rowOf(id: string): AdmissionRow {
  const row = ROWS.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

function requestOf([, , object, username, , oldObject]: Case): AdmissionRequest {
  return request({ object, oldObject, username, operation: oldObject === undefined ? 'CREATE' : 'UPDATE' });
}

function asked(row: AdmissionRow, about: AdmissionRequest, mode: RightMode = 'enforce'): readonly Question[] {
  return (row.ask?.(about, cluster(mode)) ?? []).filter(({ kind }) => kind === 'authorise');
}

function answered(questions: readonly Question[], verdict: 'allowed' | 'denied' | 'unknown'): Answers {
  const answer: Answer = { kind: 'authorise', verdict };
  return new Map(questions.map(({ key }) => [key, answer]));
}

describe('the right to use a queue', () => {
  for (const each of CASES) {
    const [name, id, , , want] = each;
    it(`${name}: ${want === '' ? 'nobody is asked' : `asked for ${want}, and refused without it`}`, () => {
      const row = rowOf(id);
      const about = requestOf(each);
      const questions = asked(row, about);
      expect(
        questions.map((one) => ('verb' in one ? `${one.verb} ${one.type.plural} ${one.namespace}${one.name}` : '')),
      ).to.deep.equal(want === '' ? [] : [`use queues ${want}`]);
      expect(row.admit(about, cluster('enforce'), answered(questions, 'allowed')).kind).to.equal('allow');
      if (want === '') return;
      const denied = row.admit(about, cluster('enforce'), answered(questions, 'denied'));
      expect(summary(denied)).to.match(/^403 QueueUseDenied /);
      expect(summary(row.admit(about, cluster('enforce'), answered(questions, 'unknown')))).to.match(
        /^403 RightUnknown /,
      );
    });
  }

  const each = ['', 'mutate-jobs', job(GOLD), "o'neil of b", 'gold'] as const;
  const row = rowOf('mutate-jobs');

  it('is told with who lacks it, and with what gives it', () => {
    const about = requestOf(each);
    const verdict = row.admit(about, cluster('enforce'), answered(asked(row, about), 'denied'));
    expect(verdict.kind === 'deny' && verdict.errors).to.deep.equal([
      {
        path: `metadata.labels[${QUEUE_LABEL}]`,
        kind: 'FieldValueForbidden',
        value: 'gold',
        message:
          "o'neil of b has no right to use queue gold; an administrator gives it by a ClusterRole with the rule " +
          '{apiGroups: ["scheduling.volcano.sh"], resources: [queues], resourceNames: ["gold"], verbs: [use]}, ' +
          "and a ClusterRoleBinding of it to User o'neil of b",
      },
    ]);
  });

  it('is told with the field that the user wrote, of a CronJob too', () => {
    const cron = rowOf('mutate-cronjobs');
    for (const [object, path] of [
      [cronJob(GOLD), `metadata.labels[${QUEUE_LABEL}]`],
      [cronJob({}, GOLD), `spec.jobTemplate.metadata.labels[${QUEUE_LABEL}]`],
      [cronJob({}, {}, GOLD), `spec.jobTemplate.spec.template.metadata.labels[${QUEUE_LABEL}]`],
    ] as const) {
      const about = request({ object, username: 'bob' });
      expect(summary(cron.admit(about, cluster('enforce'), answered(asked(cron, about), 'denied')))).to.equal(
        `403 QueueUseDenied ${path}`,
      );
    }
  });

  it('is only warned about where it is not enforced yet', () => {
    const about = requestOf(each);
    const warnings = (['denied', 'allowed', 'unknown'] as const).map((verdict) => {
      const said = row.admit(about, cluster('warn'), answered(asked(row, about, 'warn'), verdict));
      return said.kind === 'allow' ? said.warnings : said.kind;
    });
    expect(warnings).to.deep.equal([
      ['you have no right to use queue gold: allowed today, refused once it is enforced (QueueUseDenied)'],
      [],
      [],
    ]);
  });

  it('is asked about nowhere where it is off', () => {
    for (const one of CASES) expect(asked(rowOf(one[1]), requestOf(one), 'off'), one[0]).to.deep.equal([]);
  });

  it('comes after what is wrong with the work itself', () => {
    const about = request({ object: job({ labels: { [QUEUE_LABEL]: 'nowhere' } }), username: 'bob' });
    expect(summary(row.admit(about, cluster('enforce'), answered(asked(row, about), 'denied')))).to.match(
      /^422 QueueNotFound/,
    );
  });
});

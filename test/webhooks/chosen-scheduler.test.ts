import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateCronJob } from '../../webhooks/cron-jobs/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { rootMutator } from '../../webhooks/roots/mutate.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { specOf } from './frameworks/framework-table.ts';
import { request, view } from './fixture.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const SPEC = { schedulerName: 'default-scheduler', containers: [] };

/** What kubectl notes of a manifest. */
function applied(spec: JsonObject): JsonObject {
  return { annotations: { [LAST_APPLIED]: JSON.stringify({ spec }) } };
}

function managed(operation: string, fieldsV1: JsonObject): JsonObject {
  return { managedFields: [{ operation, fieldsV1 }] };
}

const CHOSEN = { 'f:spec': { 'f:schedulerName': {} } };

describe('the default scheduler, written by hand', () => {
  const pods: readonly (readonly [string, JsonObject, boolean])[] = [
    ['by kubectl apply', applied({ schedulerName: 'default-scheduler' }), true],
    ['by a server-side apply', managed('Apply', CHOSEN), true],
    ['by nobody', applied({}), false],
    ['by nobody, through a create', managed('Update', CHOSEN), false],
    ['by nobody, in a server-side apply', managed('Apply', { 'f:spec': {} }), false],
  ];
  for (const [name, metadata, isTold] of pods) {
    it(`${name}: ${isTold ? 'taken over with a warning' : 'no warning'}`, () => {
      const verdict = mutatePod(request({ object: { metadata: { name: 'a', ...metadata }, spec: SPEC } }), view());
      const want = 'spec.schedulerName: default-scheduler becomes sluice, which places the pods of this namespace';
      expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal(isTold ? [want] : []);
    });
  }

  it('is looked for in the template of a Job', () => {
    const metadata = managed('Apply', { 'f:spec': { 'f:template': CHOSEN } });
    const object = { metadata: { name: 'a', ...metadata }, spec: { template: { spec: SPEC } } };
    const verdict = mutateJob(request({ object }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.template.spec.schedulerName: default-scheduler becomes sluice, which places the pods of this namespace',
    ]);
  });
});

describe('a scheduler that is nearly one of ours', () => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ['Volcano', 'volcano'],
    ['SLUICE', 'sluice'],
    ['volcanoo', 'volcano'],
    ['vulcan', 'volcano'],
    ['sluce', 'sluice'],
    ['vulkan', undefined],
    ['kai-scheduler', undefined],
    ['default-schedule', undefined],
    ['v'.repeat(5000), undefined],
  ];
  const wordsFor = (path: string, name: string, meant: string | undefined): readonly string[] =>
    meant === undefined ? [] : [`${path}schedulerName: Sluice places no pods of ${name}: is ${meant} meant?`];
  const told = (verdict: Verdict): unknown => verdict.kind === 'allow' && verdict.warnings;
  const containers = [{ name: 'main', image: 'none' }];

  for (const [schedulerName, meant] of names) {
    const spec = { schedulerName, containers };
    const short = schedulerName.slice(0, 20);

    it(`${short}: ${meant === undefined ? 'nothing is said of' : 'told for'} a pod, which is left alone`, () => {
      const verdict = mutatePod(request({ object: { metadata: { name: 'a' }, spec } }), view());
      expect(told(verdict)).to.deep.equal(wordsFor('spec.', schedulerName, meant));
      expect(verdict.kind === 'allow' && verdict.patch).to.deep.equal([]);
    });

    it(`${short}: ${meant === undefined ? 'nothing is said of' : 'told for'} a Deployment`, () => {
      const object = { metadata: { name: 'a' }, spec: { template: { spec } } };
      const verdict = mutateWorkload(request({ object, resource: 'deployments' }), view());
      expect(told(verdict)).to.deep.equal(wordsFor('spec.template.spec.', schedulerName, meant));
    });
  }

  it('is told beside what a Job is told of another scheduler', () => {
    const object = { metadata: { name: 'a' }, spec: { template: { spec: { schedulerName: 'Volcano', containers } } } };
    expect(told(mutateJob(request({ object }), view()))).to.deep.equal([
      'Job is left to the scheduler Volcano: no gang is formed and no queue is charged',
      ...wordsFor('spec.template.spec.', 'Volcano', 'volcano'),
    ]);
  });

  it('is told of a CronJob', () => {
    const jobTemplate = { spec: { template: { spec: { schedulerName: 'sluce', containers } } } };
    const object = { metadata: { name: 'a' }, spec: { schedule: '@daily', jobTemplate } };
    expect(told(mutateCronJob(request({ object, resource: 'cronjobs' }), view()))).to.deep.equal(
      wordsFor('spec.jobTemplate.spec.template.spec.', 'sluce', 'sluice'),
    );
  });

  it('is told of an object of a framework', () => {
    const template = { spec: { schedulerName: 'volcan', containers } };
    const object = {
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name: 'a' },
      spec: { pytorchReplicaSpecs: { Worker: { replicas: 2, template } } },
    };
    const path = 'spec.pytorchReplicaSpecs.Worker.template.spec.';
    expect(told(rootMutator(specOf(object))(request({ object }), view()))).to.deep.equal([
      'PyTorchJob is left to the scheduler volcan: no gang is formed for it',
      ...wordsFor(path, 'volcan', 'volcano'),
    ]);
  });

  it('is told once of a Deployment, and again when it is another', () => {
    const object = (schedulerName: string, label: string): JsonObject => {
      const template = { metadata: { labels: { label } }, spec: { schedulerName, containers } };
      return { metadata: { name: 'a' }, spec: { template } };
    };
    const change = (before: string, after: string): unknown => {
      const [oldObject, now] = [object(before, 'a'), object(after, 'b')];
      return told(
        mutateWorkload(request({ operation: 'UPDATE', resource: 'deployments', oldObject, object: now }), view()),
      );
    };
    expect(change('sluce', 'sluce')).to.deep.equal([]);
    expect(change('sluice', 'sluce')).to.deep.equal(wordsFor('spec.template.spec.', 'sluce', 'sluice'));
  });

  it('is not told to controllers, which read nothing', () => {
    const username = 'system:serviceaccount:kube-system:replicaset-controller';
    const object = { metadata: { name: 'a' }, spec: { schedulerName: 'sluce', containers } };
    expect(told(mutatePod(request({ object, username }), view()))).to.deep.equal([]);
  });
});

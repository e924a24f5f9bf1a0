import { expect } from 'chai';
import { formatGroupPlan, parseGroupPlan } from '../../src/api/group-plan.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../../webhooks/admission.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateCronJob } from '../../webhooks/cron-jobs/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePodGroup } from '../../webhooks/pod-groups/mutate.ts';
import { validatePodGroupReview } from '../../webhooks/pod-groups/validate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { created, OWN_USER, patched, planOn, request, summary, view } from './fixture.ts';
import { job } from './jobs/job-fixture.ts';

const SUBMITTER = 'sluice.dev/submitter';
const FORGED = { [SUBMITTER]: 'eve' };
const CRON_CONTROLLER = 'system:serviceaccount:kube-system:cronjob-controller';

function cronJob(annotations: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  const template = { spec: { containers: [], restartPolicy: 'Never', ...spec } };
  return { metadata: { name: 'nightly' }, spec: { jobTemplate: { metadata: { annotations }, spec: { template } } } };
}

function submitterOfCronJob(object: JsonObject, over: Partial<AdmissionRequest> = {}): string {
  const stored = patched(object, mutateCronJob(request({ object, resource: 'cronjobs', ...over }), view()));
  return stringAt(stored, ['spec', 'jobTemplate', 'metadata', 'annotations', SUBMITTER]);
}

/** What makes a pod plan the group that it names. */
const IN_GROUP = { 'scheduling.k8s.io/group-name': 'ours', 'scheduling.volcano.sh/group-min-member': '2' };

function workload(apiVersion: string, kind: string, annotations: JsonObject): JsonObject {
  const template = { metadata: { labels: { app: 'web' }, annotations }, spec: { containers: [] } };
  return { apiVersion, kind, metadata: { name: 'web' }, spec: { template } };
}

function submitterIn(object: JsonObject): string {
  return stringAt(object, ['spec', 'template', 'metadata', 'annotations', SUBMITTER]);
}

describe('whose work it is', () => {
  it('is who makes a Job, whatever the Job says', () => {
    expect(planOn(created(mutateJob, job({ annotations: FORGED }))).submitter).to.equal('alice');
  });

  it('stays who made the Job, whoever changes it and whatever its plan is made to say', () => {
    const stored = created(mutateJob, job());
    const plan = { ...planOn(stored), submitter: 'eve' };
    const forged = structuredClone(stored) as { metadata: { annotations: Record<string, string> } } & JsonObject;
    forged.metadata.annotations['sluice.dev/group-plan'] = formatGroupPlan(plan);
    const spec = { ...(forged['spec'] as JsonObject), parallelism: 2, completions: 2 };
    for (const object of [forged, { ...forged, spec }]) {
      const about = request({ operation: 'UPDATE', username: 'eve', object, oldObject: stored });
      expect(planOn(patched(object, mutateJob(about, view()))).submitter).to.equal('alice');
    }
  });

  it('is who makes a copy of a Job, and not who made the one that was copied', () => {
    const stored = created(mutateJob, job());
    const copy = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), name: 'copy' } };
    expect(planOn(created(mutateJob, copy, view(), { username: 'bob' })).submitter).to.equal('bob');
  });

  it('is who made the CronJob, for each of its Jobs', () => {
    expect(submitterOfCronJob(cronJob(FORGED))).to.equal('alice');
    const ofCronJob = created(mutateJob, job({ annotations: { [SUBMITTER]: 'alice' } }), view(), {
      username: CRON_CONTROLLER,
    });
    expect(planOn(ofCronJob).submitter).to.equal('alice');
  });

  it('cannot be changed on a CronJob, nor brought along from one that was not looked at', () => {
    const update = { operation: 'UPDATE', username: 'bob' } as const;
    const stored = cronJob({ [SUBMITTER]: 'alice' });
    for (const object of [cronJob(FORGED), cronJob()])
      expect(submitterOfCronJob(object, { ...update, oldObject: stored })).to.equal('alice');
    expect(submitterOfCronJob(cronJob(FORGED), { ...update, oldObject: cronJob() })).to.equal('');
    const foreign = cronJob(FORGED, { schedulerName: 'other' });
    expect(submitterOfCronJob(cronJob(FORGED), { ...update, oldObject: foreign })).to.equal('bob');
  });

  it('is who makes a bare pod', () => {
    const pod = { metadata: { name: 'p', annotations: FORGED }, spec: { containers: [] } };
    expect(planOn(created(mutatePod, pod)).submitter).to.equal('alice');
  });

  for (const [kind, apiVersion] of [
    ['Deployment', 'apps/v1'],
    ['StatefulSet', 'apps/v1'],
    ['ReplicaSet', 'apps/v1'],
    ['ReplicationController', 'v1'],
  ] as const) {
    it(`is who made a ${kind}, for its pods, whoever changes it and whatever its template is made to say`, () => {
      const object = workload(apiVersion, kind, FORGED);
      const stored = created(mutateWorkload, object);
      expect(submitterIn(stored)).to.equal('alice');
      for (const changed of [workload(apiVersion, kind, FORGED), workload(apiVersion, kind, {})]) {
        const about = request({ operation: 'UPDATE', username: 'eve', object: changed, oldObject: stored });
        expect(submitterIn(patched(changed, mutateWorkload(about, view())))).to.equal('alice');
      }
    });
  }

  it('is nobody for pods of a Deployment that was there before', () => {
    const [object, oldObject] = [workload('apps/v1', 'Deployment', FORGED), workload('apps/v1', 'Deployment', {})];
    const about = request({ operation: 'UPDATE', username: 'eve', object, oldObject });
    expect(submitterIn(patched(object, mutateWorkload(about, view())))).to.equal('');
  });

  it('is believed of a pod that a controller makes from a template that was looked at, and of no other', () => {
    const of = (kind: string, username: string): string | undefined => {
      const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
      const ownerReferences = [{ apiVersion, kind, name: 'web', uid: 'u', controller: true }];
      const metadata = { name: 'p', annotations: { [SUBMITTER]: 'alice', ...IN_GROUP }, ownerReferences };
      return planOn(created(mutatePod, { metadata, spec: { containers: [] } }, view(), { username })).submitter;
    };
    const controller = 'system:serviceaccount:kube-system:replicaset-controller';
    expect([of('ReplicaSet', controller), of('StatefulSet', controller)]).to.deep.equal(['alice', 'alice']);
    expect(of('Job', controller), "a template of a Job is the client's to write").to.equal(undefined);
    expect(of('ReplicaSet', 'eve')).to.equal('eve');
  });

  it('is no text of any length', () => {
    expect(planOn(created(mutateJob, job(), view(), { username: 'x'.repeat(513) })).submitter).to.equal(undefined);
  });

  it('is written on a PodGroup by Sluice alone', () => {
    const group = { metadata: { name: 'g', annotations: FORGED }, spec: { queue: 'default' } };
    const bare = { metadata: { name: 'g' }, spec: { queue: 'default' } };
    const annotationOf = (username: string): string =>
      stringAt(created(mutatePodGroup, group, view(), { username }), ['metadata', 'annotations', SUBMITTER]);
    expect([annotationOf('eve'), annotationOf(OWN_USER)]).to.deep.equal(['', 'eve']);
    const about = request({ operation: 'UPDATE', username: 'eve', object: group, oldObject: bare });
    expect(summary(validatePodGroupReview(about, view()))).to.equal(
      `403 OwnedGroup metadata.annotations[${SUBMITTER}]`,
    );
  });

  it('is kept in the text of a plan', () => {
    const plan = planOn(created(mutateJob, job()));
    expect(parseGroupPlan(formatGroupPlan(plan))).to.deep.equal(plan);
  });
});

import { expect } from 'chai';
import { memberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmitFn } from '../../../webhooks/admission.ts';
import { mutateWorkload } from '../../../webhooks/apps/mutate.ts';
import { mutateCronJob } from '../../../webhooks/cron-jobs/mutate.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { created, planOn, request, summary, view } from '../fixture.ts';
import { inventory, nvidia, pod } from './nodes.ts';

const CLUSTER = view({ devices: inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559, {}, 8, 4)) });
const WISH = { 'sluice.dev/accelerators': '8 x gpu, memory >= 80Gi' };
const TEMPLATE = { spec: { containers: [{ name: 'main', image: 'x' }] } };

function job(annotations: JsonObject = {}, template: JsonObject = TEMPLATE, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train', annotations, labels },
    spec: { parallelism: 4, completions: 4, template },
  };
}

function deployment(annotations: JsonObject): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'serve', annotations },
    spec: { template: TEMPLATE },
  };
}

function limitsAt(object: JsonObject, ...at: readonly string[]): unknown {
  const containers = memberAt(object, ...at, 'spec', 'containers') as readonly JsonObject[];
  return memberAt(containers[0], 'resources', 'limits');
}

describe('accelerators at the door', () => {
  it('gives a Job’s pods what the Job wishes for, and counts it in its gang', () => {
    const stored = created(mutateJob, job(WISH), CLUSTER, { resource: 'jobs', name: 'train' });
    expect(limitsAt(stored, 'spec', 'template')).to.deep.equal({ 'nvidia.com/gpu': '8' });
    expect(planOn(stored).minResources).to.deep.equal({ 'nvidia.com/gpu': '32' });
    expect(stringAt(stored, ['spec', 'template', 'metadata', 'annotations', 'sluice.dev/accelerators'])).to.equal(
      '8 x gpu, memory >= 80Gi',
    );
  });

  it('reads the label form, from a Job or its template', () => {
    const label = { 'sluice.dev/accelerator': 'h100-4' };
    const own = created(mutateJob, job({}, TEMPLATE, label), CLUSTER, { resource: 'jobs' });
    const template = created(mutateJob, job({}, { ...TEMPLATE, metadata: { labels: label } }), CLUSTER, {
      resource: 'jobs',
    });
    for (const stored of [own, template]) {
      expect(limitsAt(stored, 'spec', 'template')).to.deep.equal({ 'nvidia.com/gpu': '4' });
    }
  });

  it('lets the template say otherwise than its Job', () => {
    const template = { ...TEMPLATE, metadata: { annotations: { 'sluice.dev/accelerators': '2 x gpu' } } };
    const stored = created(mutateJob, job(WISH, template), CLUSTER, { resource: 'jobs' });
    expect(limitsAt(stored, 'spec', 'template')).to.deep.equal({ 'nvidia.com/gpu': '2' });
  });

  it('is the same when it is mutated twice', () => {
    for (const [admit, object, resource] of [
      [mutateJob, job(WISH), 'jobs'],
      [mutateWorkload, deployment(WISH), 'deployments'],
      [mutatePod, pod({}, WISH), 'pods'],
    ] as readonly (readonly [AdmitFn, JsonObject, string])[]) {
      const once = created(admit, object, CLUSTER, { resource });
      expect(created(admit, once, CLUSTER, { resource })).to.deep.equal(once);
    }
  });

  it('gives devices to bare pods and to the templates of services', () => {
    expect(limitsAt(created(mutatePod, pod({}, WISH), CLUSTER))).to.deep.equal({ 'nvidia.com/gpu': '8' });
    const stored = created(mutateWorkload, deployment(WISH), CLUSTER, { resource: 'deployments' });
    expect(limitsAt(stored, 'spec', 'template')).to.deep.equal({ 'nvidia.com/gpu': '8' });
  });

  it('refuses at the root what no node has, with the field', () => {
    const cases: readonly (readonly [AdmitFn, JsonObject, string, string])[] = [
      [
        mutateJob,
        job({ 'sluice.dev/accelerators': '8 x b200' }),
        'jobs',
        'metadata.annotations[sluice.dev/accelerators]',
      ],
      [
        mutatePod,
        pod({}, { 'sluice.dev/accelerators': 'nonsense text' }),
        'pods',
        'metadata.annotations[sluice.dev/accelerators]',
      ],
      [
        mutateJob,
        job({}, TEMPLATE, { 'sluice.dev/accelerator': 'gpu' }),
        'jobs',
        'metadata.labels[sluice.dev/accelerator]',
      ],
    ];
    for (const [admit, object, resource, path] of cases) {
      expect(summary(admit(request({ object, resource }), CLUSTER))).to.equal(`422 AcceleratorsRefused ${path}`);
    }
  });

  it('tells all mistakes at once', () => {
    const object = job({ 'sluice.dev/accelerators': '8 x b200', 'scheduling.volcano.sh/queue-name': 'nowhere' });
    expect(summary(mutateJob(request({ object, resource: 'jobs' }), CLUSTER))).to.equal(
      '422 AcceleratorsRefused metadata.annotations[sluice.dev/accelerators] metadata.annotations[scheduling.volcano.sh/queue-name]',
    );
  });

  it('tells a CronJob what its Jobs would be refused for', () => {
    const object = {
      metadata: { name: 'nightly' },
      spec: {
        jobTemplate: {
          metadata: { annotations: { 'sluice.dev/accelerators': '8 x b200' } },
          spec: { template: TEMPLATE },
        },
      },
    };
    const verdict = mutateCronJob(request({ object, resource: 'cronjobs', name: 'nightly' }), CLUSTER);
    expect(summary(verdict)).to.equal(
      '422 AcceleratorsRefused spec.jobTemplate.metadata.annotations[sluice.dev/accelerators]',
    );
  });

  it('hands the wish of a CronJob down to its Jobs, and follows it', () => {
    const cronJob = (wish: string, template?: string): JsonObject => ({
      metadata: { name: 'nightly', annotations: { 'sluice.dev/accelerators': wish } },
      spec: {
        jobTemplate: {
          ...(template === undefined ? {} : { metadata: { annotations: { 'sluice.dev/accelerators': template } } }),
          spec: { template: TEMPLATE },
        },
      },
    });
    const handedDown = (object: JsonObject): string =>
      stringAt(object, ['spec', 'jobTemplate', 'metadata', 'annotations', 'sluice.dev/accelerators']);
    const first = created(mutateCronJob, cronJob('8 x h100'), CLUSTER, { resource: 'cronjobs' });
    expect(handedDown(first)).to.equal('8 x h100');
    const changed = cronJob('4 x h100', '8 x h100');
    const update = { resource: 'cronjobs', operation: 'UPDATE', oldObject: first } as const;
    expect(handedDown(created(mutateCronJob, changed, CLUSTER, update))).to.equal('4 x h100');
    expect(handedDown(created(mutateCronJob, cronJob('4 x h100', '2 x h100'), CLUSTER, update))).to.equal('2 x h100');
  });

  it('follows the wish of a Deployment that changes', () => {
    const first = created(mutateWorkload, deployment(WISH), CLUSTER, { resource: 'deployments' });
    const object = { ...first, metadata: { name: 'serve', annotations: { 'sluice.dev/accelerators': '4 x h100' } } };
    const update = { resource: 'deployments', operation: 'UPDATE', oldObject: first } as const;
    const next = created(mutateWorkload, object, CLUSTER, update);
    expect(limitsAt(next, 'spec', 'template')).to.deep.equal({ 'nvidia.com/gpu': '4' });
    expect(created(mutateWorkload, next, CLUSTER, { ...update, oldObject: next })).to.deep.equal(next);
  });

  it('puts back into a Job what a replace with its first manifest drops', () => {
    const asked = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }] };
    const spec = {
      ...TEMPLATE.spec,
      tolerations: [{ key: 'own', operator: 'Exists' }],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: asked } },
    };
    const manifest = job(WISH, { spec });
    const first = created(mutateJob, manifest, CLUSTER, { resource: 'jobs' });
    const update = { resource: 'jobs', operation: 'UPDATE', oldObject: first } as const;
    const replaced = created(mutateJob, manifest, view(), update);
    expect(memberAt(replaced, 'spec', 'template')).to.deep.equal(memberAt(first, 'spec', 'template'));
    expect(created(mutateJob, first, view(), update)).to.deep.equal(first);
  });

  it('says of a domain that it is of one pod', () => {
    const object = job({ 'sluice.dev/accelerators': '8 x h100, one NVLink domain' });
    const verdict = mutateJob(request({ object, resource: 'jobs' }), CLUSTER);
    expect(verdict.kind === 'allow' && verdict.warnings.join()).to.match(
      /within each pod only; across pods: "one NVLink domain for the group"/,
    );
  });

  it('leaves Jobs of other schedulers alone', () => {
    const template = { spec: { ...TEMPLATE.spec, schedulerName: 'other' } };
    const stored = created(mutateJob, job(WISH, template), CLUSTER, { resource: 'jobs' });
    expect(limitsAt(stored, 'spec', 'template')).to.equal(undefined);
  });
});

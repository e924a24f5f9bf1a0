import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { created, patched, planOn, request, summary, view } from '../fixture.ts';
import { GROUP, job, MIN_MEMBER, PLAN, QUEUE_ANNOTATION, QUEUE_LABEL, TASK, templateOf } from './job-fixture.ts';
import type { JobParts } from './job-fixture.ts';

const GROUP_VIEW = { namespace: 'team-a', queue: 'default' };

function verdictOf(object: JsonObject, cluster: ClusterView = view()): string {
  return summary(mutateJob(request({ resource: 'jobs', object }), cluster));
}

describe('a new Job', () => {
  it('gets a plan, a queue and a stamped template', () => {
    const stored = created(mutateJob, job());
    const plan = planOn(stored);
    expect(plan).to.deep.include({
      root: 'train',
      queue: 'default',
      priorityClassName: '',
      tasks: [{ name: 'worker', min: 4, stage: 0 }],
    });
    expect(plan.group).to.match(/^train-[0-9a-z]{8}$/);
    expect(plan.minResources).to.deep.equal({ cpu: '2', 'nvidia.com/gpu': '4' });
    expect(stringAt(stored, ['metadata', 'labels', QUEUE_LABEL])).to.equal('default');
    expect(templateOf(stored)).to.deep.equal({
      scheduler: 'sluice',
      annotations: { [GROUP]: plan.group, [QUEUE_ANNOTATION]: 'default', [TASK]: 'worker' },
      labels: { [QUEUE_LABEL]: 'default', [TASK]: 'worker' },
    });
  });

  it('keeps labels and annotations that others wrote', () => {
    const metadata = { labels: { app: 'x' }, annotations: { 'example.com/a': 'b' } };
    const stored = created(mutateJob, job({ labels: { team: 'a' }, templateMetadata: metadata }));
    expect(templateOf(stored).labels).to.include({ app: 'x' });
    expect(templateOf(stored).annotations).to.include({ 'example.com/a': 'b' });
    expect(stored['metadata']).to.deep.nested.include({ 'labels.team': 'a' });
  });

  it('has pods that need no further change', () => {
    const stored = created(mutateJob, job());
    const { template } = stored['spec'] as { template: JsonObject };
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'u1', controller: true };
    const pod = {
      ...template,
      metadata: { ...(template['metadata'] as JsonObject), generateName: 'train-', ownerReferences: [owner] },
    };
    const username = 'system:serviceaccount:kube-system:job-controller';
    expect(summary(mutatePod(request({ object: pod, username }), view()))).to.equal('allow');
  });

  const sizes: readonly (readonly [string, JsonObject, JsonObject, number | string])[] = [
    ['parallelism alone', { parallelism: 6 }, {}, 6],
    ['neither', {}, {}, 1],
    ['fewer completions than parallelism', { parallelism: 6, completions: 2 }, {}, 2],
    ['more completions than parallelism', { parallelism: 6, completions: 60 }, {}, 6],
    ['completions null', { parallelism: 6, completions: null }, {}, 6],
    ['completions alone', { completions: 5 }, {}, 1],
    ['a pause', { parallelism: 0, completions: 5 }, {}, 5],
    ['a pause and no completions', { parallelism: 0 }, {}, 1],
    ['a pause with a lower bound for later', { parallelism: 0 }, { [MIN_MEMBER]: '4' }, 4],
    ['a lower bound', { parallelism: 6 }, { [MIN_MEMBER]: '2' }, 2],
    ['a lower bound equal to the size', { parallelism: 6 }, { [MIN_MEMBER]: '6' }, 6],
    [
      'a lower bound over the size',
      { parallelism: 6 },
      { [MIN_MEMBER]: '7' },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
    [
      'a lower bound of none',
      { parallelism: 6 },
      { [MIN_MEMBER]: '0' },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
    [
      'a lower bound in words',
      { parallelism: 6 },
      { [MIN_MEMBER]: 'two' },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
    [
      'a lower bound with a fraction',
      { parallelism: 6 },
      { [MIN_MEMBER]: '1.5' },
      `422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`,
    ],
  ];
  for (const [name, spec, annotations, want] of sizes) {
    it(`with ${name} needs ${want}`, () => {
      const object = job({ spec, annotations });
      if (typeof want === 'string') expect(verdictOf(object)).to.equal(want);
      else expect(planOn(created(mutateJob, object)).tasks).to.deep.equal([{ name: 'worker', min: want, stage: 0 }]);
    });
  }

  it('may have the lower bound on its template', () => {
    const object = job({ templateMetadata: { annotations: { [MIN_MEMBER]: '3' } } });
    expect(planOn(created(mutateJob, object)).tasks[0]?.min).to.equal(3);
    const wrong = job({ templateMetadata: { annotations: { [MIN_MEMBER]: '9' } } });
    expect(verdictOf(wrong)).to.equal(`422 InvalidMinMember spec.template.metadata.annotations[${MIN_MEMBER}]`);
  });

  const queues: readonly (readonly [string, JobParts, string])[] = [
    ['its label', { labels: { [QUEUE_LABEL]: 'blue' }, annotations: { [QUEUE_ANNOTATION]: 'default' } }, 'blue'],
    [
      'its annotation',
      { annotations: { [QUEUE_ANNOTATION]: 'blue' }, templateMetadata: { labels: { [QUEUE_LABEL]: 'default' } } },
      'blue',
    ],
    ['its template', { templateMetadata: { annotations: { [QUEUE_ANNOTATION]: 'blue' } } }, 'blue'],
    ['the namespace', {}, 'team'],
  ];
  for (const [name, parts, want] of queues) {
    it(`takes the queue from ${name}`, () => {
      const cluster = view({ queues: { default: {}, blue: {}, team: {} }, defaults: { 'team-a': 'team' } });
      const stored = created(mutateJob, job(parts), cluster);
      expect(planOn(stored).queue).to.equal(want);
      expect(templateOf(stored).labels).to.include({ [QUEUE_LABEL]: want });
      expect(templateOf(stored).annotations).to.include({ [QUEUE_ANNOTATION]: want });
    });
  }

  it('is refused with every mistake at once', () => {
    const object = job({ labels: { [QUEUE_LABEL]: 'green' }, annotations: { [MIN_MEMBER]: '9' } });
    expect(verdictOf(object)).to.equal(
      `422 QueueNotFound metadata.labels[${QUEUE_LABEL}] metadata.annotations[${MIN_MEMBER}]`,
    );
  });

  it('is refused at the template when that names the queue', () => {
    const object = job({ templateMetadata: { labels: { [QUEUE_LABEL]: 'shut' } } });
    expect(verdictOf(object)).to.equal(`422 QueueNotOpen spec.template.metadata.labels[${QUEUE_LABEL}]`);
  });

  const ESTIMATE = 'sluice.dev/running-estimate';
  const estimates: readonly (readonly [string, JsonObject, JsonObject, string | undefined])[] = [
    ['its annotation', {}, { [ESTIMATE]: '1h30m' }, '5400s'],
    ['its deadline', { activeDeadlineSeconds: 90 }, {}, '90s'],
    ['the shorter of the two', { activeDeadlineSeconds: 90 }, { [ESTIMATE]: '1500ms' }, '1.5s'],
    ['nothing when it says nothing', {}, {}, undefined],
    ['nothing when it cannot be read', {}, { [ESTIMATE]: 'soon' }, undefined],
  ];
  for (const [name, spec, annotations, estimate] of estimates) {
    it(`hands on how long its pods run: ${name}`, () => {
      expect(planOn(created(mutateJob, job({ spec, annotations }))).runningEstimate).to.equal(estimate);
    });
  }

  it('is told where what it says of how long its pods run cannot be read, or has no effect', () => {
    const soon = { annotations: { [ESTIMATE]: 'soon' } };
    const object = job({ annotations: soon.annotations, templateMetadata: soon });
    const told = mutateJob(request({ resource: 'jobs', object }), view());
    const path = `metadata.annotations[${ESTIMATE}]`;
    const wrong = 'is no running estimate: write one such as 1h30m';
    expect(told.kind === 'allow' && told.warnings).to.deep.equal([
      `${path} ${wrong}`,
      `spec.template.${path} ${wrong}`,
    ]);
    const named = job({
      annotations: { [ESTIMATE]: '1h' },
      templateMetadata: { annotations: { [GROUP]: 'mine', [MIN_MEMBER]: '2' } },
    });
    const joined = mutateJob(request({ resource: 'jobs', object: named }), view());
    expect(joined.kind === 'allow' && joined.warnings).to.deep.equal([
      `${path} has no effect on a group that is named: write it in spec.template`,
    ]);
  });

  it('is left to another scheduler, with a warning', () => {
    const verdict = mutateJob(request({ object: job({ templateSpec: { schedulerName: 'kai-scheduler' } }) }), view());
    expect(summary(verdict)).to.equal('allow');
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'Job is left to the scheduler kai-scheduler: no gang is formed and no queue is charged',
    ]);
  });

  it('that goes to another scheduler loses the plan of the Job that it was copied from', () => {
    const annotations = { [PLAN]: JSON.stringify(planOn(created(mutateJob, job()))) };
    const copy = job({ annotations, templateSpec: { schedulerName: 'kai-scheduler' } });
    expect(created(mutateJob, copy)['metadata']).to.deep.nested.include({ annotations: {} });
  });

  it('keeps the scheduler name volcano', () => {
    expect(templateOf(created(mutateJob, job({ templateSpec: { schedulerName: 'volcano' } }))).scheduler).to.equal(
      'volcano',
    );
  });

  it('may name the role of its pods', () => {
    const stored = created(mutateJob, job({ templateMetadata: { annotations: { [TASK]: 'Trainer' } } }));
    expect(planOn(stored).tasks[0]?.name).to.equal('Trainer');
    expect(templateOf(stored).labels).to.include({ [TASK]: 'Trainer' });
  });

  it('has a role that cannot be a label made into one', () => {
    const stored = created(mutateJob, job({ annotations: { [TASK]: 'Data loader!' } }));
    expect(planOn(stored).tasks[0]?.name).to.equal('data-loader');
    expect(templateOf(stored).annotations).to.include({ [TASK]: 'data-loader' });
  });

  it('is named by its generateName until it has a name', () => {
    const object = { ...job(), metadata: { generateName: 'sweep-' } };
    expect(planOn(created(mutateJob, object))).to.deep.include({ root: 'sweep-' });
    expect(planOn(created(mutateJob, object)).group).to.match(/^sweep-[0-9a-z]{8}$/);
  });

  it('is planned although a CronJob controls it', () => {
    const object = job();
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'u', controller: true };
    const metadata = { ...(object['metadata'] as JsonObject), ownerReferences: [owner] };
    expect(planOn(created(mutateJob, { ...object, metadata })).root).to.equal('train');
  });

  it('is left alone when it only seems to be going away', () => {
    const object = job();
    const metadata = { ...(object['metadata'] as JsonObject), deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(verdictOf({ ...object, metadata })).to.equal('patch');
  });
});

describe('a new Job that names volcano where Sluice stands in its place', () => {
  const place = { groupsAsVolcano: true, optedIn: false };
  const VOLCANO = { templateSpec: { schedulerName: 'volcano' } };

  it('is left to its pods', () => {
    const stored = created(mutateJob, job(VOLCANO), view(place));
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
    expect(templateOf(stored).annotations, 'all that they are told').to.deep.equal({ 'sluice.dev/submitter': 'alice' });
  });

  it('hands them its queue', () => {
    const object = job({ ...VOLCANO, labels: { [QUEUE_LABEL]: 'blue' } });
    const stored = patched(object, mutateJob(request({ resource: 'jobs', object }), view(place)));
    expect(templateOf(stored).labels).to.deep.equal({ [QUEUE_LABEL]: 'blue' });
    expect(stringAt(stored, ['metadata', 'annotations', PLAN])).to.equal('');
  });

  it('is refused when its queue takes no work', () => {
    const object = job({ ...VOLCANO, labels: { [QUEUE_LABEL]: 'shut' } });
    expect(verdictOf(object, view(place))).to.include('QueueNotOpen');
  });

  for (const [what, parts, cluster] of [
    ['in a namespace that opted in', VOLCANO, { ...place, optedIn: true }],
    ['when it names sluice', { templateSpec: { schedulerName: 'sluice' } }, place],
    ['elsewhere', VOLCANO, { optedIn: false }],
  ] as const) {
    it(`is a gang ${what}`, () => expect(verdictOf(job(parts), view(cluster))).to.equal('patch'));
  }
});

describe('a Job that was planned before', () => {
  const stored = created(mutateJob, job());
  const { group } = planOn(stored);

  it('keeps its plan when it is mutated again in the same creation', () => {
    expect(summary(mutateJob(request({ uid: 'another', object: stored }), view()))).to.equal('allow');
  });

  it('is planned anew under another name, and its template is stamped anew', () => {
    const copy = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), name: 'train-2' } };
    const again = created(mutateJob, copy, view(), { uid: 'another' });
    expect(planOn(again)).to.deep.include({ root: 'train-2' });
    expect(planOn(again).group).to.match(/^train-2-/);
    expect(templateOf(again).annotations).to.include({ [GROUP]: planOn(again).group });
  });

  it('is planned anew under a name that shortens to the same', () => {
    const dotted = created(mutateJob, job({ name: 'a.b' }));
    const copy = { ...dotted, metadata: { ...(dotted['metadata'] as JsonObject), name: 'a-b' } };
    expect(planOn(created(mutateJob, copy, view(), { uid: 'another' })).group).to.not.equal(planOn(dotted).group);
  });

  it('is planned anew under its own name once its group exists', () => {
    const cluster = view({ groups: [{ namespace: 'team-a', name: group, queue: 'default', ownerUid: 'old' }] });
    const again = created(mutateJob, stored, cluster, { uid: 'another' });
    expect(planOn(again).group)
      .to.match(/^train-/)
      .and.not.equal(group);
    expect(templateOf(again).annotations).to.include({ [GROUP]: planOn(again).group });
  });

  it('is planned anew when the plan was edited into something else', () => {
    const annotations = { [PLAN]: '{"version":2}' };
    expect(planOn(created(mutateJob, job({ annotations }))).root).to.equal('train');
  });

  it('does not carry over what somebody wrote into the plan', () => {
    const forged = JSON.stringify({
      ...planOn(stored),
      queue: 'shut',
      tasks: [{ name: 'x', min: 1, stage: 0 }],
      minResources: {},
    });
    const object = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), annotations: { [PLAN]: forged } } };
    expect(planOn(created(mutateJob, object))).to.deep.equal(planOn(stored));
  });
});

describe('a Job whose template names a group', () => {
  const named = { annotations: { [GROUP]: 'mine' } };

  it('keeps that group, gets no plan, and is stamped', () => {
    const out = created(mutateJob, job({ templateMetadata: named, labels: { [QUEUE_LABEL]: 'blue' } }));
    expect(stringAt(out, ['metadata', 'annotations', PLAN])).to.equal('');
    expect(templateOf(out)).to.deep.equal({
      scheduler: 'sluice',
      annotations: { [GROUP]: 'mine', [QUEUE_ANNOTATION]: 'blue', [TASK]: 'worker' },
      labels: { [QUEUE_LABEL]: 'blue', [TASK]: 'worker' },
    });
  });

  it('takes the queue of the group that exists, and says so', () => {
    const cluster = view({ groups: [{ namespace: 'team-a', name: 'mine', queue: 'blue', ownerUid: '' }] });
    const object = job({ templateMetadata: named, labels: { [QUEUE_LABEL]: 'default' } });
    const verdict = mutateJob(request({ object }), cluster);
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'group mine is in queue blue; queue default is ignored',
    ]);
    expect(templateOf(patched(object, verdict)).labels).to.include({ [QUEUE_LABEL]: 'blue' });
  });

  it('is told when nobody has made that group yet, unless its pods do', () => {
    const warningsOf = (metadata: JsonObject, cluster: ClusterView): unknown => {
      const verdict = mutateJob(request({ object: job({ templateMetadata: metadata }) }), cluster);
      return verdict.kind === 'allow' && verdict.warnings;
    };
    const missing = 'no PodGroup mine exists yet: the pods wait until you make it (is the template a copy?)';
    expect(warningsOf(named, view())).to.deep.equal([missing]);
    expect(warningsOf({ annotations: { [GROUP]: 'mine', [MIN_MEMBER]: '2' } }, view())).to.deep.equal([]);
    expect(warningsOf(named, view({ synced: false }))).to.deep.equal([]);
  });

  it('gets a group of its own when that one is of another Job: the template is a copy', () => {
    const cluster = view({ groups: [{ ...GROUP_VIEW, name: 'old-0a1b2c3d', ownerUid: 'o', origin: 'Job/old' }] });
    const object = job({ templateMetadata: { annotations: { [GROUP]: 'old-0a1b2c3d' } } });
    const verdict = mutateJob(request({ object }), cluster);
    const stored = patched(object, verdict);
    expect(planOn(stored).group).to.match(/^train-/);
    expect(templateOf(stored).annotations).to.include({ [GROUP]: planOn(stored).group });
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'group old-0a1b2c3d belongs to Job/old: this Job gets a group of its own',
    ]);
  });

  it('understands the older spelling of the annotation', () => {
    const out = created(
      mutateJob,
      job({ templateMetadata: { annotations: { 'scheduling.volcano.sh/group-name': 'mine' } } }),
    );
    expect(templateOf(out).annotations).to.include({ [GROUP]: 'mine' });
  });

  it('loses the plan of the Job that it was copied from', () => {
    const annotations = { [PLAN]: JSON.stringify(planOn(created(mutateJob, job()))) };
    const out = created(mutateJob, job({ annotations, templateMetadata: named }));
    expect(out['metadata']).to.deep.nested.include({ annotations: {} });
  });

  it('is refused when the name cannot be one', () => {
    const object = job({ templateMetadata: { annotations: { [GROUP]: 'My group' } } });
    expect(verdictOf(object)).to.equal(`422 InvalidGroupName spec.template.metadata.annotations[${GROUP}]`);
  });
});

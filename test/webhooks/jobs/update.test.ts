import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { created, patched, planOn, request, summary, view } from '../fixture.ts';
import { GROUP, job, MIN_MEMBER, PLAN, QUEUE_LABEL, templateOf } from './job-fixture.ts';

const GROUP_VIEW = { namespace: 'team-a', queue: 'default' };

describe('an updated Job', () => {
  const stored = created(mutateJob, job());
  const plan = planOn(stored);

  function updated(object: JsonObject, old = stored): JsonObject {
    return patched(object, mutateJob(request({ operation: 'UPDATE', uid: 'later', object, oldObject: old }), view()));
  }

  it('gets back what a replace with the original manifest dropped', () => {
    expect(updated(job())).to.deep.equal(stored);
  });

  it('keeps the scheduler name that it was stored with', () => {
    const old = created(mutateJob, job({ templateSpec: { schedulerName: 'volcano' } }));
    expect(templateOf(updated(job(), old)).scheduler).to.equal('volcano');
  });

  it('has its minimum follow its size, in the same group and queue', () => {
    const object = { ...stored, spec: { ...(stored['spec'] as JsonObject), parallelism: 2, completions: 2 } };
    const after = planOn(updated(object));
    expect(after).to.deep.equal({
      ...plan,
      tasks: [{ name: 'worker', min: 2, stage: 0 }],
      minResources: { cpu: '1', 'nvidia.com/gpu': '2' },
    });
  });

  it('has its minimum follow its annotation', () => {
    const annotations = { [PLAN]: JSON.stringify(plan), [MIN_MEMBER]: '3' };
    const object = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), annotations } };
    expect(planOn(updated(object)).tasks[0]?.min).to.equal(3);
  });

  it('is refused a size under its lower bound', () => {
    const old = created(mutateJob, job({ annotations: { [MIN_MEMBER]: '3' } }));
    const object = { ...old, spec: { ...(old['spec'] as JsonObject), parallelism: 2 } };
    const verdict = mutateJob(request({ operation: 'UPDATE', object, oldObject: old }), view());
    expect(summary(verdict)).to.equal(`422 InvalidMinMember metadata.annotations[${MIN_MEMBER}]`);
  });

  it('with a lower bound that was wrong before still gets rid of its finalizers', () => {
    const annotations = { [PLAN]: JSON.stringify(plan), [MIN_MEMBER]: '9' };
    const old = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), annotations, finalizers: ['x'] } };
    const object = { ...old, metadata: { ...(stored['metadata'] as JsonObject), annotations } };
    expect(planOn(updated(object, old))).to.deep.equal(plan);
  });

  it('may be paused and resumed with its lower bound', () => {
    const old = created(mutateJob, job({ annotations: { [MIN_MEMBER]: '3' } }));
    const paused = updated({ ...old, spec: { ...(old['spec'] as JsonObject), parallelism: 0 } }, old);
    expect(planOn(paused).tasks[0]?.min).to.equal(3);
    const resumed = updated({ ...paused, spec: { ...(paused['spec'] as JsonObject), parallelism: 4 } }, paused);
    expect(planOn(resumed)).to.deep.equal(planOn(old));
  });

  it('keeps its minimum while it is paused: its pods may come before the next plan does', () => {
    const paused = updated({ ...stored, spec: { ...(stored['spec'] as JsonObject), parallelism: 0 } });
    expect(planOn(paused)).to.deep.equal(plan);
  });

  it('has no plan that somebody wrote on it later', () => {
    const bare = job();
    const annotations = {
      [PLAN]: JSON.stringify({ ...plan, queue: 'shut', priorityClassName: 'system-node-critical' }),
    };
    const forged = job({ annotations });
    expect(updated(forged, bare)['metadata']).to.deep.nested.include({ annotations: {} });
    const elsewhere = job({ templateSpec: { schedulerName: 'kueue' } });
    expect(updated({ ...elsewhere, metadata: forged['metadata'] ?? {} }, elsewhere)['metadata']).to.deep.nested.include(
      {
        annotations: {},
      },
    );
  });

  it('whose stored plan is for another group than its template names has it taken away', () => {
    const annotations = { [PLAN]: JSON.stringify({ ...plan, group: 'other' }) };
    const old = { ...stored, metadata: { ...(stored['metadata'] as JsonObject), annotations } };
    const cluster = view({ groups: [{ namespace: 'team-a', name: plan.group, queue: 'default', ownerUid: 'x' }] });
    const verdict = mutateJob(request({ operation: 'UPDATE', object: old, oldObject: old }), cluster);
    expect(stringAt(patched(old, verdict), ['metadata', 'annotations', PLAN])).to.equal('');
  });

  const lost = { ...stored, metadata: { name: 'train', namespace: 'team-a', uid: 'u1' } };
  const known = { ...GROUP_VIEW, name: plan.group, ownerUid: 'u1', origin: 'Job/train', submitter: 'alice' };
  const rebuilt: readonly (readonly [string, ClusterView, boolean])[] = [
    ['whose group was made for it', view({ groups: [known] }), true],
    ['whose group is gone', view(), false],
    ['whose group is of another Job', view({ groups: [{ ...known, ownerUid: 'u2' }] }), false],
    ["whose group is a person's own", view({ groups: [{ ...known, origin: '' }] }), false],
  ];
  for (const [name, cluster, want] of rebuilt) {
    it(`${name} ${want ? 'gets a lost plan back' : 'gets no plan'}`, () => {
      const verdict = mutateJob(request({ operation: 'UPDATE', object: lost, oldObject: lost }), cluster);
      const text = stringAt(patched(lost, verdict), ['metadata', 'annotations', PLAN]);
      expect(text).to.equal(want ? stringAt(stored, ['metadata', 'annotations', PLAN]) : '');
    });
  }

  it('says so when the queue is changed on its template', () => {
    const old = created(mutateJob, job());
    const object = job({ templateMetadata: { labels: { [QUEUE_LABEL]: 'blue' } } });
    const verdict = mutateJob(request({ operation: 'UPDATE', object, oldObject: old }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'queue of a Job is fixed when it is created: it stays default',
    ]);
    expect(templateOf(patched(object, verdict))).to.deep.equal(templateOf(old));
  });

  it('stays in its queue, and says so', () => {
    const object = {
      ...stored,
      metadata: { ...(stored['metadata'] as JsonObject), labels: { [QUEUE_LABEL]: 'blue' } },
    };
    const verdict = mutateJob(request({ operation: 'UPDATE', object, oldObject: stored }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'queue of a Job is fixed when it is created: it stays default',
    ]);
    expect(patched(object, verdict)['metadata']).to.deep.nested.include({ labels: { [QUEUE_LABEL]: 'default' } });
  });

  it('keeps its plan whatever is written into it', () => {
    const forged = { ...(stored['metadata'] as JsonObject), annotations: { [PLAN]: 'nonsense' } };
    expect(planOn(updated({ ...stored, metadata: forged }))).to.deep.equal(plan);
  });

  const untouched: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    ['that never had a plan', job(), job(), ''],
    [
      'that was left to another scheduler',
      job({ templateSpec: { schedulerName: 'kueue' } }),
      job({ templateSpec: { schedulerName: 'kueue' } }),
      '',
    ],
    [
      'that is being deleted',
      job(),
      { ...stored, metadata: { ...(stored['metadata'] as JsonObject), deletionTimestamp: '2026-01-01T00:00:00Z' } },
      '',
    ],
    ['through its status', job(), stored, 'status'],
    [
      'by its finalizers',
      { ...stored, metadata: { ...(stored['metadata'] as JsonObject), finalizers: ['x'] } },
      stored,
      '',
    ],
  ];
  for (const [name, object, oldObject, subresource] of untouched) {
    it(`${name} is left as it is`, () => {
      expect(summary(mutateJob(request({ operation: 'UPDATE', object, oldObject, subresource }), view()))).to.equal(
        'allow',
      );
    });
  }

  it('passes although its queue was closed meanwhile', () => {
    const cluster = view({ queues: { default: { state: 'Closed' } } });
    expect(summary(mutateJob(request({ operation: 'UPDATE', object: job(), oldObject: stored }), cluster))).to.equal(
      'patch',
    );
  });

  it('with a group of its own gets its stamps back', () => {
    const mine = { annotations: { [GROUP]: 'mine' } };
    const old = created(mutateJob, job({ templateMetadata: mine }));
    expect(templateOf(updated(job({ templateMetadata: mine }), old))).to.deep.equal(templateOf(old));
  });
});

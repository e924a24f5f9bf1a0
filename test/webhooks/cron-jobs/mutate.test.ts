import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { mutateCronJob } from '../../../webhooks/cron-jobs/mutate.ts';
import { patched, request, summary, view } from '../fixture.ts';

const QUEUE = 'scheduling.volcano.sh/queue-name';
const QUEUE_LABEL = 'volcano.sh/queue-name';
const LABEL_PATH = `metadata.labels[${QUEUE_LABEL}]`;

interface Parts {
  readonly metadata?: JsonObject;
  /** Of the Jobs. */
  readonly template?: JsonObject;
  readonly job?: JsonObject;
  /** Of the pods. */
  readonly pod?: JsonObject;
  readonly podSpec?: JsonObject;
}

function cronJob({ metadata = {}, template = {}, job = {}, pod = {}, podSpec = {} }: Parts): JsonObject {
  const containers = [{ name: 'main', image: 'busybox' }];
  const ofPods = { metadata: pod, spec: { containers, restartPolicy: 'Never', ...podSpec } };
  return {
    metadata: { name: 'nightly', ...metadata },
    spec: { schedule: '0 1 * * *', jobTemplate: { metadata: template, spec: { ...job, template: ofPods } } },
  };
}

function review(object: JsonObject, oldObject?: JsonObject, cluster: ClusterView = view()): Verdict {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  return mutateCronJob(
    request({ group: 'batch', resource: 'cronjobs', name: 'nightly', operation, object, oldObject }),
    cluster,
  );
}

/** The queue that its Jobs will take, from the label and from the annotation. */
/** The last keys of what the patch writes. */
function writtenKeys(verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'allow') return [verdict.kind];
  return verdict.patch.flatMap((operation) => {
    const value = operation.op === 'remove' ? null : operation.value;
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  });
}

function queueOf(object: JsonObject, oldObject?: JsonObject): readonly string[] {
  const after = patched(object, review(object, oldObject));
  const metadata = ['spec', 'jobTemplate', 'metadata'];
  return [stringAt(after, [...metadata, 'labels', QUEUE_LABEL]), stringAt(after, [...metadata, 'annotations', QUEUE])];
}

const labelled = (name: string): JsonObject => ({ labels: { [QUEUE_LABEL]: name } });
const BLUE = cronJob({ metadata: labelled('blue') });
const BLUE_STORED = patched(BLUE, review(BLUE));

describe('a CronJob', () => {
  it('hands the queue that it names itself to its Jobs', () => {
    expect(queueOf(BLUE)).to.deep.equal(['blue', 'blue']);
    expect(queueOf(cronJob({ metadata: { annotations: { [QUEUE]: 'blue' } } }))).to.deep.equal(['blue', 'blue']);
    expect(summary(review(BLUE_STORED))).to.equal('allow');
  });

  it('hands on another queue once it names that', () => {
    const moved = { ...BLUE_STORED, metadata: { name: 'nightly', ...labelled('default') } };
    expect(queueOf(moved, BLUE_STORED)).to.deep.equal(['default', 'default']);
  });

  it('leaves a template that names its queue, for Jobs or for pods, and says whose queue is ignored', () => {
    for (const parts of [{ template: labelled('default') }, { pod: labelled('default') }]) {
      const verdict = review(cronJob({ metadata: labelled('blue'), ...parts }));
      expect(summary(verdict)).to.equal('patch');
      expect(writtenKeys(verdict)).to.deep.equal(['sluice.dev/submitter']);
      expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
        'the template names queue default: queue blue on the object itself is ignored',
      ]);
    }
  });

  it('gets no plan: each of its Jobs gets its own', () => {
    expect(writtenKeys(review(cronJob({ job: { parallelism: 4, completions: 4 } })))).to.deep.equal([
      'sluice.dev/submitter',
    ]);
  });

  it('of another scheduler is left alone', () => {
    const object = cronJob({ metadata: labelled('blue'), podSpec: { schedulerName: 'theirs' } });
    expect(review(object)).to.deep.include({ kind: 'allow', patch: [], warnings: [] });
  });

  const refused: readonly (readonly [string, Parts, string])[] = [
    ['a queue that does not exist', { metadata: labelled('green') }, `422 QueueNotFound ${LABEL_PATH}`],
    [
      'a queue in its template that does not exist',
      { template: labelled('green') },
      `422 QueueNotFound spec.jobTemplate.${LABEL_PATH}`,
    ],
    [
      'a queue on its pods that does not exist',
      { pod: labelled('green') },
      `422 QueueNotFound spec.jobTemplate.spec.template.${LABEL_PATH}`,
    ],
    ['a closed queue', { metadata: labelled('shut') }, `422 QueueNotOpen ${LABEL_PATH}`],
    [
      'a minimum that is no number',
      { template: { annotations: { 'scheduling.volcano.sh/group-min-member': 'many' } } },
      '422 InvalidMinMember spec.jobTemplate.metadata.annotations[scheduling.volcano.sh/group-min-member]',
    ],
  ];
  for (const [name, parts, want] of refused) {
    it(`is refused with ${name}, before anybody waits for its Jobs`, () => {
      expect(summary(review(cronJob(parts)))).to.equal(want);
    });
  }

  it('may be changed otherwise while its queue is closed', () => {
    const shut = cronJob({ template: labelled('shut') });
    const changed = cronJob({ template: labelled('shut'), job: { backoffLimit: 1 } });
    expect(summary(review(changed, shut))).to.equal('allow');
    expect(summary(review(cronJob({ template: labelled('green') }), shut))).to.contain('QueueNotFound');
  });
});

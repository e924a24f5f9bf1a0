import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { sealJob, sealPod } from '../../../webhooks/seal/validate.ts';
import { created, request, summary } from '../fixture.ts';
import { GROUP, job, PLAN, QUEUE_ANNOTATION, QUEUE_LABEL } from '../jobs/job-fixture.ts';

type Tampering = (object: JsonObject) => void;

const at = (object: unknown, ...path: readonly string[]): Record<string, unknown> =>
  path.reduce((inner, key) => inner[key] as Record<string, unknown>, object as Record<string, unknown>);

const TAMPERINGS: readonly (readonly [string, Tampering, string])[] = [
  ['nothing', () => undefined, 'allow'],
  ['a sidecar', (pod) => void (at(pod, 'spec')['containers'] = [{ name: 'a' }, { name: 'b' }]), 'allow'],
  [
    'the scheduler',
    (pod) => void (at(pod, 'spec')['schedulerName'] = 'default-scheduler'),
    '403 SealBroken spec.schedulerName',
  ],
  [
    'the group',
    (pod) => void delete at(pod, 'metadata', 'annotations')[GROUP],
    `403 SealBroken metadata.annotations[${GROUP}]`,
  ],
  [
    'the queue',
    (pod) => void delete at(pod, 'metadata', 'annotations')[QUEUE_ANNOTATION],
    `403 SealBroken metadata.annotations[${QUEUE_ANNOTATION}]`,
  ],
  [
    "the queue's label",
    (pod) => void (at(pod, 'metadata', 'labels')[QUEUE_LABEL] = 'gold'),
    `403 SealBroken metadata.labels[${QUEUE_LABEL}]`,
  ],
];

describe('the seal of new work', () => {
  for (const [name, tamper, want] of TAMPERINGS) {
    it(`of a pod, ${name} changed: ${want}`, () => {
      const object = structuredClone(created(mutatePod, { metadata: { name: 'p' }, spec: { containers: [] } }));
      tamper(object);
      expect(summary(sealPod(request({ object })))).to.satisfy((text: string) => text.startsWith(want));
    });

    it(`of a Job's template, ${name} changed: ${want}`, () => {
      const object = structuredClone(created(mutateJob, job()));
      tamper(at(object, 'spec', 'template') as JsonObject);
      const found = summary(sealJob(request({ object, resource: 'jobs' })));
      expect(found).to.satisfy((text: string) =>
        text.startsWith(want.replace('SealBroken ', 'SealBroken spec.template.')),
      );
    });
  }

  it("of a Job's plan, for another group: refused", () => {
    const object = structuredClone(created(mutateJob, job()));
    const annotations = at(object, 'metadata', 'annotations');
    annotations[PLAN] = String(annotations[PLAN]).replace('"queue":"default"', '"queue":"gold"');
    expect(summary(sealJob(request({ object, resource: 'jobs' })))).to.equal(
      `403 SealBroken metadata.annotations[${PLAN}]`,
    );
  });

  it("is not about pods of other schedulers, or of Kubernetes' own gangs", () => {
    for (const spec of [{ schedulerName: 'other' }, { schedulerName: 'default-scheduler', schedulingGroup: {} }])
      expect(summary(sealPod(request({ object: { metadata: {}, spec } })))).to.equal('allow');
  });
});

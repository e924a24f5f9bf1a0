import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { validateVcjobReview } from '../../webhooks/vcjobs/validate.ts';
import { request, view } from './fixture.ts';
import { vcjob } from './vcjobs/vcjob-fixture.ts';

const SOON: JsonObject = { 'volcano.sh/sla-waiting-time': 'soon' };
const TOLD = 'is no waiting time: write one such as 1h30m';
const COOLDOWN = 'volcano.sh/cooldown-time';
const PREEMPTABLE = 'volcano.sh/preemptable';
const TOGETHER = 'scheduling.volcano.sh/group-min-resources';
const NEAR = 'volcano.sh/network-topology-mode';
const BUDGET = 'volcano.sh/jdb-min-available';
const PRIORITY = 'volcano.sh/task-priority';
const ZONE = 'volcano.sh/revocable-zone';
const HERE = 'metadata.annotations[volcano.sh/sla-waiting-time]';

function job(annotations: JsonObject, ofPods: JsonObject = {}): JsonObject {
  const spec = { containers: [{ name: 'main' }], restartPolicy: 'Never' };
  return { metadata: { name: 'a', annotations }, spec: { template: { metadata: { annotations: ofPods }, spec } } };
}

function ofVolcano(annotations: JsonObject): JsonObject {
  return { ...vcjob(), metadata: { name: 'a', namespace: 'team-a', annotations } };
}

function told(verdict: Verdict): readonly string[] {
  return verdict.kind === 'allow'
    ? verdict.warnings.filter((text) => text.includes('metadata.annotations['))
    : ['refused'];
}

describe('an annotation that cannot be read, where groups take it over', () => {
  const rows: Record<string, readonly [Verdict, readonly string[]]> = {
    'is told on a Job': [mutateJob(request({ object: job(SOON) }), view()), [`${HERE} ${TOLD}`]],
    'is told on the template of a Job': [
      mutateJob(request({ object: job({}, SOON) }), view()),
      [`spec.template.${HERE} ${TOLD}`],
    ],
    'is told on a Job of Volcano': [
      validateVcjobReview(request({ object: ofVolcano(SOON) }), view()),
      [`${HERE} ${TOLD}`],
    ],
    'is told where it is how long pods are to be kept': [
      mutateJob(request({ object: job({}, { [COOLDOWN]: 'ten' }) }), view()),
      [`spec.template.metadata.annotations[${COOLDOWN}] is no time, and counts as none: write one such as 10m`],
    ],
    'is told where it is whether pods may go': [
      validateVcjobReview(request({ object: ofVolcano({ [PREEMPTABLE]: 'no' }) }), view()),
      [`metadata.annotations[${PREEMPTABLE}] is neither true nor false, and says nothing`],
    ],
    'is told where it is what the pods need together': [
      mutateJob(request({ object: job({ [TOGETHER]: '{cpu:1}' }) }), view()),
      [`metadata.annotations[${TOGETHER}]: ignored, not JSON such as {"cpu":"4"}`],
    ],
    'is told where it is how near the pods have to be': [
      mutateJob(request({ object: job({ [NEAR]: 'harder' }) }), view()),
      [`metadata.annotations[${NEAR}]: ignored, not hard or soft`],
    ],
    'is told on a Deployment and its template': [
      mutateWorkload(request({ resource: 'deployments', object: job({ [NEAR]: 'harder' }, SOON) }), view()),
      [`spec.template.${HERE} ${TOLD}`, `metadata.annotations[${NEAR}]: ignored, not hard or soft`],
    ],
    'is told once on a Deployment': [
      mutateWorkload(
        request({
          resource: 'deployments',
          operation: 'UPDATE',
          object: job({ ...SOON, [NEAR]: 'harder' }),
          oldObject: job({ ...SOON, [NEAR]: 'harder' }),
        }),
        view(),
      ),
      [],
    ],
    'is told on a pod': [
      mutatePod(
        request({
          resource: 'pods',
          object: {
            metadata: { name: 'a', annotations: { [BUDGET]: 'half', [PRIORITY]: 'first', [ZONE]: 'night' } },
            spec: { containers: [{ name: 'main' }] },
          },
        }),
        view(),
      ),
      [
        `metadata.annotations[${BUDGET}] is no number or percentage of pods, and says nothing`,
        `metadata.annotations[${PRIORITY}] is no whole number, and says nothing`,
        `metadata.annotations[${ZONE}] is not *, and keeps pods off such nodes`,
      ],
    ],
    'is told once': [
      validateVcjobReview(
        request({ operation: 'UPDATE', object: ofVolcano(SOON), oldObject: ofVolcano(SOON) }),
        view(),
      ),
      [],
    ],
    'is none that can be read': [
      mutateJob(
        request({
          object: job(
            { 'volcano.sh/sla-waiting-time': '1h30m', [COOLDOWN]: '600s', [PREEMPTABLE]: 'False', [BUDGET]: '50%' },
            { [NEAR]: 'soft', [PRIORITY]: '-5', [ZONE]: '*' },
          ),
        }),
        view(),
      ),
      [],
    ],
  };
  for (const [name, [verdict, want]] of Object.entries(rows)) {
    it(name, () => expect(told(verdict)).to.deep.equal(want));
  }
});

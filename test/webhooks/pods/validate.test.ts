import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { validatePodChange } from '../../../webhooks/pods/validate.ts';
import { OWN_USER, request, summary, view } from '../fixture.ts';

const GROUP = 'scheduling.k8s.io/group-name';
const OLDER_GROUP = 'scheduling.volcano.sh/group-name';
const QUEUE = 'scheduling.volcano.sh/queue-name';
const QUEUE_LABEL = 'volcano.sh/queue-name';
const TASK = 'volcano.sh/task-spec';
const PLAN = 'sluice.dev/group-plan';

const ANNOTATIONS = { [GROUP]: 'train-0a1b2c3d', [QUEUE]: 'blue', [TASK]: 'worker' };
const LABELS = { [QUEUE_LABEL]: 'blue', [TASK]: 'worker', app: 'x' };

function pod(annotations: JsonObject, labels: JsonObject, schedulerName = 'sluice', more: JsonObject = {}): JsonObject {
  return { metadata: { name: 'a', annotations, labels, ...more }, spec: { schedulerName, nodeName: 'n1' } };
}

function without(map: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

function verdictOf(object: JsonObject, oldObject: JsonObject, over: Partial<AdmissionRequest> = {}): string {
  return summary(validatePodChange(request({ operation: 'UPDATE', object, oldObject, ...over }), view()));
}

const STORED = pod(ANNOTATIONS, LABELS);
const LOOSE = pod({}, { app: 'x' });
const NO = '403 FixedMembership';

describe('a stored pod', () => {
  const refused: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    ['that loses its group', pod(without(ANNOTATIONS, GROUP), LABELS), STORED, `metadata.annotations[${GROUP}]`],
    ['that is moved', pod({ ...ANNOTATIONS, [GROUP]: 'other' }, LABELS), STORED, `metadata.annotations[${GROUP}]`],
    ['with another role', pod(ANNOTATIONS, { ...LABELS, [TASK]: 'ps' }), STORED, `metadata.labels[${TASK}]`],
    [
      'in another queue',
      pod(ANNOTATIONS, { ...LABELS, [QUEUE_LABEL]: 'red' }),
      STORED,
      `metadata.labels[${QUEUE_LABEL}]`,
    ],
    ['with a forged plan', pod({ ...ANNOTATIONS, [PLAN]: '{}' }, LABELS), STORED, `metadata.annotations[${PLAN}]`],
    ['without a group and with a forged plan', pod({ [PLAN]: '{}' }, {}), LOOSE, `metadata.annotations[${PLAN}]`],
    [
      'whose plan is taken away',
      STORED,
      pod({ ...ANNOTATIONS, [PLAN]: '{}' }, LABELS),
      `metadata.annotations[${PLAN}]`,
    ],
  ];
  for (const [name, object, old, path] of refused) {
    it(`${name} is refused the change`, () => expect(verdictOf(object, old)).to.equal(`${NO} ${path}`));
  }

  it('is told of every change at once', () => {
    expect(verdictOf(pod({}, {}), STORED)).to.equal(
      `${NO} metadata.annotations[${GROUP}] metadata.labels[${TASK}] metadata.labels[${QUEUE_LABEL}]`,
    );
  });

  const allowed: readonly (readonly [string, JsonObject, JsonObject, Partial<AdmissionRequest>])[] = [
    ['with other labels and annotations', pod({ ...ANNOTATIONS, note: 'y' }, { ...LABELS, app: 'z' }), STORED, {}],
    ['that belongs to no group yet and is given one', STORED, LOOSE, {}],
    [
      'whose group is spelled the other way',
      pod({ ...without(ANNOTATIONS, GROUP), [OLDER_GROUP]: ANNOTATIONS[GROUP] }, LABELS),
      STORED,
      {},
    ],
    ['of another scheduler', pod({}, {}, 'kueue'), pod(ANNOTATIONS, LABELS, 'kueue'), {}],
    ['that Sluice itself changes', pod({}, {}), STORED, { username: OWN_USER }],
    [
      'on its way out',
      pod({}, {}),
      pod(ANNOTATIONS, LABELS, 'sluice', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      {},
    ],
  ];
  for (const [name, object, old, over] of allowed) {
    it(`${name} is let be`, () => expect(verdictOf(object, old, over)).to.equal('allow'));
  }
});

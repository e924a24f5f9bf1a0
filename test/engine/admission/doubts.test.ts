import { expect } from 'chai';
import { createAdmission } from '../../../src/engine/admission/admission.ts';
import type { ReviewAnswer } from '../../../src/engine/admission/admission-answer.ts';
import type { QuestionPorts } from '../../../src/engine/admission/questions.ts';
import type { Logger, Metrics } from '../../../src/engine/ports.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { Answer } from '../../../webhooks/question.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { NOBODY_KNOWS } from '../../support/questions.ts';
import { request, view } from '../../webhooks/fixture.ts';

const JOB: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'train', namespace: 'lab', labels: { 'volcano.sh/queue-name': 'green' } },
  spec: { template: { spec: { containers: [{ name: 'main', image: 'busybox' }] } } },
};
const CHILD: JsonObject = { metadata: { name: 'leaf' }, spec: { parent: 'green' } };
const GREEN: JsonObject = { metadata: { name: 'green', uid: 'u' }, spec: {}, status: { state: 'Open' } };
const SHUT: JsonObject = { ...GREEN, status: { state: 'Closed' } };

const NOTHING = (): undefined => undefined;
const METRICS: Metrics = { count: NOTHING, gauge: NOTHING, observe: NOTHING, drop: NOTHING };
const LOG: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Reviews with the queues of the fixture in view, and an API server that answers like this. */
async function reviewed(
  phase: 'mutate' | 'validate',
  asked: AdmissionRequest,
  fetch: QuestionPorts['fetch'],
  clock = new ManualClock(),
): Promise<ReviewAnswer> {
  const questions = { ...NOBODY_KNOWS, fetch };
  const options = { table: REGISTRY, view: view(), questions, metrics: METRICS, clock, log: LOG } as const;
  return createAdmission({ ...options, failureMode: 'deny' }).review(phase, asked);
}

const answering =
  (object: JsonObject | 'absent' | 'unknown'): (() => Promise<Answer>) =>
  () =>
    Promise.resolve({ kind: 'fetch', object });

const NEW_JOB = request({ group: 'batch', resource: 'jobs', object: JOB });
const NEW_QUEUE = request({ group: 'scheduling.volcano.sh', version: 'v1beta1', resource: 'queues', object: CHILD });

describe('a queue that the view does not know', () => {
  const cases: readonly (readonly [string, JsonObject | 'absent' | 'unknown', string])[] = [
    ['takes work when the API server has it: it was made a moment ago', GREEN, 'allowed'],
    ['takes none when it is closed there', SHUT, 'QueueNotOpen'],
    ['takes none when it is not there either', 'absent', 'QueueNotFound'],
    ['takes none when nobody can tell', 'unknown', 'QueueNotFound'],
  ];
  for (const [name, object, want] of cases) {
    it(name, async () => {
      const answer = await reviewed('mutate', NEW_JOB, answering(object));
      expect(answer.denial?.reason ?? 'allowed').to.equal(want);
    });
  }

  it('is a parent when the API server has it', async () => {
    expect((await reviewed('validate', NEW_QUEUE, answering(GREEN))).denial).to.equal(undefined);
    expect((await reviewed('validate', NEW_QUEUE, answering('absent'))).denial?.reason).to.equal('InvalidQueueSpec');
  });

  it('is asked for by its name, once, and not when it is in view', async () => {
    const names: string[] = [];
    const fetch: QuestionPorts['fetch'] = (question) => {
      names.push(question.name);
      return Promise.resolve({ kind: 'fetch', object: 'absent' });
    };
    await reviewed('mutate', NEW_JOB, fetch);
    const known = { ...JOB, metadata: { name: 'train', labels: { 'volcano.sh/queue-name': 'blue' } } };
    await reviewed('mutate', request({ ...NEW_JOB, object: known }), fetch);
    expect(names).to.deep.equal(['green']);
  });

  it('is told as missing after half a second of silence', async () => {
    const clock = new ManualClock();
    const answer = reviewed('mutate', NEW_JOB, () => new Promise(() => undefined), clock);
    clock.advance(501);
    expect((await answer).denial?.reason).to.equal('QueueNotFound');
  });
});

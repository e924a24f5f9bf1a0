import { expect } from 'chai';
import fc from 'fast-check';
import { compileExpression } from '../../src/cel/expression.ts';
import { SERVED_SCHEDULERS } from '../../src/api/keys.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { allOf } from '../../webhooks/conditions.ts';
import type { Condition } from '../../webhooks/conditions.ts';
import { readPodFacts } from '../../webhooks/pods/pod-facts.ts';
import { isSettled, SETTLED_EXPRESSION } from '../../webhooks/pods/settled.ts';
import { requestInput } from '../../webhooks/policies/review-input.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import type { AdmissionRequest } from '../../webhooks/admission.ts';
import { JOB_SEAL_BROKEN, POD_SEAL_BROKEN } from '../../webhooks/seal/conditions.ts';
import { sealJob, sealPod } from '../../webhooks/seal/validate.ts';
import { request, view } from './fixture.ts';
import { GROUP, MIN_MEMBER, PLAN, QUEUE_ANNOTATION, QUEUE_LABEL, TASK } from './jobs/job-fixture.ts';

const USERS = [
  'system:kube-controller-manager',
  'system:serviceaccount:kube-system:job-controller',
  'system:serviceaccount:kube-system:daemon-set-controller',
  'system:node:n1',
  'ann',
] as const;

/** True, false, or that it gives no answer: what the API server makes of an expression. */
function answer(expression: string, asked: AdmissionRequest): boolean | 'error' {
  const compiled = compileExpression(expression, ['object', 'oldObject', 'request']);
  if (compiled.kind === 'errors') throw new Error(`${expression}: ${compiled.errors[0]?.message ?? ''}`);
  const { object = null, oldObject = null } = asked;
  const found = compiled.evaluate({ object, oldObject, request: requestInput(asked) });
  return typeof found === 'boolean' ? found : 'error';
}

/** What an API server makes of conditions that stand by themselves. */
function eachByItself(conditions: readonly Condition[], asked: AdmissionRequest): boolean | 'error' {
  const answers = conditions.map(({ expression }) => answer(expression, asked));
  if (answers.includes(false)) return false;
  return answers.includes('error') ? 'error' : true;
}

const among = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
/** The first value most of the time. */
const mostly = (usual: string, ...others: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: among(...others) });
const rarely = (keys: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<readonly string[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...keys]) },
  );
/** The API server keeps no empty map of its own kinds. */
const present = (map: JsonObject): JsonObject | undefined => (Object.keys(map).length === 0 ? undefined : map);

const PLANS = ['blue', 'gold'].map((queue) => {
  const tasks = [{ name: 'worker', min: 2, stage: 0 }];
  const plan = { version: 1, group: 'train-0a1b2c3d', root: 'train', queue, priorityClassName: '', tasks };
  return JSON.stringify({ ...plan, minResources: {} });
});

/** Mostly whole stamps, with this or that missing or changed. */
const metadata = fc
  .record({
    labels: fc.record({ [QUEUE_LABEL]: mostly('blue', 'gold', ''), [TASK]: mostly('w', 'x', '') }),
    annotations: fc.record({
      [GROUP]: mostly('train-0a1b2c3d', ''),
      [QUEUE_ANNOTATION]: mostly('blue', 'gold', ''),
      [TASK]: mostly('w', 'x'),
      [PLAN]: fc.constantFrom(...PLANS),
      [MIN_MEMBER]: among('2'),
    }),
    dropped: rarely([QUEUE_LABEL, QUEUE_ANNOTATION, TASK, GROUP]),
    kept: rarely([PLAN, MIN_MEMBER]),
    ownerReferences: fc.array(
      fc.record(
        { kind: mostly('Job', 'DaemonSet'), name: among('train'), controller: fc.boolean() },
        { requiredKeys: ['kind', 'name'] },
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ labels, annotations, dropped, kept, ownerReferences }) => {
    const isKept = ([key]: readonly [string, string]): boolean =>
      !dropped.includes(key) && (![PLAN, MIN_MEMBER].includes(key) || kept.includes(key));
    const [some, others] = [labels, annotations].map((map) =>
      present(Object.fromEntries(Object.entries(map).filter(isKept))),
    );
    return {
      name: 'train-0',
      ...(some && { labels: some }),
      ...(others && { annotations: others }),
      ...(ownerReferences.length > 0 && { ownerReferences }),
    };
  }) as fc.Arbitrary<JsonObject>;

const spec = fc.record(
  {
    schedulerName: mostly('sluice', 'volcano', 'default-scheduler', 'kueue', ''),
    schedulingGroup: fc.constant({ podGroupName: 'g' }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const pods = fc.record({ metadata, spec }) as fc.Arbitrary<JsonObject>;
const jobs = fc.record({
  metadata,
  spec: fc.record({ template: fc.record({ metadata, spec }, { requiredKeys: ['spec'] }) }),
}) as fc.Arbitrary<JsonObject>;
const users = fc.constantFrom(...USERS);

describe('what the API server decides by itself', () => {
  it('a pod is not sent exactly if Sluice would leave it as it is', () => {
    let settled = 0;
    fc.assert(
      fc.property(pods, users, (object, username) => {
        const asked = request({ object, username });
        const isLeft = isSettled(readPodFacts(asked, object), view());
        if (isLeft) settled += 1;
        expect(answer(SETTLED_EXPRESSION, asked)).to.equal(isLeft);
      }),
      { numRuns: 3000 },
    );
    expect(settled).to.be.above(100);
  });

  it('a new pod is sent once more exactly if its seal is broken', () => {
    fc.assert(
      fc.property(pods, (object) => {
        const asked = request({ object });
        expect(answer(POD_SEAL_BROKEN.expression, asked)).to.equal(sealPod(asked).kind !== 'allow');
      }),
      { numRuns: 3000 },
    );
  });

  it('a new Job for a scheduler of ours is sent once more exactly if its seal is broken', () => {
    fc.assert(
      fc.property(jobs, (object) => {
        fc.pre(SERVED_SCHEDULERS.has(stringAt(object, ['spec', 'template', 'spec', 'schedulerName'])));
        const asked = request({ object, group: 'batch', resource: 'jobs' });
        expect(answer(JOB_SEAL_BROKEN.expression, asked)).to.equal(sealJob(asked).kind !== 'allow');
      }),
      { numRuns: 3000 },
    );
  });

  for (const { id, when, resource } of REGISTRY.filter(({ when }) => when.length > 1)) {
    it(`one expression sends what all conditions of the row did: ${id}`, () => {
      const objects = resource.startsWith('pods') ? pods : jobs;
      fc.assert(
        fc.property(
          objects,
          objects,
          users,
          fc.constantFrom('CREATE', 'UPDATE'),
          fc.boolean(),
          (object, other, username, operation, isSame) => {
            const oldObject = operation === 'CREATE' ? undefined : isSame ? object : other;
            const userGroups = username.startsWith('system:node:') ? ['system:nodes'] : [];
            const asked = request({ object, oldObject, username, operation, userGroups });
            expect(answer(allOf(when), asked)).to.equal(eachByItself(when, asked));
          },
        ),
        { numRuns: 150 },
      );
    });
  }
});

import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { validatePodGroupReview } from '../../../webhooks/pod-groups/validate.ts';
import { request, summary, view } from '../fixture.ts';

const CASES: readonly (readonly [string, JsonObject, JsonObject | undefined, string])[] = [
  ['in an open queue', { queue: 'blue', minMember: 2, minTaskMember: { ps: 1, worker: 0 } }, undefined, 'allow'],
  ['without a queue', { minMember: 0 }, undefined, 'allow'],
  ['in an unknown queue', { queue: 'green' }, undefined, '422 QueueNotFound spec.queue'],
  ['in a closed queue', { queue: 'shut' }, undefined, '422 QueueNotOpen spec.queue'],
  ['in a queue that closed meanwhile', { queue: 'shut', minMember: 3 }, { queue: 'shut' }, 'allow'],
  ['that moves into a closed queue', { queue: 'shut' }, { queue: 'blue' }, '422 QueueNotOpen spec.queue'],
  ['with a negative minimum', { minMember: -1 }, undefined, '422 InvalidMinMember spec.minMember'],
  ['with half a member', { minTaskMember: { a: 1, b: 0.5 } }, undefined, '422 InvalidMinMember spec.minTaskMember[b]'],
  ['with both mistakes', { queue: 'green', minMember: -1 }, undefined, '422 QueueNotFound spec.queue spec.minMember'],
];

describe('a PodGroup', () => {
  for (const [name, spec, old, want] of CASES) {
    it(`${name}: ${want}`, () => {
      const oldObject = old && { spec: old };
      const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
      expect(summary(validatePodGroupReview(request({ operation, object: { spec }, oldObject }), view()))).to.equal(
        want,
      );
    });
  }
});

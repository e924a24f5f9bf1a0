import { expect } from 'chai';
import { REVIEW_KINDS, REVIEW_TASKS, reviewBody } from '../../bench/webhook-review.ts';
import type { ReviewKind } from '../../bench/webhook-review.ts';
import { decodeReview } from '../../src/adapters/http/review-codec.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { view } from '../webhooks/fixture.ts';

const QUEUES = view({ queues: { root: {}, default: {}, 'queue-3': {} } });

describe('reviews of the webhook bench', () => {
  const sizes: Readonly<Record<ReviewKind, readonly [number, number]>> = { '3KB': [2600, 3300], '7.6KB': [7000, 8000] };
  for (const kind of REVIEW_KINDS) {
    for (const task of new Set(REVIEW_TASKS)) {
      it(`have the size that their name says: ${kind}, ${task}`, () => {
        expect(reviewBody(kind, task, 3).length).to.be.within(...sizes[kind]);
      });

      it(`are patched only where the bench says that they are: ${kind}, ${task}`, () => {
        const decoded = decodeReview(Buffer.from(reviewBody(kind, task, 3)));
        if (decoded.kind !== 'request') throw new Error(decoded.kind);
        const verdict = mutatePod(decoded.request, QUEUES);
        expect(verdict.kind === 'allow' && verdict.patch.length > 0).to.equal(task !== 'stamped');
        expect(verdict.kind).to.equal('allow');
      });
    }
  }
});

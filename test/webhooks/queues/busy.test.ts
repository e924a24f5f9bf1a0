import { expect } from 'chai';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { request, summary, view } from '../fixture.ts';

describe('a Queue with work in it', () => {
  const groups = [{ namespace: 'ns', name: 'g', queue: 'blue', ownerUid: '' }];
  const deletion = request({ operation: 'DELETE', oldObject: { metadata: { name: 'blue' } } });
  for (const [keepsBusyQueues, want] of [
    [true, '403 QueueInUse metadata.name'],
    [false, 'allow'],
  ] as const) {
    it(`${keepsBusyQueues ? 'stays' : 'goes in the place of Volcano, with a warning'}`, () => {
      const verdict = validateQueueReview(deletion, view({ groups, keepsBusyQueues }));
      expect(summary(verdict)).to.equal(want);
      const told = verdict.kind === 'allow' ? verdict.warnings.join() : '';
      expect(told.includes('ns/g')).to.equal(!keepsBusyQueues);
    });
  }
});

import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { mutateQueue } from '../../../webhooks/volcano/queues.ts';
import { created, request, summary, view } from '../fixture.ts';

const PATH = 'volcano.sh/hierarchy';
const WEIGHTS = 'volcano.sh/hierarchy-weights';

function queue(spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return { metadata: { name: 'q', annotations }, spec };
}

describe('a new Queue in the place of Volcano', () => {
  const cases: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['may be reclaimed from unless it says not', queue({ weight: 2 }), queue({ weight: 2, reclaimable: true })],
    ['stays as it says', queue({ reclaimable: false, weight: 3 }), queue({ reclaimable: false, weight: 3 })],
    ['has a weight', queue({ weight: 0, reclaimable: true }), queue({ weight: 1, reclaimable: true })],
    [
      'stands below the root',
      queue({ reclaimable: true }, { [PATH]: 'science/dev', [WEIGHTS]: '2/8' }),
      queue({ reclaimable: true }, { [PATH]: 'root/science/dev', [WEIGHTS]: '1/2/8' }),
    ],
    [
      'is left where it is when it says so itself',
      queue({ reclaimable: true }, { [PATH]: 'root/dev', [WEIGHTS]: '1/8' }),
      queue({ reclaimable: true }, { [PATH]: 'root/dev', [WEIGHTS]: '1/8' }),
    ],
  ];
  for (const [name, object, want] of cases) {
    it(name, () => {
      const after = created(mutateQueue, object);
      expect(after).to.deep.equal(want);
      expect(created(mutateQueue, after), 'a second time').to.deep.equal(after);
    });
  }
});

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

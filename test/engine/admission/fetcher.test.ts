import { expect } from 'chai';
import { PODS } from '../../../src/api/resources.ts';
import { Fetcher } from '../../../src/engine/admission/fetcher.ts';
import type { ClusterWriter, WriteOutcome } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const QUESTION = { kind: 'fetch', key: 'owner/u', type: PODS, namespace: 'team', name: 'a' } as const;

function asking(outcome: WriteOutcome): {
  readonly fetcher: Fetcher;
  readonly clock: ManualClock;
  readonly reads: () => number;
} {
  let reads = 0;
  const writer: Pick<ClusterWriter, 'write'> = {
    write: () => {
      reads += 1;
      return Promise.resolve(outcome);
    },
  };
  const clock = new ManualClock();
  return { fetcher: new Fetcher(writer as ClusterWriter, clock), clock, reads: () => reads };
}

const FOUND = { kind: 'done', object: { metadata: { uid: 'u' } } } as unknown as WriteOutcome;

describe('objects that rows ask for', () => {
  it('are read once for all that ask in the time that an answer may be old', async () => {
    const { fetcher, clock, reads } = asking(FOUND);
    const question = { ...QUESTION, maxAgeMs: 3000 };
    await Promise.all(Array.from({ length: 5000 }, () => fetcher.fetch(question)));
    await fetcher.fetch(question);
    expect(reads()).to.equal(1);
    await fetcher.fetch({ ...question, key: 'owner/other' });
    clock.advance(3000);
    await fetcher.fetch(question);
    expect(reads()).to.equal(3);
  });

  it('are read each time where the answer has to be fresh, or where nothing was found', async () => {
    const fresh = asking(FOUND);
    await fresh.fetcher.fetch(QUESTION);
    await fresh.fetcher.fetch(QUESTION);
    expect(fresh.reads()).to.equal(2);
    const absent = asking({ kind: 'notFound' } as unknown as WriteOutcome);
    for (const _ of [1, 2]) {
      const answer = await absent.fetcher.fetch({ ...QUESTION, maxAgeMs: 3000 });
      expect(answer).to.deep.equal({ kind: 'fetch', object: 'absent' });
    }
    expect(absent.reads()).to.equal(2);
  });
});

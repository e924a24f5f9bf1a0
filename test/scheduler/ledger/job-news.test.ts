import { expect } from 'chai';
import { JobBlock } from '../../../src/scheduler/model/job-block.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

const SMALL = makeShape({ cpu: 1000 });
const LARGE = makeShape({ cpu: 2000 });

interface Case {
  readonly name: string;
  readonly change: (snapshot: Snapshot) => void;
  /** What the journal tells, a block in brackets. */
  readonly news: string;
  /** Groups that have yet to be told their statuses. */
  readonly changed: number;
}

const CASES: readonly Case[] = [
  {
    name: 'are one block where they are alike',
    change: (snapshot) => ['a', 'b', 'c'].forEach((name) => add(snapshot, name)),
    news: '[a b c]',
    changed: 3,
  },
  {
    name: 'are told by themselves where one of them asks for more',
    change: (snapshot) => {
      add(snapshot, 'b');
      add(snapshot, 'a', { shape: LARGE });
    },
    news: 'b a',
    changed: 2,
  },
  {
    name: 'are told by themselves where they were let in before',
    change: (snapshot) => ['a', 'b'].forEach((name) => add(snapshot, name, { phase: 'Inqueue' })),
    news: 'a b',
    changed: 2,
  },
  {
    name: 'are told by themselves where they stand beside one that is known',
    change: (snapshot) => ['known', 'z'].forEach((name) => add(snapshot, name, { queue: 'other' })),
    news: 'known z',
    changed: 2,
  },
  {
    name: 'are no news where they go before anybody reads them',
    change: (snapshot) => {
      ['a', 'b', 'c'].forEach((name) => add(snapshot, name));
      snapshot.removeJob('ns/b');
    },
    news: 'gone:b [a c]',
    changed: 2,
  },
  { name: 'are nobody where nothing changed', change: () => undefined, news: '', changed: 0 },
];

function add(
  snapshot: Snapshot,
  name: string,
  { shape = SMALL, phase = '' as '' | 'Inqueue', queue = 'q' } = {},
): void {
  snapshot.upsertJob(makePodGroup(name, 1, { queue, phase, minResources: shape.requests }));
  snapshot.upsertTask(makePod(`${name}-0`, name, shape));
}

describe('newcomers', () => {
  for (const { name, change, news, changed } of CASES) {
    it(name, () => {
      const snapshot = new Snapshot();
      for (const queue of ['q', 'other']) snapshot.upsertQueue(makeQueue(queue));
      add(snapshot, 'known', { queue: 'other' });
      snapshot.settle();
      snapshot.news.clear();
      const read = snapshot.jobJournal.end;
      change(snapshot);
      snapshot.settle();
      const entries = snapshot.jobJournal.since(read) ?? [];
      const texts = entries.map((entry) => {
        if (entry instanceof JobBlock) return `[${entry.jobs.map(({ record }) => record.name).join(' ')}]`;
        return snapshot.jobs.has(entry.key) ? entry.record.name : `gone:${entry.record.name}`;
      });
      expect(texts.join(' ')).to.equal(news);
      expect(snapshot.news.newcomers.flatMap(({ jobs }) => jobs).length + snapshot.news.jobs.size).to.equal(changed);
    });
  }
});

import { expect } from 'chai';
import fc from 'fast-check';
import { ROOT_QUEUE } from '../../../src/api/keys.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { makeQueue } from '../../support/records.ts';

/** `a<b`: queue `a` comes, or changes, and names `b` as its parent; `-a`: it goes. */
type Change = string;

function change(snapshot: Snapshot, text: Change): void {
  const [name = '', parent = ''] = text.split('<');
  if (name.startsWith('-')) snapshot.removeQueue(name.slice(1));
  else snapshot.upsertQueue(makeQueue(name, { parent }));
}

/** The queues that have one above them, in the order of names, as `a<b`. */
function links(snapshot: Snapshot): string {
  const named = [...snapshot.queues.values()].flatMap(({ name, parent }) => {
    return parent === undefined ? [] : `${name}<${parent.name}`;
  });
  return named.toSorted().join(' ');
}

interface Case {
  readonly says: string;
  readonly changes: string;
  readonly links: string;
}

const CASES: readonly Case[] = [
  { says: 'is the queue that it names', changes: 'b< a<b', links: 'a<b' },
  { says: 'is found when it comes later', changes: 'a<b c<b b<', links: 'a<b c<b' },
  { says: 'is none while nobody has its name', changes: 'a<b', links: '' },
  { says: 'is none when no name is given', changes: 'a< b<', links: '' },
  { says: 'is none once it was removed', changes: 'b< a<b c<a -b', links: 'c<a' },
  { says: 'is found again when it was removed and made anew', changes: 'b< a<b -b b<', links: 'a<b' },
  { says: 'is another one when the record changes', changes: 'b< c< a<b a<c', links: 'a<c' },
  { says: 'is none when the record names none any more', changes: 'b< a<b a<', links: '' },
  { says: 'is never root, by which the top is meant', changes: 'root< a<root b<a', links: 'b<a' },
  { says: 'is none for root, whatever it names', changes: 'a< root<a', links: '' },
  { says: 'is never the queue itself', changes: 'a<a b<a', links: 'b<a' },
  { says: 'is none for each of two that name each other', changes: 'a<b b<a', links: '' },
  { says: 'is none for each of three in a circle', changes: 'a<b b<c c<a', links: '' },
  { says: 'stays for those who hang below a circle', changes: 'd<c e<d a<b b<c c<a', links: 'd<c e<d' },
  {
    says: 'is back when the circle opens because one names another',
    changes: 'd< a<b b<c c<a c<d',
    links: 'a<b b<c c<d',
  },
  { says: 'is back when the circle opens because one goes', changes: 'a<b b<c c<a -c', links: 'a<b' },
  { says: 'is none when a change closes a circle far above', changes: 'c< b<c a<b d<a c<b', links: 'a<b d<a' },
];

describe('the parent of a queue', () => {
  for (const { says, changes, links: expected } of CASES) {
    it(says, () => {
      const snapshot = new Snapshot();
      for (const text of changes.split(' ')) change(snapshot, text);
      expect(links(snapshot)).to.equal(expected);
    });
  }

  it('is none for a queue that was removed itself, and the one that takes its name is a parent in its place', () => {
    const snapshot = new Snapshot();
    for (const text of ['c<', 'b<c', 'a<b']) change(snapshot, text);
    const gone = snapshot.queues.get('b');
    for (const text of ['-b', 'b<']) change(snapshot, text);
    expect(gone).to.include({ name: 'b', parent: undefined });
    expect(snapshot.queues.get('a')?.parent).to.equal(snapshot.queues.get('b')).and.not.equal(gone);
  });

  it('follows from the records alone, after any series of changes', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', ROOT_QUEUE);
    const coming = fc.tuple(name, fc.oneof(name, fc.constant(''))).map(([queue, parent]) => `${queue}<${parent}`);
    const going = name.map((queue) => `-${queue}`);
    let linked = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ arbitrary: coming, weight: 4 }, going), { maxLength: 20, size: 'max' }),
        (changes) => {
          const snapshot = new Snapshot();
          for (const text of changes) {
            change(snapshot, text);
            const expected = [...snapshot.queues.keys()].flatMap((queue) => plainLink(snapshot, queue));
            expect(links(snapshot)).to.equal(expected.toSorted().join(' '));
            linked += expected.length;
          }
        },
      ),
      { seed: 7, numRuns: 300 },
    );
    expect(linked).to.be.greaterThan(500);
  });
});

/** What the queue names, unless it is missing or root, or the names lead from there back to the queue. */
function plainLink(snapshot: Snapshot, name: string): readonly string[] {
  const named = (queue: string): string => snapshot.queues.get(queue)?.record.parent ?? '';
  const parent = named(name);
  if (name === ROOT_QUEUE || parent === ROOT_QUEUE || !snapshot.queues.has(parent)) return [];
  let at = parent;
  for (let step = 0; step < snapshot.queues.size; step += 1) {
    if (at === name) return [];
    at = at === ROOT_QUEUE ? '' : named(at);
  }
  return [`${name}<${parent}`];
}

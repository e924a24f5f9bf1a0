import { expect } from 'chai';
import fc from 'fast-check';
import { QueueBranches } from '../../../src/engine/cycle/queue-branches.ts';
import { linkParents } from '../../../src/scheduler/ledger/queue-parents.ts';
import { Queue } from '../../../src/scheduler/model/queue.ts';
import { makeQueue } from '../../support/records.ts';

const NAMES = ['root', 'a', 'b', 'c', 'd', 'e'];

describe('the queues above a queue', () => {
  it('are for the checker those that they are for the core, whatever the records say', () => {
    const parents = fc.array(fc.constantFrom(...NAMES, 'gone', ''), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(parents, (named) => {
        const records = new Map(NAMES.map((name, i) => [name, makeQueue(name, { parent: named[i] ?? '' })]));
        const branches = new QueueBranches((name) => records.get(name));
        const queues = new Map(Array.from(records, ([name, record]) => [name, new Queue(record)]));
        linkParents(queues);
        for (const [name, queue] of queues) {
          const above: string[] = [];
          for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) above.push(at.name);
          expect([...branches.upFrom(name)]).to.deep.equal(above);
          for (const other of NAMES) expect(branches.isWithin(name, other)).to.equal(above.includes(other));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { Queue } from '../../../src/scheduler/model/queue.ts';
import { drained, isWithin, orderedWorld, turns } from '../../support/queue-orders.ts';
import type { QueueOrder, Take } from '../../support/queue-orders.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

/** A queue: which earlier one is above it, ages of its jobs, and what its ranks depend on. */
interface WildQueue {
  readonly parent: number;
  readonly ages: readonly number[];
  readonly salt: number;
}

/** What becomes of a job that is taken. */
interface Step {
  readonly isMoving: boolean;
  readonly isAgain: boolean;
}

const QUEUES: fc.Arbitrary<WildQueue[]> = fc.array(
  fc.record({
    parent: fc.noBias(fc.nat(1000)),
    ages: fc.array(fc.nat(3), { maxLength: 4, size: 'max' }),
    salt: fc.noBias(fc.nat(1000)),
  }),
  { minLength: 1, maxLength: 10, size: 'max' },
);
const STEPS: fc.Arbitrary<Step[]> = fc.array(fc.record({ isMoving: fc.boolean(), isAgain: fc.boolean() }), {
  maxLength: 25,
  size: 'max',
});

/** Ranks that go up and down, with many ties, as jobs are taken from the queue or, in a tree, from those below it. */
function wildly(queues: readonly WildQueue[]): QueueOrder {
  return (snapshot, isTree) => {
    const rank = (of: Queue): number => {
      const { salt } = queues[Number(of.name.slice(1))] ?? { salt: 0 };
      return ((salt + 1) * 7919 * (turns(snapshot, of, isTree) + 1)) % 5;
    };
    return (a, b) => rank(a) - rank(b);
  };
}

function wildWorld(queues: readonly WildQueue[], isTree: boolean): SchedulerWorld {
  const world = orderedWorld(wildly(queues), isTree);
  queues.forEach(({ parent, ages }, q) => {
    const above = parent % (q + 1);
    world.queue(`q${q}`, { parent: above === q ? 'root' : `q${above}` });
    ages.forEach((createdMs, j) => world.gang(`q${q}-${j}`, { count: 1 }, { queue: `q${q}`, createdMs }));
  });
  return world;
}

/** Takes as the script says, and notes what it takes; when the script is over, nothing comes back. */
function scripted(script: readonly Step[], taken: string[]): Take {
  return (job, queue) => {
    const { isMoving, isAgain } = script[taken.length] ?? { isMoving: true, isAgain: false };
    taken.push(job.record.name);
    if (isMoving) queue.moves += 1;
    return isAgain ? 'again' : 'done';
  };
}

/** Before each job, goes down from the top to the least of those who stand there. */
function drainPlainly({ snapshot, scheduler: { framework } }: SchedulerWorld, isTree: boolean, take: Take): void {
  snapshot.settle();
  const queues = [...snapshot.queues.values()];
  const left = [...snapshot.waiting.all()];
  const hasOwn = (queue: Queue): boolean => left.some((job) => job.queue === queue);
  const hasAny = (queue: Queue): boolean => left.some((job) => job.queue !== undefined && isWithin(job.queue, queue));
  const least = (rivals: readonly Queue[]): Queue | undefined => rivals.toSorted(framework.compareQueues)[0];
  const bestBelow = (above: Queue | undefined): Queue | undefined => {
    const children = queues.filter((queue) => queue.parent === above && hasAny(queue));
    const best = least(above !== undefined && hasOwn(above) ? [above, ...children] : children);
    return best === above ? best : bestBelow(best);
  };
  while (left.length > 0) {
    const queue = isTree ? bestBelow(undefined) : least(queues.filter(hasOwn));
    const [job] = left.filter((each) => each.queue === queue).toSorted(framework.compareJobs);
    if (job === undefined || queue === undefined) throw new Error('Jobs are left, and no queue has them');
    if (take(job, queue) === 'done') left.splice(left.indexOf(job), 1);
  }
}

/** How often a queue comes again after another one had its turn. */
function returns(taken: readonly string[]): number {
  const from = taken.map((job) => job.split('-')[0] ?? '');
  return from.filter((queue, n) => n > 0 && queue !== from[n - 1] && from.indexOf(queue) < n).length;
}

describe('the order in which jobs are drained', () => {
  for (const isTree of [true, false]) {
    const says = isTree
      ? 'goes down from the best at the top to the best of its children, where a plugin ranks queues within their parents'
      : 'is that of all queues side by side, although they have parents, where no plugin ranks queues within them';

    it(says, () => {
      let returned = 0;
      fc.assert(
        fc.property(QUEUES, STEPS, (queues, script) => {
          const [taken, expected]: [string[], string[]] = [[], []];
          drained(wildWorld(queues, isTree), scripted(script, taken));
          drainPlainly(wildWorld(queues, isTree), isTree, scripted(script, expected));
          expect(taken).to.deep.equal(expected);
          returned += returns(taken);
        }),
        { seed: 7, numRuns: 500 },
      );
      expect(returned).to.be.greaterThan(500);
    });
  }
});

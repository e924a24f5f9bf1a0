import { expect } from 'chai';
import fc from 'fast-check';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { flow } from '../../webhooks/jobflows/jobflow-fixture.ts';
import { FlowWorld } from './flow-world.ts';

const SIZE = 6;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Each flow waits for some of those before it, so that there is no circle; then they are shuffled. */
const graphs = fc.array(fc.array(fc.nat(SIZE), { maxLength: 3 }), { minLength: 1, maxLength: SIZE }).chain((rows) => {
  const flows = rows.map((to, at) => {
    const targets = [...new Set(to.filter((one) => one < at))].map((one) => NAMES[one] ?? '');
    return flow(NAMES[at] ?? '', targets);
  });
  return fc.shuffledSubarray(flows, { minLength: flows.length });
});

/** What happens next: a job takes a phase, or one is deleted; the controller may look in between, or not. */
const happenings = fc.array(
  fc.record({
    who: fc.nat(SIZE),
    what: fc.constantFrom('Pending', 'Running', 'Restarting', 'Completed', 'Failed', 'gone'),
    isLookedAt: fc.boolean(),
  }),
  { maxLength: 40 },
);

function targetsOf(world: FlowWorld, name: string): readonly string[] {
  const flows = objectAt(world.flow, 'spec')['flows'] as readonly JsonObject[];
  const one = flows.find((found) => found['name'] === name);
  return (objectAt(one, 'dependsOn')['targets'] ?? []) as readonly string[];
}

function phaseOf(world: FlowWorld, job: string): string {
  return stringAt(world.jobs.get(job), ['status', 'state', 'phase']);
}

/** Looks until nothing is left to do; at most a few times. */
function settle(world: FlowWorld, completed: ReadonlySet<string>): void {
  for (let looks = 0; looks < 4; looks += 1) {
    const known = new Set(world.jobs.keys());
    if (world.step().length === 0) return;
    for (const made of [...world.jobs.keys()].filter((name) => !known.has(name))) {
      const open = targetsOf(world, made.replace('daily-', '')).filter((target) => !completed.has(`daily-${target}`));
      expect(open, `${made} was made too early`).to.deep.equal([]);
      expect(completed.has(made), `${made} was made again`).to.equal(false);
    }
  }
  expect(world.look(), 'a look that should find nothing').to.deep.equal([]);
}

/** Completes what is there until the flow has come to its end. */
function completeAll(world: FlowWorld, completed: Set<string>): void {
  for (let rounds = 0; rounds < SIZE && world.phase !== 'Succeed' && world.phase !== 'Failed'; rounds += 1) {
    for (const job of [...world.jobs.keys()].filter((name) => phaseOf(world, name) !== 'Failed')) {
      world.setPhase(job, 'Completed');
      completed.add(job);
    }
    settle(world, completed);
  }
}

describe('a JobFlow, whatever becomes of its jobs', () => {
  it('makes each job when its targets are completed and not before, settles, and ends as it should', () => {
    fc.assert(
      fc.property(graphs, happenings, fc.boolean(), (flows, steps, deletes) => {
        const world = new FlowWorld(flows, deletes ? { jobRetainPolicy: 'delete' } : {});
        const completed = new Set<string>();
        settle(world, completed);
        for (const { who, what, isLookedAt } of steps) {
          const job = [...world.jobs.keys()][who];
          if (job === undefined) continue;
          const isEnd = ['Completed', 'Failed'].includes(phaseOf(world, job));
          // What was completed is deleted only after somebody has seen it.
          if (what === 'gone') {
            if (isEnd) settle(world, completed);
            world.jobs.delete(job);
          } else if (!isEnd) {
            world.setPhase(job, what);
            if (what === 'Completed') completed.add(job);
          }
          world.nowMs += 1000;
          if (isLookedAt) settle(world, completed);
        }
        settle(world, completed);
        completeAll(world, completed);
        expect(world.phase).to.be.oneOf(['Succeed', 'Failed']);
        if (world.phase === 'Succeed') expect(completed.size).to.equal(flows.length);
        if (world.phase === 'Succeed' && deletes) expect(world.jobs.size).to.equal(0);
      }),
    );
  });
});

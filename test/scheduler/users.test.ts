import { expect } from 'chai';
import fc from 'fast-check';
import { summary } from '../support/scheduler-world.ts';
import type { Outcome } from '../support/scheduler-world.ts';
import { UserCluster } from '../support/user-cluster.ts';
import { complaints } from '../support/user-judge.ts';
import { couldStart, waitingMembers } from '../support/user-oracle.ts';
import { makeMove, userSteps } from '../support/user-steps.ts';
import type { UserStep } from '../support/user-steps.ts';

const RUNS = { numRuns: 300, seed: 23 };

function started(): UserCluster {
  const cluster = new UserCluster();
  for (const name of ['n0', 'n1', 'n2']) cluster.putNode(name);
  for (const name of ['default', 'q1', 'q2']) cluster.putQueue(name);
  return cluster;
}

function play(script: readonly UserStep[], onCycle: (cluster: UserCluster, outcome: Outcome) => void): UserCluster {
  const cluster = started();
  for (const step of script) {
    makeMove(cluster, step);
    if (step.move === 'cycle') onCycle(cluster, summary(cluster.cycle()));
  }
  return cluster;
}

function nothing(): void {
  // The end is what matters.
}

/** All that is on its way arrives, and all but one of the waiting applications are withdrawn; its name. */
function atRest(cluster: UserCluster): string {
  cluster.settle();
  cluster.sweep();
  const waits = [...cluster.apps.values()].filter(({ name }) => waitingMembers(cluster, name).length > 0);
  const kept = waits[Math.floor(waits.length / 2)];
  for (const app of waits) if (app !== kept) cluster.withdraw(app);
  cluster.sweep();
  return kept?.name ?? '';
}

describe('what users see, after any series of moves of users and machines', () => {
  it('is never against their records', () => {
    let bound = 0;
    let promised = 0;
    fc.assert(
      fc.property(userSteps(200), (script) => {
        play(script, (cluster, outcome) => {
          bound += Object.keys(outcome.placed).length;
          promised += Object.keys(outcome.pipelined).length;
          expect(complaints(cluster, outcome)).to.deep.equal([]);
        });
      }),
      RUNS,
    );
    expect(Math.min(bound, promised)).to.be.greaterThan(100);
  });

  it('starts whatever fits once it waits alone, whoever waited with it before', () => {
    let begun = 0;
    fc.assert(
      fc.property(userSteps(120), (script) => {
        const cluster = play(script, nothing);
        const name = atRest(cluster);
        const before = cluster.podsOf(name).length;
        const app = cluster.apps.get(name);
        if (app === undefined || before === 0) return;
        const could = couldStart(cluster, app);
        if (could === undefined) return;
        const outcomes = [0, 1, 2].map(() => summary(cluster.cycle()));
        const isStarted = outcomes.some(({ placed }) => Object.keys(placed).length > 0);
        if (could) begun += 1;
        expect(isStarted, JSON.stringify(outcomes.at(-1)?.refused)).to.equal(could);
      }),
      RUNS,
    );
    expect(begun).to.be.greaterThan(10);
  });

  it('goes on in a queue without rivals as long as one of its applications could start', () => {
    let begun = 0;
    fc.assert(
      fc.property(userSteps(120), (script) => {
        const cluster = play(script.flatMap(inOneQueue), nothing);
        cluster.settle();
        cluster.sweep();
        const able = [...cluster.apps.values()].filter((app) => couldStart(cluster, app) === true);
        if (able.length === 0) return;
        begun += 1;
        const outcomes = [0, 1, 2].map(() => summary(cluster.cycle()));
        const placed = outcomes.flatMap((outcome) => Object.keys(outcome.placed));
        expect(placed, JSON.stringify([able.map(({ name }) => name), outcomes.at(-1)?.refused])).to.not.have.length(0);
      }),
      RUNS,
    );
    expect(begun).to.be.greaterThan(10);
  });
});

/** The step, with whatever is submitted in queue `default`. */
function inOneQueue(step: UserStep): UserStep[] {
  if (step.move === 'move') return [];
  return [step.move === 'submit' ? { ...step, a: step.a * 3 } : step];
}

import { expect } from 'chai';
import { Repeats } from '../../../src/engine/cycle/tell/repeats.ts';
import { JobBlock } from '../../../src/scheduler/model/job-block.ts';
import type { Saying } from '../../../src/scheduler/model/job-block.ts';
import { JobSet } from '../../../src/scheduler/model/job-set.ts';
import { Job } from '../../../src/scheduler/model/job.ts';
import type { Refusal } from '../../../src/scheduler/model/refusal.ts';
import type { RefusalDecision, StatusDecision } from '../../../src/scheduler/session/decision.ts';
import { Decisions } from '../../../src/scheduler/session/decisions.ts';
import { makePodGroup } from '../../support/records.ts';

const WHY: Refusal = { code: 'QueueOverused', message: 'queue a is full.', isDeclared: true };
const OTHER: Refusal = { code: 'WaitingInQueue', message: 'PodGroup ns/d waits.' };
const CONDITION = {
  type: 'Unschedulable',
  status: 'True',
  reason: 'NotEnoughResources',
  message: WHY.message,
} as const;

function status(group: string): StatusDecision {
  const counts = { running: 0, succeeded: 0, failed: 0 };
  return { kind: 'status', group: `ns/${group}`, phase: 'Inqueue', ...counts, condition: CONDITION };
}

function refusal(group: string, { code, message } = WHY): RefusalDecision {
  return { kind: 'refusal', group: `ns/${group}`, uids: [], code, message, nodesHelp: code === OTHER.code };
}

const [A, B, C, D] = [refusal('a'), refusal('b'), refusal('c'), refusal('d', OTHER)];
const STATUS = status('a');

function block(...names: readonly string[]): JobBlock {
  const jobs = names.map((name) => new Job(makePodGroup(name, 1, { phase: 'Inqueue' })));
  return new JobBlock(new JobSet(0), undefined, jobs);
}

function saying(from: number, heard: Refusal | undefined): Saying {
  return { from, refusal: heard, to: 'all', stamp: 0 };
}

/** A status, and one that was told before; a refusal that is told alone, two that were told before, and one that is told for the first time in a while. */
function some(): Decisions {
  const decisions = new Decisions();
  decisions.add(STATUS);
  decisions.addPassage({ tells: 'status', block: block('b'), saying: saying(0, WHY), isNews: false });
  const refusals = new Decisions();
  refusals.add(A);
  refusals.addPassage({ tells: 'refusal', block: block('a', 'b', 'c'), saying: saying(1, WHY), isNews: false });
  const kept = block('x', 'd');
  kept.keepOut({ ...OTHER, message: 'PodGroup ns/x waits.' }, 1);
  refusals.addPassage({ tells: 'refusal', block: kept, saying: saying(1, undefined), isNews: true });
  decisions.append(refusals);
  return decisions;
}

describe('the decisions of a cycle', () => {
  it('are all there, in order, one by one', () => {
    const decisions = some();
    expect([...decisions]).to.deep.equal([STATUS, status('b'), A, B, C, D]);
    expect(decisions.length).to.equal(6);
    expect(decisions.countRefusals()).to.equal(4);
  });

  it('are news unless they were told in the cycle before', () => {
    expect([...some().news()]).to.deep.equal([STATUS, A, D]);
    expect([...some().single()]).to.deep.equal([STATUS, A]);
  });

  it('know what a group was refused', () => {
    expect(some().refusalOf('ns/a')).to.equal(A);
    expect(some().refusalOf('ns/c')).to.deep.equal(C);
    expect(some().refusalOf('ns/nobody')).to.equal(undefined);
  });

  it('are carried out as far as they are news, and all of them from time to time', () => {
    const repeats = new Repeats();
    const count = (nowMs: number): number => [...repeats.of(some(), nowMs)].length;
    expect([0, 10, 9999, 10_000, 10_001].map(count)).to.deep.equal([6, 3, 3, 6, 3]);
    repeats.forget();
    expect(count(10_002)).to.equal(6);
  });
});

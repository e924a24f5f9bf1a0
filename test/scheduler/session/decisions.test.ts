import { expect } from 'chai';
import { Repeats } from '../../../src/engine/cycle/tell/repeats.ts';
import type { RefusalDecision, StatusDecision } from '../../../src/scheduler/session/decision.ts';
import { Decisions } from '../../../src/scheduler/session/decisions.ts';

function status(group: string): StatusDecision {
  return { kind: 'status', group, phase: 'Inqueue', running: 0, succeeded: 0, failed: 0, condition: undefined };
}

function refusal(group: string): RefusalDecision {
  return { kind: 'refusal', group, uids: [], code: 'QueueOverused', message: '', nodesHelp: false };
}

const [A, B, C, D] = [refusal('a'), refusal('b'), refusal('c'), refusal('d')];
const STATUS = status('a');

/** A status, a refusal that is told alone, two that were told before, and one that is told again for the first time in a while. */
function some(): Decisions {
  const decisions = new Decisions();
  decisions.add(STATUS);
  const refusals = new Decisions();
  refusals.add(A);
  refusals.addPassage({ decisions: [undefined, B, C], from: 1, isNews: false });
  refusals.addPassage({ decisions: [D], from: 0, isNews: true });
  decisions.append(refusals);
  return decisions;
}

describe('the decisions of a cycle', () => {
  it('are all there, in order, one by one', () => {
    const decisions = some();
    expect([...decisions]).to.deep.equal([STATUS, A, B, C, D]);
    expect(decisions.length).to.equal(5);
    expect(decisions.countRefusals()).to.equal(4);
  });

  it('are news unless they were told in the cycle before', () => {
    expect([...some().news()]).to.deep.equal([STATUS, A, D]);
    expect([...some().single()]).to.deep.equal([STATUS, A]);
  });

  it('know what a group was refused', () => {
    expect(some().refusalOf('c')).to.equal(C);
    expect(some().refusalOf('nobody')).to.equal(undefined);
  });

  it('are carried out as far as they are news, and all of them from time to time', () => {
    const repeats = new Repeats();
    const count = (nowMs: number): number => [...repeats.of(some(), nowMs)].length;
    expect([0, 10, 9999, 10_000, 10_001].map(count)).to.deep.equal([5, 3, 3, 5, 3]);
    repeats.forget();
    expect(count(10_002)).to.equal(5);
  });
});

import { expect } from 'chai';
import { Explainer } from '../../../src/engine/cycle/explainer.ts';
import type { ExplainQuestion } from '../../../src/engine/cycle/explainer.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';
import { makePodGroup } from '../../support/records.ts';

describe('the explainer', () => {
  const world = new SchedulerWorld().gang('g', { count: 1 });
  const { uid } = makePodGroup('g', 1);
  let asked = 0;

  function explainer(): Explainer {
    world.cycle();
    asked = 0;
    return new Explainer({
      group: (key) => (key === 'ns/g' ? makePodGroup('g', 1) : undefined),
      explain: (key) => {
        asked += 1;
        return world.scheduler.explain(key);
      },
    });
  }

  function question(proof: string, name = 'g'): ExplainQuestion {
    return { group: { namespace: 'ns', name, uid: proof }, others: [] };
  }

  it('answers at once when no cycle is due', async () => {
    const answer = await explainer().ask(question(uid), true, false);
    expect(answer.kind === 'explained' && answer.explanation.group).to.equal('ns/g');
  });

  it('waits for the cycle that is due, and computes nothing before', async () => {
    const one = explainer();
    const answer = one.ask(question(uid), true, true);
    expect(asked).to.equal(0);
    one.cycled();
    expect([(await answer).kind, asked]).to.deep.equal(['explained', 1]);
    one.cycled();
    expect(asked).to.equal(1);
  });

  it('says so when another process leads, at once or before the cycle came', async () => {
    const one = explainer();
    expect(await one.ask(question(uid), false, false)).to.deep.equal({ kind: 'notLeading' });
    const answer = one.ask(question(uid), true, true);
    one.stop();
    expect([await answer, asked]).to.deep.equal([{ kind: 'notLeading' }, 0]);
  });

  it('survives a fault in an explanation, at once and after a cycle', async () => {
    const one = new Explainer({
      group: () => makePodGroup('g', 1),
      explain: () => {
        throw new Error('broken');
      },
    });
    const failed = { kind: 'failed', problem: 'Error: broken' };
    expect(await one.ask(question(uid), true, false)).to.deep.equal(failed);
    const later = one.ask(question(uid), true, true);
    one.cycled();
    expect(await later).to.deep.equal(failed);
  });

  for (const [why, of] of [
    ['has the UID of another group', question('other')],
    ['has no UID', question('')],
    ['names no group', question(uid, 'none')],
  ] as const) {
    it(`tells nothing, and computes nothing, to who ${why}`, async () => {
      expect(await explainer().ask(of, true, false)).to.deep.equal({ kind: 'notFound' });
      expect(asked).to.equal(0);
    });
  }
});

import { expect } from 'chai';
import type { PodQuestion } from '../../../src/controllers/pod-question.ts';
import { PodAnswers } from '../../../src/engine/control/pod-answers.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function question(id: string): PodQuestion {
  return { id, address: '10.0.0.1', port: 80, http: undefined };
}

describe('PodAnswers', () => {
  it('remembers what each said last, and when', async () => {
    const clock = new ManualClock();
    const says = new Map([
      ['a', false],
      ['b', true],
    ]);
    const answers = new PodAnswers({ ask: ({ id }) => Promise.resolve(says.get(id) === true) }, clock);
    expect(answers.answerTo('a')).to.equal(undefined);
    await answers.ask([question('a'), question('b')]);
    const first = clock.nowMs();
    expect(answers.answerTo('a')).to.deep.equal({ isUp: false, atMs: first });
    expect(answers.answerTo('b')).to.deep.equal({ isUp: true, atMs: first });
    says.set('a', true);
    clock.advance(1000);
    await answers.ask([question('a')]);
    expect(answers.answerTo('a')).to.deep.equal({ isUp: true, atMs: first + 1000 });
    expect(answers.answerTo('b')).to.deep.equal({ isUp: true, atMs: first });
  });
});

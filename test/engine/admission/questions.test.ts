import { expect } from 'chai';
import { answerQuestions } from '../../../src/engine/admission/questions.ts';
import type { QuestionPorts } from '../../../src/engine/admission/questions.ts';
import { Authoriser } from '../../../src/engine/admission/authoriser.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { PODS, QUEUES } from '../../../src/api/resources.ts';
import type { Answer, AuthoriseQuestion, Question } from '../../../webhooks/question.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { request } from '../../webhooks/fixture.ts';

const MAY: AuthoriseQuestion = {
  kind: 'authorise',
  key: 'queue',
  verb: 'use',
  type: QUEUES,
  subresource: '',
  namespace: '',
  name: 'blue',
};
const QUESTIONS: readonly Question[] = [
  MAY,
  { kind: 'place', key: 'place', group: 'ns/g', task: 'worker' },
  { kind: 'fetch', key: 'pod', type: PODS, namespace: 'ns', name: 'p' },
  { kind: 'fit', key: 'fit', namespace: 'ns', template: {}, count: 1 },
];
const NEVER = new Promise<Answer>(() => undefined);

describe('questions of a row', () => {
  it('are asked side by side and answered under their keys', async () => {
    const asked: string[] = [];
    const answer = (known: Answer) => (): Promise<Answer> => {
      asked.push(known.kind);
      return Promise.resolve(known);
    };
    const ports: QuestionPorts = {
      authorise: answer({ kind: 'authorise', verdict: 'allowed' }),
      place: answer({ kind: 'place', node: 'n1' }),
      fetch: answer({ kind: 'fetch', object: 'absent' }),
      fit: answer({ kind: 'fit', fit: 'unknown' }),
    };
    const answers = await answerQuestions(QUESTIONS, request(), ports, new ManualClock(), Infinity);
    expect(asked).to.deep.equal(['authorise', 'place', 'fetch', 'fit']);
    expect([...answers.keys()]).to.deep.equal(['queue', 'place', 'pod', 'fit']);
    expect(answers.get('place')).to.deep.equal({ kind: 'place', node: 'n1' });
  });

  it('are unknown when the time is over, or when whoever was asked fails', async () => {
    const clock = new ManualClock();
    const ports: QuestionPorts = {
      authorise: () => NEVER,
      place: () => NEVER,
      fetch: () => Promise.reject(new Error('broken')),
      fit: () => NEVER,
    };
    const asking = answerQuestions(QUESTIONS, request(), ports, clock, clock.monotonicMs() + 100);
    clock.advance(100);
    expect(Object.fromEntries(await asking)).to.deep.equal({
      queue: { kind: 'authorise', verdict: 'unknown' },
      place: { kind: 'place', node: undefined },
      pod: { kind: 'fetch', object: 'unknown' },
      fit: { kind: 'fit', fit: 'unknown' },
    });
  });
});

describe('the right of a user', () => {
  function judge(outcome: () => WriteOutcome): {
    clock: ManualClock;
    sent: WriteRequest[];
    ask: () => Promise<Answer>;
  } {
    const clock = new ManualClock();
    const sent: WriteRequest[] = [];
    const writer: ClusterWriter = {
      write(one) {
        sent.push(one);
        return Promise.resolve(outcome());
      },
    };
    const authoriser = new Authoriser(writer, clock);
    const who = request({ username: 'bob', userGroups: ['team-b'], userUid: '7', userExtra: { scopes: ['x'] } });
    return { clock, sent, ask: () => authoriser.authorise(MAY, who) };
  }

  const says = (allowed: boolean) => (): WriteOutcome => ({ kind: 'done', object: { status: { allowed } } });

  it('is asked of the API server with all that is known of the user', async () => {
    const { sent, ask } = judge(says(true));
    expect(await ask()).to.deep.equal({ kind: 'authorise', verdict: 'allowed' });
    expect(sent[0]?.body?.['spec']).to.deep.equal({
      user: 'bob',
      uid: '7',
      groups: ['team-b'],
      extra: { scopes: ['x'] },
      resourceAttributes: {
        verb: 'use',
        group: 'scheduling.volcano.sh',
        version: 'v1beta1',
        resource: 'queues',
        subresource: '',
        namespace: '',
        name: 'blue',
      },
    });
  });

  for (const [what, allowed, lifeMs] of [
    ['ten seconds when it is given', true, 10_000],
    ['two seconds when it is not', false, 2_000],
  ] as const) {
    it(`is kept for ${what}`, async () => {
      const { clock, sent, ask } = judge(says(allowed));
      await ask();
      clock.advance(lifeMs - 1);
      await ask();
      expect(sent).to.have.length(1);
      clock.advance(1);
      await ask();
      expect(sent).to.have.length(2);
    });
  }

  it('is asked once for reviews that come at the same moment', async () => {
    const { sent, ask } = judge(says(true));
    await Promise.all([ask(), ask(), ask()]);
    expect(sent).to.have.length(1);
  });

  it('is unknown when the API server does not say, and asked again', async () => {
    const { sent, ask } = judge(() => ({ kind: 'unknown', message: 'lost' }));
    expect(await ask()).to.deep.equal({ kind: 'authorise', verdict: 'unknown' });
    await ask();
    expect(sent).to.have.length(2);
  });
});

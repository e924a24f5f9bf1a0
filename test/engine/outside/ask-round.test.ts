import { expect } from 'chai';
import { askRound } from '../../../src/engine/outside/ask-round.ts';
import type { PostAnswer } from '../../../src/engine/outside/post.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AskedPod, RoundSubject } from '../../../src/scheduler/ledger/outside-rounds.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { makeNode, makePod, makeShape } from '../../support/records.ts';
import { amounts, GPU } from '../../support/scheduler-world.ts';

type Program = (url: string, body: JsonObject) => PostAnswer;

const NOBODY: PostAnswer = { kind: 'failed', why: 'nobody is there' };

function json(value: unknown): PostAnswer {
  return { kind: 'json', value };
}

function pod(name: string, node = ''): AskedPod {
  const record = makePod(name, 'g', makeShape(amounts(2, 1, 1)), { task: 'worker', priority: 7 });
  return { record, job: 'ns/g', status: node === '' ? TaskStatus.Pending : TaskStatus.Running, node };
}

function aboutNodes(count: number, urls = { predicateUrl: 'predicate', prioritizeUrl: '' }): RoundSubject {
  const names = Array.from({ length: count }, (_, n) => `n${n + 1}`);
  const about = names.map((name) => {
    const record = makeNode(name, { ...amounts(8, 16, 4), pods: 10 });
    return [`${name} key`, { record, pods: [pod(`on-${name}`, name)] }] as const;
  });
  return { kind: 'nodes', ...urls, pod: pod('p'), about: new Map(about) };
}

/** What was said of each, in short, and the bodies that were sent. */
async function asked(subject: RoundSubject, program: Program): Promise<{ said: object; sent: JsonObject[] }> {
  const sent: JsonObject[] = [];
  const verdicts = await askRound(subject, (url, body) => {
    sent.push(body);
    return Promise.resolve(program(url, body));
  });
  const said = [...verdicts].map(([key, verdict]) => {
    const more = verdict.kind === 'yes' ? ` ${verdict.score}` : verdict.kind === 'failed' ? `: ${verdict.why}` : '';
    return [key, `${verdict.kind}${more}`];
  });
  return { said: Object.fromEntries(said) as object, sent };
}

describe('a round', () => {
  const FITNESS: readonly (readonly [string, PostAnswer, string])[] = [
    ['nothing is a yes', json({}), 'yes 0'],
    ['an empty status and code 0 are a yes', json({ status: '', code: 0 }), 'yes 0'],
    ['a status is a no', json({ status: 'no device is left' }), 'no'],
    ['a code is a no', json({ status: '', code: 2 }), 'no'],
    ['the text of earlier releases is a no', json({ errorMessage: 'no device is left' }), 'no'],
    ['a failure is told', NOBODY, 'failed: nobody is there'],
    ['a list is no answer', json([]), 'failed: the answer is no object'],
    ['a code in words is no answer', json({ code: 'two' }), 'failed: the code in the answer is no number'],
  ];
  for (const [name, answer, want] of FITNESS) {
    it(`about a node: ${name}`, async () => {
      expect((await asked(aboutNodes(1), () => answer)).said).to.deep.equal({ 'n1 key': want });
    });
  }

  it('sends the pod and the node under the names of Volcano, with what stands there', async () => {
    const { sent } = await asked(aboutNodes(1), () => json({}));
    expect(sent).to.have.length(1);
    expect(objectAt(sent[0], 'task')).to.deep.include({
      Job: 'ns/g',
      Name: 'p',
      Namespace: 'ns',
      TaskRole: 'worker',
      NodeName: '',
      Status: 1,
      Priority: 7,
    });
    expect(objectAt(sent[0], 'task', 'Resreq')).to.deep.equal({
      MilliCPU: 2000,
      Memory: 1024 ** 3,
      MaxTaskNum: 1,
      ScalarResources: { [GPU]: 1000 },
    });
    expect(objectAt(sent[0], 'node', 'Idle')).to.deep.include({ MilliCPU: 6000, MaxTaskNum: 9 });
    expect(objectAt(sent[0], 'node', 'Used', 'ScalarResources')).to.deep.equal({ [GPU]: 1000 });
    expect(objectAt(sent[0], 'node', 'Tasks', 'ns/on-n1')).to.deep.include({ NodeName: 'n1', Status: 32 });
  });

  it('asks once for the scores of all nodes that will do', async () => {
    const subject = aboutNodes(3, { predicateUrl: 'predicate', prioritizeUrl: 'prioritize' });
    const { said, sent } = await asked(subject, (url, body) => {
      if (url === 'prioritize') return json({ nodeScore: { n1: 5, n3: 2.5 } });
      return json({ status: stringAt(body, ['node', 'Name']) === 'n3' ? 'no' : '' });
    });
    expect(said).to.deep.equal({ 'n1 key': 'yes 5', 'n2 key': 'yes 0', 'n3 key': 'no' });
    expect(sent).to.have.length(4);
  });

  const SCORES: readonly (readonly [string, PostAnswer, string])[] = [
    ['fails as a whole', NOBODY, 'failed: nobody is there'],
    ['may tell an error', json({ errorMessage: 'busy' }), 'failed: busy'],
    ['holds numbers', json({ nodeScore: { n1: 'much' } }), 'failed: a score in the answer is no number'],
    ['may say nothing of a node', json({}), 'yes 0'],
  ];
  for (const [name, answer, want] of SCORES) {
    it(`of scores ${name}`, async () => {
      const subject = aboutNodes(1, { predicateUrl: '', prioritizeUrl: 'prioritize' });
      expect((await asked(subject, () => answer)).said).to.deep.equal({ 'n1 key': want });
    });
  }

  it('gives up where nobody is there, and not where one node fails', async () => {
    const down = await asked(aboutNodes(200), () => NOBODY);
    expect(Object.keys(down.said)).to.have.length(200);
    expect(down.sent).to.have.length.within(16, 32);
    const once = await asked(aboutNodes(200), (_, body) =>
      stringAt(body, ['node', 'Name']) === 'n7' ? NOBODY : json({}),
    );
    expect(once.sent).to.have.length(200);
  });

  const VICTIMS: readonly (readonly [string, PostAnswer, readonly string[]])[] = [
    ['those that are named may go', json({ status: 1, victims: [{ UID: 'uid-b' }] }), ['no', 'yes 0']],
    ['nobody may go when nobody is named', json({ status: 1 }), ['no', 'no']],
    ['a status of 0 leaves it to others', json({ status: 0 }), ['abstains', 'abstains']],
    ['a failure is told', NOBODY, ['failed: nobody is there', 'failed: nobody is there']],
    [
      'no status is no answer',
      json({}),
      Array.from({ length: 2 }, () => 'failed: the status in the answer is no number'),
    ],
  ];
  for (const [name, answer, want] of VICTIMS) {
    it(`about victims: ${name}`, async () => {
      const about = new Map(['a', 'b'].map((victim) => [victim, pod(victim, 'n1')]));
      const { said, sent } = await asked({ kind: 'victims', url: 'may', pod: pod('p'), about }, () => answer);
      expect(Object.values(said)).to.deep.equal(want);
      expect(sent.map((body) => Object.keys(body))).to.deep.equal([['evictor', 'evictees']]);
    });
  }
});

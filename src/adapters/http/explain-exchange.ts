import type { Response } from 'express';
import type { ExplainAnswer, ExplainQuestion, GroupProof } from '../../engine/cycle/explainer.ts';
import { assertNever } from '../../lib/exhaustive.ts';

/** Groups of other namespaces that one question may name. */
const MOST_OTHERS = 64;

/**
 * The question of `/explain?namespace=&name=&uid=&other=NAMESPACE/NAME/UID`; undefined when it is none. What is wrong with an
 * `other` tells no names, and is no mistake.
 */
export function readQuestion(url: string): ExplainQuestion | undefined {
  const { searchParams } = new URL(url, 'http://localhost');
  const [namespace, name, uid] = ['namespace', 'name', 'uid'].map((key) => searchParams.get(key) ?? '');
  if (!namespace || !name || !uid) return undefined;
  return {
    group: { namespace, name, uid },
    others: searchParams.getAll('other').slice(0, MOST_OTHERS).map(readProof),
  };
}

function readProof(text: string): GroupProof {
  const [namespace = '', name = '', uid = ''] = text.split('/');
  return { namespace, name, uid };
}

/** The query that `readQuestion` reads. */
export function questionQuery({ group, others }: ExplainQuestion): string {
  const query = new URLSearchParams({ namespace: group.namespace, name: group.name, uid: group.uid });
  for (const other of others.slice(0, MOST_OTHERS)) {
    query.append('other', `${other.namespace}/${other.name}/${other.uid}`);
  }
  return query.toString();
}

/** The explanation as JSON, or a line of text with the reason why there is none. */
export async function answerExplain(
  response: Response,
  question: ExplainQuestion,
  explain: (question: ExplainQuestion) => Promise<ExplainAnswer>,
): Promise<void> {
  const answer = await explain(question);
  switch (answer.kind) {
    case 'explained':
      response.json(answer.explanation);
      return;
    case 'notFound':
      response.status(404).type('text/plain').send('the scheduler knows no such PodGroup with this uid\n');
      return;
    case 'notLeading':
      response.status(503).type('text/plain').send('this process does not decide\n');
      return;
    case 'tooBusy':
      response.status(503).type('text/plain').send('the scheduler did not answer in time\n');
      return;
    case 'failed':
      response.status(500).type('text/plain').send(`the explanation failed: ${answer.problem}\n`);
      return;
    default:
      assertNever(answer);
  }
}

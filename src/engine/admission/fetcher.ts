import type { Answer, FetchQuestion } from '../../../webhooks/question.ts';
import type { ClusterWriter } from '../ports.ts';

/** Reads one object for a row, as the API server holds it now. */
export async function fetchObject(writer: ClusterWriter, question: FetchQuestion): Promise<Answer> {
  const { type, namespace, name } = question;
  const outcome = await writer.write({
    verb: 'get',
    type,
    namespace,
    name,
    subresource: '',
    lane: 'decision',
    body: undefined,
  });
  if (outcome.kind === 'notFound') return { kind: 'fetch', object: 'absent' };
  const object = outcome.kind === 'done' ? outcome.object : undefined;
  return { kind: 'fetch', object: object ?? 'unknown' };
}

import { JOBS, PODS, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { History } from '../../e2e/support/history.ts';
import { job } from '../../e2e/support/manifest.ts';
import type { PersistentClient } from './persistent-client.ts';

const SIZE = 2;

/** Creates a gang, waits until all of it is bound, and takes it away; resolves with how long the first two took, in ms. */
export async function placeGang(
  client: PersistentClient,
  history: History,
  namespace: string,
  name: string,
): Promise<number> {
  const begunMs = performance.now();
  const { status, body } = await client.request('POST', resourcePath(JOBS, namespace), job(name, SIZE));
  if (status !== 201) throw new Error(`${name} could not be created: ${stringAt(body, ['message'])}`);
  await history.until(`the binding of ${name}`, () => (boundOf(history, name) === SIZE ? name : undefined));
  const tookMs = performance.now() - begunMs;
  await client.request('DELETE', `${resourcePath(JOBS, namespace, name)}?propagationPolicy=Background`);
  return Math.round(tookMs);
}

function boundOf(history: History, jobName: string): number {
  return history
    .all(PODS)
    .filter((pod) => stringAt(pod, ['metadata', 'labels', 'job-name']) === jobName)
    .filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '').length;
}

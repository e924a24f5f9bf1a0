import { apiVersion, SELF_REVIEWS } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { Cluster } from './cluster.ts';

/** The name that the API server knows us by. Throws a SetupError when it does not say. */
export async function whoAmI(cluster: Cluster): Promise<string> {
  const body = { apiVersion: apiVersion(SELF_REVIEWS), kind: SELF_REVIEWS.kind };
  const answer = await cluster.create(SELF_REVIEWS, body, 'ask who we are');
  return stringAt(answer, ['status', 'userInfo', 'username']);
}

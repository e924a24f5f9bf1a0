import { expect } from 'chai';
import { POLICIES_LABEL } from '../../../src/api/keys.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { Answer } from '../../../webhooks/question.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { UNCHANGED } from '../../../webhooks/verdict.ts';
import { request, summary, view } from '../fixture.ts';

const ROW = REGISTRY.find(({ id }) => id === 'validate-policy-configmaps');
const WORK = { namespace: 'team', name: 'm' };

function policies(kind: string, queue = 'default', label = 'enabled'): JsonObject {
  const text = `apiVersion: sluice.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: p}\nspec: {set: {queue: {name: ${queue}}}}\n`;
  return { metadata: { ...WORK, labels: { [POLICIES_LABEL]: label } }, data: { a: text } };
}

const MINE = policies('NamespacedWorkloadPolicy');
const GOLD = policies('NamespacedWorkloadPolicy', 'gold');

/** What is asked, and the verdict where everything is answered so, but for what a text names. */
function judged(
  object: JsonObject,
  verdict: 'allowed' | 'denied' | 'unknown' = 'allowed',
  only = '',
  oldObject?: JsonObject,
): readonly string[] {
  const cluster = view({ queues: { default: {}, gold: {} }, rights: { queues: 'enforce' } });
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const about = request({ ...WORK, object, oldObject, operation, resource: 'configmaps', username: 'bob' });
  const questions = ROW?.ask?.(about, cluster) ?? [];
  const asked = questions.map((one) =>
    'verb' in one ? `${one.verb} ${one.type.plural} ${one.namespace}${one.name}` : '',
  );
  const answers = new Map(
    questions.map(({ key }, at): [string, Answer] => [
      key,
      { kind: 'authorise', verdict: asked[at]?.includes(only) === true ? verdict : 'allowed' },
    ]),
  );
  return [...asked, summary(ROW?.admit(about, cluster, answers) ?? UNCHANGED)];
}

const CREATE = 'create namespacedworkloadpolicies team';

describe('a ConfigMap of policies', () => {
  const rows: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
    'of who may make policies passes': [judged(MINE), [CREATE, 'allow']],
    'of who may not is refused, whatever else he may': [
      judged(MINE, 'denied'),
      [CREATE, '403 PolicyWriteDenied metadata.labels[sluice.dev/policies]'],
    ],
    'of who may be anybody is refused': [
      judged(MINE, 'unknown'),
      [CREATE, '403 RightUnknown metadata.labels[sluice.dev/policies]'],
    ],
    'takes the use of the queues that it names': [
      judged(GOLD, 'denied', 'use'),
      [CREATE, 'use queues gold', '403 QueueUseDenied data[a][0].spec.set.queue.name'],
    ],
    'takes no more for a queue that it named before': [judged(GOLD, 'allowed', '', GOLD), [CREATE, 'allow']],
    'that gets its label now is new': [
      judged(GOLD, 'denied', 'use', policies('NamespacedWorkloadPolicy', 'gold', 'off')),
      [CREATE, 'use queues gold', '403 QueueUseDenied data[a][0].spec.set.queue.name'],
    ],
    'with a policy of the cluster is refused here': [
      judged(policies('WorkloadPolicy')),
      [CREATE, '422 InvalidPolicy data[a][0].kind'],
    ],
    'with a mistake is refused': [
      judged(policies('NamespacedWorkloadPolicy', 'NO')),
      [CREATE, '422 InvalidPolicy data[a][0].spec.set.queue.name'],
    ],
    'without the label is none': [judged(policies('WorkloadPolicy', 'gold', 'disabled')), ['allow']],
  };
  for (const [name, [found, wanted]] of Object.entries(rows)) {
    it(name, () => expect(found).to.deep.equal(wanted));
  }
});

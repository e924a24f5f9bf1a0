import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { NO_SETTINGS } from '../../../src/api/controller-settings.ts';
import { NAMESPACES, PODS, VCJOBS } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { VCJOB } from '../../../src/controllers/vcjob/controller.ts';
import { KindStores } from '../../../src/engine/control/kind-stores.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { makeNamespace } from '../../support/controller-records.ts';
import { policy, task } from './job-model.ts';

const OWNER = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'job', uid: 'j-1', controller: true };

/** What the row does about a job that waits, with one pod that failed and calls itself one of the job. */
function effectsWith(podNamespace: string, isNamespaceGoing = false): readonly string[] {
  const stores = new KindStores();
  for (const { kind, toKeys } of VCJOB.watches) stores.listen(kind, (before, after) => toKeys(before, after, stores));
  const put = (type: ResourceType, raw: JsonObject): void => {
    const record = VCJOB.watches.find(({ kind }) => kind.type === type)?.kind.project(raw);
    stores.apply(type, [{ kind: 'upsert', record }]);
  };
  stores.apply(NAMESPACES, [{ kind: 'upsert', record: makeNamespace('ns', { deleting: isNamespaceGoing }) }]);
  put(VCJOBS, {
    metadata: { name: 'job', namespace: 'ns', uid: 'j-1', resourceVersion: '1', generation: 1 },
    spec: { minAvailable: 1, tasks: [task('a', 1)], policies: [policy('PodFailed', 'AbortJob')] },
    status: { state: { phase: 'Pending' }, observedGeneration: 1 },
  });
  const labels = { 'volcano.sh/task-spec': 'a', 'volcano.sh/task-index': '0' };
  put(PODS, {
    metadata: {
      name: 'job-a-0',
      namespace: podNamespace,
      uid: 'p',
      resourceVersion: '1',
      labels,
      ownerReferences: [OWNER],
    },
    status: { phase: 'Failed' },
  });
  const effects = VCJOB.reconcile('ns/job', {
    view: stores,
    nowMs: 1000,
    settings: NO_SETTINGS,
    told: () => new Set(),
    answerTo: () => undefined,
    submitterKeys: NO_SUBMITTER_KEYS,
    ownNamespace: '',
  });
  return effects.map((effect) => (effect.kind === 'event' ? effect.note : effect.kind));
}

describe("the row of Volcano's Jobs", () => {
  it('acts on what happens to pods of the job', () => {
    expect(effectsWith('ns')).to.include('Start to execute action AbortJob ');
  });

  it('takes no pod of another namespace for one of the job, whatever that says of its owner', () => {
    expect(effectsWith('other')).to.not.include('Start to execute action AbortJob ');
  });

  it('does nothing in a namespace that goes', () => {
    expect(effectsWith('ns', true)).to.deep.equal([]);
  });
});

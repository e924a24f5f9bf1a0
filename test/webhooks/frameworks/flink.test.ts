import { expect } from 'chai';
import { QUEUE_NAME_LABEL } from '../../../src/api/keys.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { created, view } from '../fixture.ts';
import { demandOf, stampOf } from './chain.ts';

const JOB_MANAGER = { app: 'words', component: 'jobmanager', type: 'flink-native-kubernetes' };
const TASK_MANAGER = { ...JOB_MANAGER, component: 'taskmanager' };

function pod(labels: JsonObject, owner: JsonObject): JsonObject {
  return {
    metadata: { name: 'p', labels, ownerReferences: [{ ...owner, name: 'words', controller: true }] },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }] },
  };
}

const OF_REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet', uid: 'rs' };
const OF_DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', uid: 'd' };

describe('Flink without an operator', () => {
  it('is one group for JobManager and TaskManagers, which come one by one', () => {
    const manager = created(mutatePod, pod({ ...JOB_MANAGER, [QUEUE_NAME_LABEL]: 'blue' }, OF_REPLICA_SET));
    expect(stampOf(manager)).to.deep.equal({
      group: 'flink-words',
      role: 'jobmanager',
      queue: 'blue',
      scheduler: 'sluice',
    });
    expect(demandOf(manager)).to.deep.equal({ jobmanager: [1, 0], taskmanager: [0, 1] });
  });

  it('has its TaskManagers in the queue of its JobManager', () => {
    const tasks = new Map([['jobmanager', 1]]);
    const known = view({
      groups: [{ namespace: 'team-a', name: 'flink-words', queue: 'blue', ownerUid: 'rs', tasks }],
    });
    const task = created(mutatePod, pod(TASK_MANAGER, OF_DEPLOYMENT), known);
    expect(stampOf(task)).to.include({ group: 'flink-words', role: 'taskmanager', queue: 'blue' });
    expect(demandOf(task)).to.deep.equal({});
  });

  it('never keeps a TaskManager waiting for a JobManager that nobody knows', () => {
    const task = created(mutatePod, pod(TASK_MANAGER, OF_DEPLOYMENT));
    expect(demandOf(task)).to.deep.equal({ jobmanager: [0, 0], taskmanager: [1, 0] });
  });

  it('has a name of 63 characters at most, and never one of another cluster', () => {
    const groups = ['a', 'b'].map((end) => {
      const app = `${'long-cluster-id-'.repeat(5)}${end}`;
      return stampOf(created(mutatePod, pod({ ...JOB_MANAGER, app }, OF_REPLICA_SET))).group;
    });
    expect(groups.every((group) => group.length <= 63)).to.equal(true);
    expect(new Set(groups).size).to.equal(2);
  });
});

import { formatGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import type { JobRecord } from '../../src/api/records/job-record.ts';
import type { NamespaceRecord } from '../../src/api/records/namespace-record.ts';
import type { WorkloadRecord } from '../../src/api/records/workload-record.ts';

/** A plan of three workers in queue `default` for a root named `train`. */
export function makePlan(overrides: Partial<GroupPlan> = {}): GroupPlan {
  return {
    version: 1,
    group: 'train-n0nce',
    root: 'train',
    queue: 'default',
    priorityClassName: '',
    owner: 'root',
    tasks: [{ name: 'worker', min: 3, stage: 0 }],
    minResources: { cpu: '3', memory: '6Gi' },
    ...overrides,
  };
}

/** A Spark driver with two executors that start together once it runs. */
export function makeSparkPlan(overrides: Partial<GroupPlan> = {}): GroupPlan {
  return makePlan({
    group: 'spark-n0nce',
    root: 'driver',
    tasks: [
      { name: 'driver', min: 1, stage: 0 },
      { name: 'executor', min: 2, stage: 1 },
    ],
    minResources: { cpu: '1' },
    ...overrides,
  });
}

/** A running Job in namespace `ns` that carries the plan. */
export function makeJob(name: string, plan: GroupPlan, overrides: Partial<JobRecord> = {}): JobRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: `job-${name}`,
    apiVersion: 'batch/v1',
    kind: 'Job',
    resourceVersion: '1',
    createdMs: 0,
    deleting: false,
    replicas: 3,
    minMember: 0,
    minResources: '',
    handedDown: new Map(),
    state: 'Active',
    controller: undefined,
    groupPlan: formatGroupPlan(plan),
    completions: undefined,
    failedIndexes: 0,
    succeeded: 0,
    schedulerName: 'sluice',
    priorityClassName: plan.priorityClassName,
    ...overrides,
  };
}

/** An opted-in namespace without a default queue. */
export function makeNamespace(name: string, overrides: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return { name, deleting: false, labels: [], optedIn: true, defaultQueue: '', ...overrides };
}

/** A ReplicaSet of three pods in namespace `ns`, of no Deployment. */
export function makeWorkload(name: string, overrides: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    key: `ns/${name}`,
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    namespace: 'ns',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    deleting: false,
    replicas: 3,
    minMember: 0,
    minResources: '',
    handedDown: new Map(),
    state: 'Active',
    controller: undefined,
    ...overrides,
  };
}

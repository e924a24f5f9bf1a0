import { DEFAULT_QUEUE, ROOT_QUEUE, SLUICE_SCHEDULER } from '../../src/api/keys.ts';
import type { DisruptionBudgetRecord } from '../../src/api/records/disruption-budget-record.ts';
import { NO_DEVICE_CLAIMS } from '../../src/api/records/device-records.ts';
import { NO_EXTENDED_ASKS } from '../../src/api/records/extended-ask.ts';
import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import { NO_CLAIMS } from '../../src/api/records/pod-claim.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { PriorityClassRecord } from '../../src/api/records/priority-class-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { QuotaScope, ResourceQuotaRecord } from '../../src/api/records/resource-quota-record.ts';
import { NO_POLICIES } from '../../src/api/records/sub-group-policy.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';

/** A shape with the given requests and nothing else, unless overridden. */
export function makeShape(
  requests: Readonly<Record<string, number>>,
  overrides: Partial<SchedulingShape> = {},
): SchedulingShape {
  const amounts = new Map(Object.entries({ ...requests, pods: 1 }));
  const body = {
    requests: amounts,
    nodeSelector: new Map<string, string>(),
    requiredTerms: undefined,
    preferredTerms: [],
    tolerations: [],
    hostPorts: [],
    rules: undefined,
    wishes: undefined,
    isRevocable: false,
    needs: [],
    ...overrides,
  };
  const key = JSON.stringify(body, (_, value: unknown) => (value instanceof Map ? [...value] : value));
  return { ...body, key };
}

/** A node; amounts in the units of the record (milli-CPU, KiB, counts). */
export function makeNode(
  name: string,
  allocatable: Readonly<Record<string, number>>,
  overrides: Partial<NodeRecord> = {},
): NodeRecord {
  return {
    name,
    uid: `node-${name}`,
    resourceVersion: '1',
    labels: new Map([['kubernetes.io/hostname', name]]),
    taints: [],
    unschedulable: false,
    allocatable: new Map(Object.entries({ pods: 110, ...allocatable })),
    images: [],
    cards: undefined,
    ...overrides,
  };
}

/** A pending pod of ours in namespace `ns`, member of `group`. */
export function makePod(
  name: string,
  group: string,
  shape: SchedulingShape,
  overrides: Partial<PodRecord> = {},
): PodRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    createdMs: 0,
    labels: NO_LABELS,
    schedulerName: SLUICE_SCHEDULER,
    nodeName: '',
    phase: 'Pending',
    deleting: false,
    group,
    task: 'worker',
    queue: DEFAULT_QUEUE,
    priority: 0,
    priorityClassName: '',
    isPatient: false,
    preemptable: true,
    cooldownEndMs: 0,
    runMs: 0,
    startedMs: 0,
    gated: false,
    isQueueGated: false,
    bindPlanId: '',
    unschedulableMessage: '',
    groupPlan: '',
    jobPod: undefined,
    nominatedNode: '',
    claims: NO_CLAIMS,
    deviceClaims: NO_DEVICE_CLAIMS,
    extendedAsks: NO_EXTENDED_ASKS,
    cards: undefined,
    numa: undefined,
    owner: undefined,
    handedDown: new Map(),
    datasets: '',
    strategy: '',
    images: [],
    shape,
    ...overrides,
  };
}

/** A PodGroup in namespace `ns`, in queue `default`. */
export function makePodGroup(name: string, minMember: number, overrides: Partial<PodGroupRecord> = {}): PodGroupRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: `group-${name}`,
    resourceVersion: '1',
    createdMs: 0,
    deleting: false,
    minMember,
    minTaskMember: new Map(),
    subGroups: NO_POLICIES,
    network: undefined,
    queue: DEFAULT_QUEUE,
    priorityClassName: '',
    preemptable: true,
    waitingMs: undefined,
    runMs: 0,
    handedDown: new Map(),
    hints: new Map(),
    minResources: undefined,
    phase: '',
    conditions: [],
    running: 0,
    succeeded: 0,
    failed: 0,
    bindPlan: '',
    rootState: 'Active',
    origin: '',
    submitter: '',
    submitterSignature: '',
    owner: undefined,
    ...overrides,
  };
}

/** An open queue of weight 1 without limits. */
export function makeQueue(name: string, overrides: Partial<QueueRecord> = {}): QueueRecord {
  return {
    name,
    uid: `queue-${name}`,
    resourceVersion: '1',
    weight: 1,
    priority: 0,
    reclaimable: true,
    isStrict: false,
    parent: ROOT_QUEUE,
    capability: undefined,
    guarantee: undefined,
    deserved: undefined,
    affinity: undefined,
    hierarchy: undefined,
    state: 'Open',
    closedByParent: false,
    deleting: false,
    allocatedText: '{}',
    conditions: [],
    usage: undefined,
    ...overrides,
  };
}

/** A priority class that is not the default one. */
export function makePriorityClass(
  name: string,
  value: number,
  overrides: Partial<PriorityClassRecord> = {},
): PriorityClassRecord {
  return { name, value, isGlobalDefault: false, isPatient: false, ...overrides };
}

/** A budget of namespace `ns` for the pods with the label `app`, whatever its value. */
export function makeBudget(
  name: string,
  allowed: number,
  overrides: Partial<DisruptionBudgetRecord> = {},
): DisruptionBudgetRecord {
  const selector = [{ key: 'app', operator: 'Exists' as const, values: [] }];
  return { key: `ns/${name}`, namespace: 'ns', name, selector, allowed, ...overrides };
}

/** A quota of namespace `ns`; amounts in the units of the records. */
export function makeQuota(
  name: string,
  told: Readonly<Record<string, readonly [used: number, hard: number]>>,
  scopes: readonly QuotaScope[] = [],
): ResourceQuotaRecord {
  const amounts = Object.entries(told).map(([written, [used, hard]]) => {
    const resource = written.replace('requests.', '').replace('count/', '');
    return { name: written, resource, used, hard };
  });
  return { key: `ns/${name}`, namespace: 'ns', amounts, scopes };
}

import { makePod } from '../../support/records.ts';
import { projectPod } from '../../../src/api/projections/pod.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';

/** A pod that has everything a projection reads. */
export const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'train-0',
    namespace: 'ml',
    uid: 'u-1',
    resourceVersion: '7',
    creationTimestamp: '2030-01-31T12:00:00Z',
    labels: { 'volcano.sh/queue-name': 'blue', 'volcano.sh/task-spec': 'label-task' },
    annotations: {
      'scheduling.k8s.io/group-name': 'train',
      'scheduling.volcano.sh/group-name': 'older',
      'volcano.sh/task-spec': 'worker',
      'scheduling.volcano.sh/queue-name': 'red',
      'sluice.dev/group-plan': '{}',
      'volcano.sh/preemptable': 'false',
      'volcano.sh/cooldown-time': '1m30s',
      'sluice.dev/bind-plan-id': 'p1',
    },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'o-0' },
      { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'o-1', controller: true },
    ],
  },
  spec: {
    schedulerName: 'sluice',
    nodeName: 'n1',
    priority: 5,
    priorityClassName: 'high',
    preemptionPolicy: 'Never',
    schedulingGates: [{ name: 'g' }],
    containers: [
      {
        name: 'main',
        image: 'train',
        resources: { requests: { cpu: '1', 'nvidia.com/gpu': 1 } },
        ports: [
          { containerPort: 80 },
          { hostPort: 8080, containerPort: 80 },
          { hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.1' },
        ],
      },
    ],
    initContainers: [
      { name: 'init', restartPolicy: 'Always', ports: [{ hostPort: 9090 }] },
      // Gives its port back before anything else of the pod runs, and nobody counts it.
      { name: 'step', ports: [{ hostPort: 7070 }] },
    ],
    nodeSelector: { pool: 'gpu', arch: 'arm64' },
    tolerations: [
      { key: 'b', operator: 'Exists', value: 'ignored', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'a', value: 'x' },
      { key: 'b', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 },
      { key: 'c', operator: 'Near' },
    ],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] },
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
            {},
            { matchExpressions: [{ key: 'zone', operator: 'Sounds', values: ['like'] }] },
          ],
        },
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, preference: { matchExpressions: [{ key: 'rack', operator: 'Exists' }] } },
          { weight: 0, preference: { matchExpressions: [{ key: 'rack', operator: 'Exists' }] } },
          { weight: 3, preference: {} },
        ],
      },
    },
  },
  status: {
    phase: 'Running',
    startTime: '2030-01-31T12:00:05Z',
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'PodScheduled', status: 'False', message: '0/8 nodes' },
      { type: 'PodResizePending', status: 'False', reason: 'Infeasible' },
    ],
    allocatedResources: { cpu: '1', 'nvidia.com/gpu': 1 },
    resources: { requests: { cpu: '1' } },
    containerStatuses: [
      {
        name: 'main',
        allocatedResources: { cpu: '1', 'nvidia.com/gpu': 1 },
        resources: { requests: { cpu: '1', 'nvidia.com/gpu': 1 } },
      },
    ],
    initContainerStatuses: [{ name: 'init', resources: {} }],
  },
};

/** The record, or a failed test. */
export function project(raw: unknown, shapes = new Map<string, SchedulingShape>()): PodRecord {
  const record = projectPod(raw, shapes);
  if (record === undefined) throw new Error('Expected a record');
  return record;
}

/** All fields of a record, as an object that holds nothing else. */
export function fieldsOf(record: PodRecord): PodRecord {
  const fields = Object.keys(makePod('', '', record.shape)) as (keyof PodRecord)[];
  return Object.fromEntries(fields.map((field) => [field, record[field]])) as unknown as PodRecord;
}

/** The pod with some metadata replaced. */
export function withMetadata(metadata: object): unknown {
  return { ...POD, metadata: { ...POD.metadata, ...metadata } };
}

/** The pod with some of its spec replaced. */
export function withSpec(spec: object): unknown {
  return { ...POD, spec: { ...POD.spec, ...spec } };
}

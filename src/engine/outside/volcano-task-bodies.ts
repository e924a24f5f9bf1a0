import { formatAmounts, resourceUnit } from '../../api/amounts.ts';
import { GROUP_NAME_ANNOTATION } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AskedNode, AskedPod } from '../../scheduler/ledger/outside-rounds.ts';

/** A part of Volcano's `TaskInfo` as Go writes it. */
export function taskInfo({ record, job, status, node }: AskedPod): JsonObject {
  const { uid, namespace, name, priority, preemptable, shape } = record;
  const asked = resource(shape.requests);
  return {
    UID: uid,
    Job: job,
    Name: name,
    Namespace: namespace,
    TaskRole: record.task,
    Resreq: asked,
    InitResreq: asked,
    NodeName: node,
    // There each status is a bit, in the order that they have here.
    Status: 1 << status,
    Priority: priority,
    Preemptable: preemptable,
    BestEffort: [...shape.requests.keys()].every((key) => key === 'pods'),
    Pod: pod(record, node),
  };
}

/** A part of Volcano's `NodeInfo`: `Tasks` are all that stand there, those that are being placed too. */
export function nodeInfo({ record, pods }: AskedNode): JsonObject {
  const { name, uid, labels, taints, unschedulable, allocatable } = record;
  const used = new Map<string, number>();
  for (const { record: each } of pods) {
    for (const [key, amount] of each.shape.requests) used.set(key, (used.get(key) ?? 0) + amount);
  }
  const idle = new Map([...allocatable].map(([key, amount]) => [key, amount - (used.get(key) ?? 0)]));
  return {
    Name: name,
    Node: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid, labels: Object.fromEntries(labels) },
      spec: { unschedulable, taints: taints.map(({ key, value, effect }) => ({ key, value, effect })) },
      status: { allocatable: formatAmounts(allocatable) },
    },
    Idle: resource(idle),
    Used: resource(used),
    Allocatable: resource(allocatable),
    Tasks: Object.fromEntries(pods.map((each) => [each.record.key, taskInfo(each)])),
  };
}

function pod(record: PodRecord, node: string): JsonObject {
  const { name, namespace, uid, labels, group, schedulerName, priority, priorityClassName, phase, shape } = record;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      labels: Object.fromEntries(pairs(labels)),
      annotations: group === '' ? {} : { [GROUP_NAME_ANNOTATION]: group },
    },
    spec: {
      schedulerName,
      nodeName: node,
      priority,
      priorityClassName,
      nodeSelector: Object.fromEntries(shape.nodeSelector),
      resources: { requests: formatAmounts(shape.requests) },
    },
    status: { phase },
  };
}

function pairs(labels: PodRecord['labels']): readonly (readonly [string, string])[] {
  return labels.flatMap((key, i) => (i % 2 === 0 ? [[key, labels[i + 1] ?? ''] as const] : []));
}

/** CPU in thousandths, memory in bytes, all else in thousandths. */
function resource(amounts: ResourceAmounts): JsonObject {
  const others = [...amounts].filter(([name]) => name !== 'cpu' && name !== 'memory' && name !== 'pods');
  return {
    MilliCPU: amounts.get('cpu') ?? 0,
    Memory: (amounts.get('memory') ?? 0) * BYTES_PER_KIB,
    MaxTaskNum: amounts.get('pods') ?? 0,
    ScalarResources: Object.fromEntries(others.map(([name, amount]) => [name, amount * perUnit(name)])),
  };
}

const BYTES_PER_KIB = 1024;

function perUnit(name: string): number {
  return 1000 * (resourceUnit(name) === 'kibi' ? BYTES_PER_KIB : 1);
}

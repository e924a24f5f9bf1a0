import { apiVersion, POD_GROUPS, QUEUES } from '../../api/resources.ts';
import { formatAmounts } from '../../api/amounts.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { JsonObject } from '../../lib/json.ts';

/** A part of Volcano's `JobInfo` as Go writes it: what a PodGroup says. */
export function jobInfo(record: PodGroupRecord, priority: number): JsonObject {
  const { key, uid, name, namespace, queue, minMember, createdMs } = record;
  return {
    UID: key,
    PgUID: uid,
    Name: name,
    Namespace: namespace,
    Queue: queue,
    Priority: priority,
    MinAvailable: minMember,
    CreationTimestamp: new Date(createdMs).toISOString(),
    PodGroup: {
      apiVersion: apiVersion(POD_GROUPS),
      kind: POD_GROUPS.kind,
      metadata: { name, namespace, uid },
      spec: {
        minMember,
        minTaskMember: Object.fromEntries(record.minTaskMember),
        queue,
        priorityClassName: record.priorityClassName,
        ...list('minResources', record.minResources),
      },
      status: { phase: record.phase, running: record.running, succeeded: record.succeeded, failed: record.failed },
    },
  };
}

/** A part of Volcano's `QueueInfo`: what a Queue says. */
export function queueInfo({ uid, name, weight, ...record }: QueueRecord): JsonObject {
  return {
    UID: name,
    Name: name,
    Weight: weight,
    Queue: {
      apiVersion: apiVersion(QUEUES),
      kind: QUEUES.kind,
      metadata: { name, uid },
      spec: {
        weight,
        parent: record.parent,
        priority: record.priority,
        reclaimable: record.reclaimable,
        ...list('capability', record.capability),
        ...list('deserved', record.deserved),
      },
      status: { state: record.state },
    },
  };
}

function list(key: string, amounts: ResourceAmounts | undefined): JsonObject {
  return amounts === undefined ? {} : { [key]: formatAmounts(amounts) };
}

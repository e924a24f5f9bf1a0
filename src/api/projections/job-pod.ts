import { member, memberAt, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import {
  JOB_RETRY_KEY,
  JOB_VERSION_KEY,
  OUT_OF_SYNC_ANNOTATION,
  PARTITION_KEY,
  REPLACES_EVICTED_ANNOTATION,
  TASK_INDEX_KEY,
  TASK_SPEC_KEY,
} from '../keys.ts';
import type { JobPodRecord } from '../records/job-pod-record.ts';
import { isVcjobOwner } from '../records/owner-record.ts';
import type { OwnerRecord } from '../records/owner-record.ts';
import { objects, text, timeMs, whole } from './metadata.ts';

/** The parts of a pod that are read. */
interface PodParts {
  readonly annotations: JsonObject;
  readonly labels: JsonObject;
  readonly status: JsonObject;
}

/** Undefined for a pod whose `controller: true` owner is no Job of batch.volcano.sh; `share` gives one copy of equal texts. */
export function readJobPod(
  owner: OwnerRecord | undefined,
  { annotations, labels, status }: PodParts,
  share: (text: string) => string,
): JobPodRecord | undefined {
  if (owner === undefined || !isVcjobOwner(owner)) return undefined;
  const said = (key: string): string => text(annotations, key) || text(labels, key);
  const containers = objects(status, 'containerStatuses');
  const ended = objectAt(containers[0], 'state', 'terminated');
  const exitCode = member(ended, 'exitCode');
  return {
    jobUid: owner.uid,
    task: share(said(TASK_SPEC_KEY)),
    index: numberOf(said(TASK_INDEX_KEY), -1),
    version: numberOf(said(JOB_VERSION_KEY), 0),
    retryCount: numberOf(said(JOB_RETRY_KEY), 0),
    partition: share(said(PARTITION_KEY)),
    isOutOfSync: text(annotations, OUT_OF_SYNC_ANNOTATION) === 'true',
    replacesEvicted: text(annotations, REPLACES_EVICTED_ANNOTATION) === 'true',
    exitCode: typeof exitCode === 'number' ? exitCode : undefined,
    finishedMs: timeMs(text(ended, 'finishedAt')),
    restarts: restarts(containers) + restarts(objects(status, 'initContainerStatuses')),
    address: ownAddress(status),
    ready: containers.length > 0 && containers.every((container) => memberAt(container, 'ready') === true),
  };
}

function ownAddress(status: JsonObject): string {
  const address = text(status, 'podIP');
  return address === text(status, 'hostIP') ? '' : address;
}

function restarts(containers: readonly JsonObject[]): number {
  return containers.reduce((sum, container) => sum + whole(container, 'restartCount', 0), 0);
}

function numberOf(digits: string, fallback: number): number {
  return NUMBER.test(digits) ? Number(digits) : fallback;
}

const NUMBER = /^\d{1,9}$/;

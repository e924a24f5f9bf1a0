import { memberAt, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import {
  GROUP_MIN_MEMBER_ANNOTATION,
  GROUP_MIN_RESOURCES_ANNOTATION,
  NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION,
  TASK_SPEC_KEY,
  WAITING_TIME_KEYS,
} from '../keys.ts';
import type { WorkloadRecord } from '../records/workload-record.ts';
import { apiVersion, DAEMON_SETS } from '../resources.ts';
import type { ResourceType } from '../resources.ts';
import { SUBMITTER_KEYS } from '../submitter-claim.ts';
import { readMetadata, text, textMap } from './metadata.ts';

/** The record of a ReplicaSet, StatefulSet, ReplicationController, DaemonSet or Job; undefined for anything without name, namespace or UID. */
export function projectWorkload(type: ResourceType, raw: unknown): WorkloadRecord | undefined {
  const metadata = readMetadata(raw);
  const { name, namespace, uid, resourceVersion, deleting, annotations, isOwnerController, owner } = metadata;
  if (name === '' || namespace === '' || uid === '') return undefined;
  const ofPods = objectAt(raw, 'spec', 'template', 'metadata', 'annotations');
  return {
    key: `${namespace}/${name}`,
    apiVersion: apiVersion(type),
    kind: type.kind,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    replicas: type === DAEMON_SETS ? undefined : replicasOf(raw),
    minMember: readCount(text(ofPods, GROUP_MIN_MEMBER_ANNOTATION) || text(annotations, GROUP_MIN_MEMBER_ANNOTATION)),
    minResources: text(ofPods, GROUP_MIN_RESOURCES_ANNOTATION) || text(annotations, GROUP_MIN_RESOURCES_ANNOTATION),
    handedDown: handedDown(annotations, ofPods),
    state: 'Active',
    controller: isOwnerController ? owner : undefined,
  };
}

/** A Job of Kubernetes calls them otherwise, and never runs more than it has to complete. */
function replicasOf(raw: unknown): number {
  const wanted = countAt(raw, 'replicas') ?? countAt(raw, 'parallelism') ?? 1;
  return Math.min(wanted, countAt(raw, 'completions') ?? wanted);
}

function countAt(raw: unknown, field: string): number | undefined {
  const value = memberAt(raw, 'spec', field);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function readCount(written: string): number {
  return /^[1-9][0-9]{0,8}$/.test(written) ? Number(written) : 0;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** The annotations that go from what makes pods to their group; of the same key the last one counts. */
export function handedDown(...annotations: readonly JsonObject[]): ReadonlyMap<string, string> {
  const given = annotations.flatMap((each) => [...textMap(each)].filter(([key]) => isHandedDown(key)));
  return given.length === 0 ? NOTHING : new Map(given);
}

/** The same from a pod to a group of its own, and whose the pod is. */
export function handedDownOfPod(annotations: JsonObject): ReadonlyMap<string, string> {
  const own = [...SUBMITTER_KEYS].map((key) => [key, text(annotations, key)] as const);
  const told = own.filter(([, value]) => value !== '');
  const given = handedDown(annotations);
  return told.length === 0 ? given : new Map([...given, ...told]);
}

/** What is Volcano's, but for the role of a pod, which is not that of all; how near to each other pods have to be, and how long they may wait. */
function isHandedDown(key: string): boolean {
  const isVolcanos = key.startsWith('volcano.sh/') && key !== TASK_SPEC_KEY;
  return isVolcanos || key === NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION || WAITING_TIME_KEYS.includes(key);
}

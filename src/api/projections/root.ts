import { GROUP_PLAN_ANNOTATION, QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL } from '../keys.ts';
import type { RootRecord } from '../records/root-record.ts';
import { apiVersion } from '../resources.ts';
import type { ResourceType } from '../resources.ts';
import { readSubmitter } from '../submitter-claim.ts';
import { readMetadata, text } from './metadata.ts';
import { handedDown } from './workload.ts';

/**
 * The record of an object of a workload kind, from the whole object or from its metadata alone (PartialObjectMetadata, which
 * does not say of what kind it is); undefined for anything without name, namespace or UID.
 */
export function projectRoot(type: ResourceType, raw: unknown): RootRecord | undefined {
  const metadata = readMetadata(raw);
  const { name, namespace, uid, resourceVersion, createdMs, deleting, labels, annotations } = metadata;
  if (name === '' || namespace === '' || uid === '') return undefined;
  return {
    key: `${namespace}/${name}`,
    apiVersion: apiVersion(type),
    kind: type.kind,
    namespace,
    name,
    uid,
    resourceVersion,
    createdMs,
    deleting,
    groupPlan: text(annotations, GROUP_PLAN_ANNOTATION),
    queue: text(labels, QUEUE_NAME_LABEL) || text(annotations, QUEUE_NAME_ANNOTATION),
    handedDown: handedDown(annotations),
    submitter: readSubmitter(annotations),
    owner: metadata.isOwnerController ? metadata.owner : undefined,
  };
}

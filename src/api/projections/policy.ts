import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readPolicy } from '../policies/read-policy.ts';
import type { PolicyCondition, PolicyRecord } from '../records/policy-record.ts';
import { editedMs, objects, readMetadata, text, whole } from './metadata.ts';

/** The record of a WorkloadPolicy or a NamespacedWorkloadPolicy; undefined for anything without name or UID. */
export function projectPolicy(raw: unknown): PolicyRecord | undefined {
  const { name, namespace, uid, resourceVersion, deleting } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const read = readPolicy(raw, namespace, name);
  const [metadata, status] = [objectAt(raw, 'metadata'), objectAt(raw, 'status')];
  return {
    key: namespace === '' ? name : `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    generation: whole(metadata, 'generation', 0),
    editedMs: editedMs(metadata),
    policy: read.kind === 'policy' ? read.policy : undefined,
    errors: read.kind === 'errors' ? read.errors : [],
    observedGeneration: whole(status, 'observedGeneration', 0),
    inForceGeneration: whole(status, 'inForceGeneration', 0),
    conflicts: whole(status, 'conflicts', -1),
    conditions: objects(status, 'conditions').map(condition),
  };
}

function condition(raw: JsonObject): PolicyCondition {
  return {
    type: text(raw, 'type'),
    status: text(raw, 'status'),
    reason: text(raw, 'reason'),
    message: text(raw, 'message'),
    lastTransitionTime: text(raw, 'lastTransitionTime'),
  };
}

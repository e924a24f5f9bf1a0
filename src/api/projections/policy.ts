import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { POLICY_SOURCE_ANNOTATION } from '../keys.ts';
import { readPolicy } from '../policies/read-policy.ts';
import type { PolicyCondition, PolicyRecord } from '../records/policy-record.ts';
import type { Policy } from '../records/policy.ts';
import { MAX_KEPT_LENGTH } from '../limits.ts';
import { editedMs, objects, readMetadata, text, whole } from './metadata.ts';

/** The record of a WorkloadPolicy or a NamespacedWorkloadPolicy; undefined for anything without name or UID. */
export function projectPolicy(raw: unknown): PolicyRecord | undefined {
  const { name, namespace, uid, resourceVersion, deleting, annotations } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const read = readPolicy(raw, namespace, name);
  const isGood = read.kind === 'policy';
  const [metadata, status] = [objectAt(raw, 'metadata'), objectAt(raw, 'status')];
  const inForceSpec = text(status, 'inForceSpec');
  return {
    key: namespace === '' ? name : `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    generation: whole(metadata, 'generation', 0),
    editedMs: editedMs(metadata),
    source: text(annotations, POLICY_SOURCE_ANNOTATION),
    policy: isGood ? read.policy : undefined,
    goodSpec: isGood ? textOf(objectAt(raw, 'spec')) : inForceSpec,
    lastGood: isGood ? undefined : policyOf(inForceSpec, namespace, name),
    errors: read.kind === 'errors' ? read.errors : [],
    observedGeneration: whole(status, 'observedGeneration', 0),
    inForceGeneration: whole(status, 'inForceGeneration', 0),
    inForceSpec,
    conflicts: whole(status, 'conflicts', -1),
    conditions: objects(status, 'conditions').map(condition),
  };
}

/** Empty where the status has no room for it. */
function textOf(spec: JsonObject): string {
  const json = JSON.stringify(spec);
  return json.length > MAX_KEPT_LENGTH ? '' : json;
}

function policyOf(spec: string, namespace: string, name: string): Policy | undefined {
  if (spec === '') return undefined;
  try {
    const read = readPolicy({ metadata: { name }, spec: JSON.parse(spec) as unknown }, namespace, name);
    return read.kind === 'policy' ? read.policy : undefined;
  } catch {
    return undefined;
  }
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

import { POLICIES_ENABLED, POLICIES_LABEL } from '../../api/keys.ts';
import {
  apiVersion,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  NODES,
  PRIORITY_CLASSES,
  RUNTIME_CLASSES,
  WORKLOAD_KINDS,
  WORKLOAD_POLICIES,
} from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { BUILT_IN } from './offline-rows.ts';
import { viewKindsOf } from '../../../webhooks/view-kinds.ts';

const POLICIES: readonly ResourceType[] = [WORKLOAD_POLICIES, NAMESPACED_WORKLOAD_POLICIES];

/** Kinds that rules look up, and those that come beside them. */
const LOOKED_UP: readonly ResourceType[] = [
  ...viewKindsOf(BUILT_IN.rows).map(({ type }) => type),
  NAMESPACES,
  NODES,
  PRIORITY_CLASSES,
  RUNTIME_CLASSES,
  WORKLOAD_KINDS,
  CLUSTER_ROLES,
  CLUSTER_ROLE_BINDINGS,
];

/** The policy's kind; whatever its version is, so that a wrong one is told. */
export function isPolicy(object: JsonObject): boolean {
  const group = stringAt(object, ['apiVersion']).split('/')[0];
  return POLICIES.some((type) => type.kind === stringAt(object, ['kind']) && type.group === group);
}

/** A ConfigMap that holds policies. */
export function isPolicyMap(object: JsonObject): boolean {
  return isOf(object, CONFIG_MAPS) && stringAt(object, ['metadata', 'labels', POLICIES_LABEL]) === POLICIES_ENABLED;
}

/** Something that reviews look up: it describes the cluster, and is not reviewed itself. */
export function isContext(object: JsonObject): boolean {
  return !isPolicy(object) && LOOKED_UP.some((type) => isOf(object, type));
}

/** Everything else is asked about. */
export function isReviewed(object: JsonObject): boolean {
  return !isPolicy(object) && !isPolicyMap(object) && !isContext(object);
}

/** True for an object of this kind and version. */
export function isOf(object: JsonObject, type: ResourceType): boolean {
  return stringAt(object, ['kind']) === type.kind && stringAt(object, ['apiVersion']) === apiVersion(type);
}

/** False for kinds that are known to have no namespace. */
export function isNamespaced(object: JsonObject): boolean {
  const kind = stringAt(object, ['kind']);
  return ![...POLICIES, ...LOOKED_UP].some((type) => type.kind === kind && !type.namespaced);
}

import {
  apiVersion,
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  POD_GROUPS,
  PODS,
  QUEUES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
  VCJOBS,
} from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { WORKLOAD_TYPES } from './offline-rows.ts';

/** The kinds that rows of the registry are about. */
const REVIEWED: readonly ResourceType[] = [
  ...WORKLOAD_TYPES,
  VCJOBS,
  PODS,
  JOBS,
  CRON_JOBS,
  DEPLOYMENTS,
  STATEFUL_SETS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  DAEMON_SETS,
  POD_GROUPS,
  QUEUES,
];

/** The type of an object by its apiVersion and kind; undefined when no row is about it. */
export function reviewedType(object: JsonObject): ResourceType | undefined {
  const [version, kind] = [stringAt(object, ['apiVersion']), stringAt(object, ['kind'])];
  return REVIEWED.find((type) => type.kind === kind && apiVersion(type) === version);
}

/** Where the template of an object's pods stands; empty for pods. */
export function templatePath(type: ResourceType): readonly string[] {
  if (type === PODS) return [];
  return type === CRON_JOBS ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** True for a kind that some row is about; `*` stands for all of a group. */
export function isReviewedResource(group: string, resource: string): boolean {
  return REVIEWED.some((type) => type.group === group && (resource === '*' || type.plural === resource));
}

/** True for kinds whose pods may have several templates: whether a policy is for one of them is told by what it does. */
export function hasTemplatesOfItsOwn(type: ResourceType): boolean {
  return type === VCJOBS || WORKLOAD_TYPES.includes(type);
}

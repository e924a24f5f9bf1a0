import {
  apiVersion,
  CRON_JOBS,
  CRON_VCJOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBFLOWS,
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
import { BUILT_IN } from './offline-rows.ts';
import type { OfflineKinds } from './offline-rows.ts';

/** Kinds of Volcano whose pods are tasks of Jobs. */
const VOLCANOS: readonly ResourceType[] = [VCJOBS, CRON_VCJOBS, JOBFLOWS];

/** The kinds that rows of the registry are about, beside workload kinds. */
const REVIEWED: readonly ResourceType[] = [
  ...VOLCANOS,
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
export function reviewedType(object: JsonObject, { types }: OfflineKinds = BUILT_IN): ResourceType | undefined {
  const [version, kind] = [stringAt(object, ['apiVersion']), stringAt(object, ['kind'])];
  return [...types, ...REVIEWED].find((type) => type.kind === kind && apiVersion(type) === version);
}

/** Where the template of an object's pods stands; empty for pods. */
export function templatePath(type: ResourceType): readonly string[] {
  if (type === PODS) return [];
  return type === CRON_JOBS ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** True for a kind that some row is about; `*` stands for all of a group. */
export function isReviewedResource(group: string, resource: string, { types }: OfflineKinds = BUILT_IN): boolean {
  return [...types, ...REVIEWED].some((type) => type.group === group && (resource === '*' || type.plural === resource));
}

/** True for kinds whose pods may have several templates: whether a policy is for one of them is told by what it does. */
export function hasTemplatesOfItsOwn(type: ResourceType, { types }: OfflineKinds): boolean {
  return VOLCANOS.includes(type) || types.includes(type);
}

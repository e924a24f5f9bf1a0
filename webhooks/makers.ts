import type { OwnerRecord } from '../src/api/records/owner-record.ts';
import {
  apiVersion,
  CRON_JOBS,
  DEPLOYMENTS,
  JOBS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import type { StoredObject } from '../src/api/submitter-claim.ts';
import { isJsonObject } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { controllerOf } from './controller-of.ts';
import { fetchedOwner, ownerQuestion, OWNER_MAX_AGE_MS, storedObject } from './inheritance.ts';
import type { Answers, FetchQuestion } from './question.ts';

/** Kinds whose templates Sluice has signed, and that controllers of the cluster make objects from. */
const MAKERS: readonly ResourceType[] = [CRON_JOBS, JOBS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS];
function typeOf({ apiVersion: version, kind }: OwnerRecord): ResourceType | undefined {
  return MAKERS.find((type) => type.kind === kind && apiVersion(type) === version);
}

/** True for an object whose template may say whose its pods are. */
export function isMaker(owner: OwnerRecord): boolean {
  return typeOf(owner) !== undefined;
}

/** What has to be read of the object whose template a new one is from, and of the Deployment whose it is from there. */
export function askMakers(owner: OwnerRecord | undefined, namespace: string): readonly FetchQuestion[] {
  const type = owner && typeOf(owner);
  if (owner === undefined || type === undefined) return [];
  const above = type === REPLICA_SETS ? deploymentQuestion(owner, namespace) : undefined;
  const own = ownerQuestion(owner, type, namespace);
  return above === undefined ? [own] : [own, above];
}

/**
 * The objects whose template a new one may be from, by the walk from owner to owner with the UID of each. A name says nothing:
 * whoever may write templates can put one there under a name that was somebody else's.
 */
export function makersOf(owner: OwnerRecord | undefined, namespace: string, answers: Answers): readonly StoredObject[] {
  if (owner === undefined) return [];
  const type = typeOf(owner);
  const made = type && fetchedOwner(owner, answers);
  if (made === undefined) return [];
  const own = storedObject(owner, namespace, made);
  const above = controllerOf(made);
  if (type !== REPLICA_SETS || above?.kind !== DEPLOYMENTS.kind) return [own];
  const deployment = fetchedDeployment(owner, namespace, answers);
  const isAbove = deployment !== undefined && deployment.uid === above.uid;
  return isAbove ? [deployment, own] : [own];
}

/** A ReplicaSet has the name of its Deployment, and a hash. One whose name has no parts is of none: asked for no name, a server lists. */
function deploymentQuestion({ name }: OwnerRecord, namespace: string): FetchQuestion | undefined {
  const above = name.slice(0, Math.max(0, name.lastIndexOf('-')));
  if (above === '') return undefined;
  const key = `deployment/${above}`;
  return { kind: 'fetch', key, type: DEPLOYMENTS, namespace, name: above, maxAgeMs: OWNER_MAX_AGE_MS };
}

function fetchedDeployment(owner: OwnerRecord, namespace: string, answers: Answers): StoredObject | undefined {
  const question = deploymentQuestion(owner, namespace);
  if (question === undefined) return undefined;
  const { key, name } = question;
  const answer = answers.get(key);
  const found: JsonObject | string | undefined = answer?.kind === 'fetch' ? answer.object : undefined;
  if (!isJsonObject(found)) return undefined;
  return storedObject({ apiVersion: apiVersion(DEPLOYMENTS), kind: DEPLOYMENTS.kind, name }, namespace, found);
}

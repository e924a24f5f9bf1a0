import type { GroupPlan } from '../../src/api/group-plan.ts';
import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import { apiVersion, PODS } from '../../src/api/resources.ts';
import type { ClaimedObject } from '../../src/api/submitter-claim.ts';
import { member } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import { claimed } from '../claimed.ts';
import { controllerOf } from '../controller-of.ts';
import { planOf, rootName } from '../own-plan.ts';
import { readTemplateFacts } from '../template-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';

/** The parts of a pod that decide what becomes of it; read once. */
export interface PodFacts extends TemplateFacts {
  readonly namespace: string;
  /** Who asks. */
  readonly username: string;
  /** Its name, or its generateName while it has none. */
  readonly root: string;
  readonly owner: OwnerRecord | undefined;
  /** What its plan annotation says, whoever wrote it. */
  readonly plan: GroupPlan | undefined;
  /** The pod, as a claim names it. */
  readonly claimed: ClaimedObject;
}

const POD = { apiVersion: apiVersion(PODS), kind: PODS.kind };

/** Reads the facts once; nothing here depends on the cluster. */
export function readPodFacts(request: AdmissionRequest, pod: JsonObject): PodFacts {
  const facts = readTemplateFacts(pod, '');
  return {
    ...facts,
    namespace: request.namespace,
    username: request.username,
    root: rootName(request, pod),
    owner: controllerOf(pod),
    plan: planOf(facts.annotations),
    claimed: claimed(request, pod, POD),
  };
}

/** The member when it is a string, else empty. */
export function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

/** True for a member of a gang of Kubernetes' own API: all its pods must keep one scheduler, so that none of them is taken over alone. */
export function isNativeMember({ spec, group }: TemplateFacts): boolean {
  return group === '' && (Object.hasOwn(spec, 'schedulingGroup') || Object.hasOwn(spec, 'workloadRef'));
}

/** True for the pods of a batch/v1 Job. */
export function isOfJob(owner: OwnerRecord | undefined): boolean {
  return owner?.kind === 'Job' && owner.apiVersion.startsWith('batch/');
}

import { DATASETS, JOBS, NAMESPACES, POD_GROUPS, PODS, QUEUES } from '../src/api/resources.ts';
import { TEMPLATE_OR_KEYS_CHANGED } from './apps/conditions.ts';
import { askWorkload } from './apps/join-root.ts';
import { mutateWorkload } from './apps/mutate.ts';
import { workloadRights } from './apps/rights.ts';
import { NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, SPEC_CHANGED, WORK_CHANGED } from './conditions.ts';
import { NOT_FROM_KUBE_SCHEDULER } from './bindings/conditions.ts';
import { askBinding, validateBinding } from './bindings/validate.ts';
import type { Condition } from './conditions.ts';
import { askJob } from './jobs/ask.ts';
import { TEMPLATE_IS_SERVED } from './jobs/conditions.ts';
import { mutateJob } from './jobs/mutate.ts';
import { jobRights } from './jobs/rights.ts';
import { OPT_IN_OR_QUEUE_CHANGED } from './namespaces/conditions.ts';
import { namespaceRights } from './namespaces/rights.ts';
import { toldOfNamespace } from './namespaces/told.ts';
import { MEMBERSHIP_CHANGED, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET, POD_IS_SERVED } from './pods/conditions.ts';
import { askPod } from './pods/inherited.ts';
import { mutatePod } from './pods/mutate.ts';
import { podChangeRights, podRights } from './pods/rights.ts';
import { validatePodChange } from './pods/validate.ts';
import { validatePolicyReview } from './policies/validate.ts';
import type { RightsFn } from './rights/right.ts';
import { POLICY_READS } from './policies/reads.ts';
import { admissionRow } from './row.ts';
import type { AdmissionRow, RowParts } from './row.ts';
import { warnStoredOnly } from './stored-only/warn.ts';
import { NEW_OR_SUBMITTER_CHANGED } from './submitted/conditions.ts';
import { mutateSubmitted } from './submitted/mutate.ts';

/** What several rows of the registry have in common: here of Jobs of Kubernetes, then of pods, of other workloads, and so on. */
export const JOB_ROW = {
  phase: 'mutate',
  type: JOBS,
  operations: ['CREATE', 'UPDATE'],
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askJob,
  rights: jobRights,
  admit: mutateJob,
} as const;
export const JOB_NEWS = [NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED];

export const POD_ROW = {
  phase: 'mutate',
  type: PODS,
  operations: ['CREATE'],
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askPod,
  rights: podRights,
  admit: mutatePod,
} as const;
/** Most new pods of Jobs come stamped: that is looked at first. */
export const POD_NEWS = [NOT_STAMPED_YET, NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET];

export const WORKLOAD_NEWS = [NOT_ON_ITS_WAY_OUT, TEMPLATE_OR_KEYS_CHANGED];

/** What their controllers make of them is not asked about again, so they must not slip past. */
export const WORKLOAD_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'mutate',
  operations: ['CREATE', 'UPDATE'],
  when: WORKLOAD_NEWS,
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askWorkload,
  rights: workloadRights,
  admit: mutateWorkload,
};

/** Kinds whose specs are looked at wherever they are. */
export const SPEC_ROW = {
  phase: 'validate',
  operations: ['CREATE', 'UPDATE'],
  selector: 'everywhere',
  when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
  entry: 'validate-specs',
} as const;

export const POLICY_ROW: Omit<RowParts, 'id' | 'type'> = {
  ...SPEC_ROW,
  reads: [QUEUES, ...POLICY_READS],
  admit: validatePolicyReview,
};

/** In namespaces that opted in, and in the others where a scheduler of ours is named: there no queue is to be passed. */
export function here(parts: RowParts, isServed: Condition = TEMPLATE_IS_SERVED): readonly AdmissionRow[] {
  const { id, when = [], rights = () => [] } = parts;
  const uses: RightsFn = (request, view) => rights(request, view).filter(({ verb }) => verb === 'use');
  return [
    admissionRow(parts),
    admissionRow({ ...parts, id: `${id}-elsewhere`, selector: 'others', when: [isServed, ...when], rights: uses }),
  ];
}

/** Ours are known without a look; whoever else binds gets an answer soon, or goes on without. */
export const BINDING_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'validate',
  entry: 'validate-bindings',
  operations: ['CREATE'],
  selector: 'everywhere',
  when: [NOT_FROM_KUBE_SCHEDULER],
  failureMode: 'allow',
  timeoutSeconds: 2,
  isOwnTask: true,
  ask: askBinding,
  admit: validateBinding,
};

/** They are told of, and never stopped: nothing depends on them. */
export const STORED_ONLY_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'validate',
  entry: 'validate-stored-only',
  operations: ['CREATE'],
  selector: 'everywhere',
  failureMode: 'allow',
  admit: warnStoredOnly,
};

/** The API server takes metadata with the status of a pod, and with its new size. */
export const POD_CHANGE_ROW: Omit<RowParts, 'id'> = {
  phase: 'validate',
  entry: 'validate-pods',
  type: PODS,
  operations: ['UPDATE'],
  selector: 'everywhere',
  when: [POD_IS_SERVED, MEMBERSHIP_CHANGED, NOT_ON_ITS_WAY_OUT],
  reads: [NAMESPACES, POD_GROUPS],
  rights: podChangeRights,
  admit: validatePodChange,
};

/** A namespace can be taken out while nobody answers: that is first aid. */
export const NAMESPACE_ROW: Omit<RowParts, 'id'> = {
  phase: 'validate',
  entry: 'validate-namespaces',
  type: NAMESPACES,
  operations: ['CREATE', 'UPDATE'],
  when: [OPT_IN_OR_QUEUE_CHANGED],
  failureMode: 'allow',
  reads: [NAMESPACES, QUEUES],
  rights: namespaceRights,
  admit: toldOfNamespace,
};

/** Nobody waits for who it is that an object is of. */
export const SUBMITTED_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'mutate',
  entry: 'mutate-submitted',
  operations: ['CREATE', 'UPDATE'],
  selector: 'everywhere',
  when: [NOT_ON_ITS_WAY_OUT, NEW_OR_SUBMITTER_CHANGED],
  failureMode: 'allow',
  admit: mutateSubmitted,
};

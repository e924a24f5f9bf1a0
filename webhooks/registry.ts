import {
  COMMANDS,
  BINDINGS,
  COLOCATION_CONFIGURATIONS,
  CONFIG_MAPS,
  CRON_JOBS,
  CRON_VCJOBS,
  DAEMON_SETS,
  DATASETS,
  DEPLOYMENTS,
  HYPER_NODES,
  JOBFLOWS,
  JOBS,
  JOBTEMPLATES,
  NAMESPACED_WORKLOAD_POLICIES,
  NAMESPACES,
  NODE_SHARDS,
  POD_GROUPS,
  PODS,
  PRIORITY_CLASSES,
  QUEUES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
  WORKLOAD_KINDS,
  VCJOBS,
  WORKLOAD_POLICIES,
} from '../src/api/resources.ts';
import { TEMPLATE_OR_KEYS_CHANGED } from './apps/conditions.ts';
import { daemonSetRights, reviewDaemonSet } from './apps/daemon-set.ts';
import { askWorkload } from './apps/join-root.ts';
import { mutateWorkload } from './apps/mutate.ts';
import { workloadRights } from './apps/rights.ts';
import {
  NOT_FROM_A_CONTROLLER,
  NOT_FROM_A_NODE,
  NOT_ON_ITS_WAY_OUT,
  SPEC_CHANGED,
  WORK_CHANGED,
} from './conditions.ts';
import { NOT_FROM_KUBE_SCHEDULER } from './bindings/conditions.ts';
import { HOLDS_POLICIES, POLICIES_CHANGED } from './config-maps/conditions.ts';
import { askPolicyMap, policyMapRights, validatePolicyMap } from './config-maps/validate.ts';
import { askBinding, validateBinding } from './bindings/validate.ts';
import { commandRights, IS_FOR_A_QUEUE } from './commands/rights.ts';
import type { Condition } from './conditions.ts';
import { JOB_TEMPLATE_IS_SERVED, JOB_TEMPLATE_OR_OWN_KEYS_CHANGED } from './cron-jobs/conditions.ts';
import { mutateCronJob } from './cron-jobs/mutate.ts';
import { cronJobRights } from './cron-jobs/rights.ts';
import { cronVcjobRights } from './cron-vcjobs/rights.ts';
import { validateCronVcjobReview } from './cron-vcjobs/validate.ts';
import { validateDatasetReview } from './datasets/validate.ts';
import { validateHyperNodeReview } from './hyper-nodes/validate.ts';
import { askJob } from './jobs/ask.ts';
import { TEMPLATE_IS_SERVED } from './jobs/conditions.ts';
import { mutateJob } from './jobs/mutate.ts';
import { jobRights } from './jobs/rights.ts';
import { OWN_KEYS_OF_JOB_CHANGED, validateJobStatus } from './jobs/validate-status.ts';
import { jobflowRights } from './jobflows/rights.ts';
import { validateJobflowReview } from './jobflows/validate.ts';
import { jobtemplateRights } from './jobtemplates/rights.ts';
import { validateJobtemplateReview } from './jobtemplates/validate.ts';
import { HAS_NO_QUEUE_OR_OWN_KEYS, SPEC_OR_OWN_KEYS_CHANGED } from './pod-groups/conditions.ts';
import { mutatePodGroup } from './pod-groups/mutate.ts';
import { OPT_IN_OR_QUEUE_CHANGED } from './namespaces/conditions.ts';
import { namespaceRights } from './namespaces/rights.ts';
import { podGroupRights } from './pod-groups/rights.ts';
import { validatePodGroupReview } from './pod-groups/validate.ts';
import { MEMBERSHIP_CHANGED, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET, POD_IS_SERVED } from './pods/conditions.ts';
import { askPod } from './pods/inherited.ts';
import { mutatePod } from './pods/mutate.ts';
import { podChangeRights, podRights } from './pods/rights.ts';
import { validatePodChange } from './pods/validate.ts';
import { policyRights } from './policies/rights.ts';
import { validatePolicyReview } from './policies/validate.ts';
import { mutateQueue } from './queues/mutate.ts';
import { validateQueueReview } from './queues/validate.ts';
import type { RightsFn } from './rights/right.ts';
import { POLICY_READS } from './policies/reads.ts';
import { admissionRow } from './row.ts';
import { JOB_SEAL_BROKEN, POD_SEAL_BROKEN } from './seal/conditions.ts';
import { sealJob, sealPod } from './seal/validate.ts';
import type { AdmissionRow, RowParts } from './row.ts';
import { warnStoredOnly } from './stored-only/warn.ts';
import { NEW_OR_SUBMITTER_CHANGED, SPEC_OR_SUBMITTER_CHANGED } from './submitted/conditions.ts';
import { mutateSubmitted } from './submitted/mutate.ts';
import { mutateVcjob } from './vcjobs/mutate.ts';
import { vcjobRights } from './vcjobs/rights.ts';
import { validateVcjobReview } from './vcjobs/validate.ts';
import { UNCHANGED } from './verdict.ts';
import { validateWorkloadKindReview } from './workload-kinds/validate.ts';

const JOB_ROW = {
  phase: 'mutate',
  type: JOBS,
  operations: ['CREATE', 'UPDATE'],
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askJob,
  rights: jobRights,
  admit: mutateJob,
} as const;
const JOB_NEWS = [NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED];

const POD_ROW = {
  phase: 'mutate',
  type: PODS,
  operations: ['CREATE'],
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askPod,
  rights: podRights,
  admit: mutatePod,
} as const;
const POD_NEWS = [NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET];

const WORKLOAD_NEWS = [NOT_ON_ITS_WAY_OUT, TEMPLATE_OR_KEYS_CHANGED];

/** What their controllers make of them is not asked about again, so they must not slip past. */
const WORKLOAD_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'mutate',
  operations: ['CREATE', 'UPDATE'],
  when: WORKLOAD_NEWS,
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askWorkload,
  rights: workloadRights,
  admit: mutateWorkload,
};

const POLICY_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'validate',
  operations: ['CREATE', 'UPDATE'],
  when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
  reads: [QUEUES, ...POLICY_READS],
  admit: validatePolicyReview,
};

/** In namespaces that opted in, and in the others where a scheduler of ours is named: there no queue is to be passed. */
function here(parts: RowParts, isServed: Condition = TEMPLATE_IS_SERVED): readonly AdmissionRow[] {
  const { id, when = [], rights = () => [] } = parts;
  const uses: RightsFn = (request, view) => rights(request, view).filter(({ verb }) => verb === 'use');
  return [
    admissionRow(parts),
    admissionRow({ ...parts, id: `${id}-elsewhere`, selector: 'others', when: [isServed, ...when], rights: uses }),
  ];
}

/** Ours are known without a look; whoever else binds gets an answer soon, or goes on without. */
const BINDING_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'validate',
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
const STORED_ONLY_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'validate',
  operations: ['CREATE'],
  selector: 'everywhere',
  failureMode: 'allow',
  admit: warnStoredOnly,
};

/** The API server takes metadata with the status of a pod, and with its new size. */
const POD_CHANGE_ROW: Omit<RowParts, 'id'> = {
  phase: 'validate',
  type: PODS,
  operations: ['UPDATE'],
  selector: 'everywhere',
  when: [POD_IS_SERVED, NOT_ON_ITS_WAY_OUT, MEMBERSHIP_CHANGED],
  reads: [NAMESPACES, POD_GROUPS],
  rights: podChangeRights,
  admit: validatePodChange,
};

/** A namespace can be taken out while nobody answers: that is first aid. */
const NAMESPACE_ROW: Omit<RowParts, 'id'> = {
  phase: 'validate',
  type: NAMESPACES,
  operations: ['CREATE', 'UPDATE'],
  when: [OPT_IN_OR_QUEUE_CHANGED],
  failureMode: 'allow',
  reads: [NAMESPACES],
  rights: namespaceRights,
  admit: () => UNCHANGED,
};

/** Nobody waits for who it is that an object is of. */
const SUBMITTED_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'mutate',
  operations: ['CREATE', 'UPDATE'],
  selector: 'everywhere',
  when: [NOT_ON_ITS_WAY_OUT, NEW_OR_SUBMITTER_CHANGED],
  failureMode: 'allow',
  admit: mutateSubmitted,
};

/**
 * Everything that Sluice asks the API server to send, in one table, but for the rows of workload kinds, which come and go with
 * these. Mutators refuse bad values themselves, and the seals of Jobs and new pods are sent only what is broken: one review a pod
 * is what admission may cost. A stored pod is looked at only when somebody changes what Sluice wrote on it.
 */
export const REGISTRY: readonly AdmissionRow[] = Object.freeze([
  ...here({ ...JOB_ROW, id: 'mutate-jobs', when: JOB_NEWS }),
  ...here({ ...POD_ROW, id: 'mutate-pods', when: POD_NEWS }, POD_IS_SERVED),
  ...here({ ...WORKLOAD_ROW, id: 'mutate-deployments', type: DEPLOYMENTS }),
  ...here({ ...WORKLOAD_ROW, id: 'mutate-statefulsets', type: STATEFUL_SETS }),
  ...here({ ...WORKLOAD_ROW, id: 'mutate-replicationcontrollers', type: REPLICATION_CONTROLLERS }),
  ...here({
    ...WORKLOAD_ROW,
    id: 'mutate-replicasets',
    type: REPLICA_SETS,
    when: [NOT_FROM_A_CONTROLLER, ...WORKLOAD_NEWS],
  }),
  ...here(
    {
      ...WORKLOAD_ROW,
      id: 'mutate-cronjobs',
      type: CRON_JOBS,
      when: [NOT_ON_ITS_WAY_OUT, JOB_TEMPLATE_OR_OWN_KEYS_CHANGED],
      rights: cronJobRights,
      admit: mutateCronJob,
    },
    JOB_TEMPLATE_IS_SERVED,
  ),
  admissionRow({
    id: 'mutate-podgroups',
    phase: 'mutate',
    type: POD_GROUPS,
    operations: ['CREATE'],
    selector: 'everywhere',
    when: [HAS_NO_QUEUE_OR_OWN_KEYS],
    reads: [NAMESPACES],
    admit: mutatePodGroup,
  }),
  admissionRow({
    id: 'mutate-queues',
    phase: 'mutate',
    type: QUEUES,
    operations: ['CREATE'],
    admit: mutateQueue,
  }),
  admissionRow({
    id: 'mutate-vcjobs',
    phase: 'mutate',
    type: VCJOBS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_OR_SUBMITTER_CHANGED],
    reads: [QUEUES, DATASETS, ...POLICY_READS],
    admit: mutateVcjob,
  }),
  admissionRow({ ...SUBMITTED_ROW, id: 'mutate-jobflows', type: JOBFLOWS }),
  admissionRow({ ...SUBMITTED_ROW, id: 'mutate-cronvcjobs', type: CRON_VCJOBS }),
  admissionRow({
    id: 'seal-jobs',
    phase: 'validate',
    type: JOBS,
    operations: ['CREATE'],
    when: [NOT_FROM_A_NODE, JOB_SEAL_BROKEN],
    admit: sealJob,
  }),
  admissionRow({
    id: 'seal-pods',
    phase: 'validate',
    type: PODS,
    operations: ['CREATE'],
    when: [NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET, POD_SEAL_BROKEN],
    admit: sealPod,
  }),
  admissionRow({ ...POD_CHANGE_ROW, id: 'validate-pods' }),
  admissionRow({ ...POD_CHANGE_ROW, id: 'validate-pod-status', subresource: 'status' }),
  admissionRow({ ...POD_CHANGE_ROW, id: 'validate-pod-resize', subresource: 'resize' }),
  admissionRow({
    id: 'validate-job-status',
    phase: 'validate',
    type: JOBS,
    subresource: 'status',
    operations: ['UPDATE'],
    selector: 'everywhere',
    when: [OWN_KEYS_OF_JOB_CHANGED],
    admit: validateJobStatus,
  }),
  admissionRow({
    id: 'validate-queues',
    phase: 'validate',
    type: QUEUES,
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    when: [SPEC_CHANGED],
    reads: [QUEUES, POD_GROUPS],
    admit: validateQueueReview,
  }),
  admissionRow({
    id: 'validate-commands',
    phase: 'validate',
    type: COMMANDS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [IS_FOR_A_QUEUE],
    rights: commandRights,
    admit: () => UNCHANGED,
  }),
  admissionRow({
    id: 'validate-policy-configmaps',
    phase: 'validate',
    type: CONFIG_MAPS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, HOLDS_POLICIES, POLICIES_CHANGED],
    reads: [QUEUES, ...POLICY_READS],
    ask: askPolicyMap,
    rights: policyMapRights,
    admit: validatePolicyMap,
  }),
  admissionRow({ ...POLICY_ROW, id: 'validate-workloadpolicies', type: WORKLOAD_POLICIES }),
  admissionRow({
    ...POLICY_ROW,
    id: 'validate-namespacedworkloadpolicies',
    type: NAMESPACED_WORKLOAD_POLICIES,
    selector: 'everywhere',
    rights: policyRights,
  }),
  admissionRow({
    id: 'validate-datasets',
    phase: 'validate',
    type: DATASETS,
    operations: ['CREATE', 'UPDATE'],
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    failureMode: 'allow',
    admit: validateDatasetReview,
  }),
  admissionRow({
    id: 'validate-workloadkinds',
    phase: 'validate',
    type: WORKLOAD_KINDS,
    operations: ['CREATE', 'UPDATE'],
    when: [SPEC_CHANGED],
    admit: validateWorkloadKindReview,
  }),
  admissionRow({
    id: 'validate-daemonsets',
    phase: 'validate',
    type: DAEMON_SETS,
    operations: ['CREATE', 'UPDATE'],
    when: WORKLOAD_NEWS,
    rights: daemonSetRights,
    admit: reviewDaemonSet,
  }),
  admissionRow({
    id: 'validate-podgroups',
    phase: 'validate',
    type: POD_GROUPS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_OR_OWN_KEYS_CHANGED],
    reads: [QUEUES, PRIORITY_CLASSES, NAMESPACES, HYPER_NODES],
    rights: podGroupRights,
    admit: validatePodGroupReview,
  }),
  admissionRow({
    id: 'validate-vcjobs',
    phase: 'validate',
    type: VCJOBS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    reads: [QUEUES, HYPER_NODES, ...POLICY_READS],
    rights: vcjobRights,
    admit: validateVcjobReview,
  }),
  admissionRow({
    id: 'validate-cronvcjobs',
    phase: 'validate',
    type: CRON_VCJOBS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    reads: [QUEUES, NAMESPACES],
    rights: cronVcjobRights,
    admit: validateCronVcjobReview,
  }),
  admissionRow({
    id: 'validate-hypernodes',
    phase: 'validate',
    type: HYPER_NODES,
    operations: ['CREATE', 'UPDATE'],
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    admit: validateHyperNodeReview,
  }),
  admissionRow({ ...STORED_ONLY_ROW, id: 'validate-nodeshards', type: NODE_SHARDS }),
  admissionRow({ ...STORED_ONLY_ROW, id: 'validate-colocationconfigurations', type: COLOCATION_CONFIGURATIONS }),
  admissionRow({
    id: 'validate-jobtemplates',
    phase: 'validate',
    type: JOBTEMPLATES,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    reads: [NAMESPACES, HYPER_NODES],
    rights: jobtemplateRights,
    admit: validateJobtemplateReview,
  }),
  admissionRow({
    id: 'validate-jobflows',
    phase: 'validate',
    type: JOBFLOWS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    reads: [NAMESPACES],
    rights: jobflowRights,
    admit: validateJobflowReview,
  }),
  admissionRow({ ...BINDING_ROW, id: 'validate-pod-bindings', type: PODS, subresource: 'binding' }),
  admissionRow({ ...BINDING_ROW, id: 'validate-bindings', type: BINDINGS }),
  admissionRow({ ...NAMESPACE_ROW, id: 'validate-namespaces' }),
  admissionRow({ ...NAMESPACE_ROW, id: 'validate-namespace-status', operations: ['UPDATE'], subresource: 'status' }),
  admissionRow({
    ...NAMESPACE_ROW,
    id: 'validate-namespace-finalize',
    operations: ['UPDATE'],
    subresource: 'finalize',
  }),
]);

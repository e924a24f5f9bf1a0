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
import { daemonSetRights, reviewDaemonSet } from './apps/daemon-set.ts';
import { NOT_FROM_A_CONTROLLER, NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, SPEC_CHANGED } from './conditions.ts';
import { HOLDS_POLICIES, POLICIES_CHANGED } from './config-maps/conditions.ts';
import { askPolicyMap, policyMapRights, validatePolicyMap } from './config-maps/validate.ts';
import { commandRights, IS_FOR_A_QUEUE } from './commands/rights.ts';
import { JOB_TEMPLATE_IS_SERVED, JOB_TEMPLATE_OR_OWN_KEYS_CHANGED } from './cron-jobs/conditions.ts';
import { mutateCronJob } from './cron-jobs/mutate.ts';
import { cronJobRights } from './cron-jobs/rights.ts';
import { cronVcjobRights } from './cron-vcjobs/rights.ts';
import { validateCronVcjobReview } from './cron-vcjobs/validate.ts';
import { validateDatasetReview } from './datasets/validate.ts';
import { validateHyperNodeReview } from './hyper-nodes/validate.ts';
import { OWN_KEYS_OF_JOB_CHANGED, validateJobStatus } from './jobs/validate-status.ts';
import { jobflowRights } from './jobflows/rights.ts';
import { validateJobflowReview } from './jobflows/validate.ts';
import { jobtemplateRights } from './jobtemplates/rights.ts';
import { validateJobtemplateReview } from './jobtemplates/validate.ts';
import { HAS_NO_QUEUE_OR_OWN_KEYS, SPEC_OR_OWN_KEYS_CHANGED } from './pod-groups/conditions.ts';
import { mutatePodGroup } from './pod-groups/mutate.ts';
import { podGroupRights } from './pod-groups/rights.ts';
import { validatePodGroupReview } from './pod-groups/validate.ts';
import { NOT_OF_A_DAEMON_SET, POD_IS_SERVED } from './pods/conditions.ts';
import { policyRights } from './policies/rights.ts';
import { mutateQueue } from './queues/mutate.ts';
import { validateQueueReview } from './queues/validate.ts';
import { POLICY_READS } from './policies/reads.ts';
import { admissionRow } from './row.ts';
import { JOB_SEAL_BROKEN, POD_SEAL_BROKEN } from './seal/conditions.ts';
import { askController } from './roots/ask-controller.ts';
import { sealJob, sealPod } from './seal/validate.ts';
import type { AdmissionRow } from './row.ts';
import { SPEC_OR_SUBMITTER_CHANGED } from './submitted/conditions.ts';
import { mutateVcjob } from './vcjobs/mutate.ts';
import { vcjobRights } from './vcjobs/rights.ts';
import { validateVcjobReview } from './vcjobs/validate.ts';
import { UNCHANGED } from './verdict.ts';
import { validateWorkloadKindReview } from './workload-kinds/validate.ts';

import {
  JOB_ROW,
  JOB_NEWS,
  POD_ROW,
  POD_NEWS,
  WORKLOAD_NEWS,
  WORKLOAD_ROW,
  POLICY_ROW,
  here,
  BINDING_ROW,
  SPEC_ROW,
  STORED_ONLY_ROW,
  POD_CHANGE_ROW,
  NAMESPACE_ROW,
  SUBMITTED_ROW,
} from './common-rows.ts';

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
    ask: askController,
    admit: mutateVcjob,
  }),
  admissionRow({ ...SUBMITTED_ROW, id: 'mutate-jobflows', type: JOBFLOWS }),
  admissionRow({ ...SUBMITTED_ROW, id: 'mutate-cronvcjobs', type: CRON_VCJOBS }),
  admissionRow({
    id: 'seal-jobs',
    phase: 'validate',
    type: JOBS,
    operations: ['CREATE'],
    when: [JOB_SEAL_BROKEN, NOT_FROM_A_NODE],
    admit: sealJob,
  }),
  admissionRow({
    id: 'seal-pods',
    phase: 'validate',
    type: PODS,
    operations: ['CREATE'],
    when: [POD_SEAL_BROKEN, NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET],
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
    when: [HOLDS_POLICIES, NOT_ON_ITS_WAY_OUT, POLICIES_CHANGED],
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
    ...SPEC_ROW,
    id: 'validate-vcjobs',
    type: VCJOBS,
    reads: [QUEUES, HYPER_NODES, ...POLICY_READS],
    rights: vcjobRights,
    admit: validateVcjobReview,
  }),
  admissionRow({
    ...SPEC_ROW,
    id: 'validate-cronvcjobs',
    type: CRON_VCJOBS,
    reads: [QUEUES, DATASETS, HYPER_NODES, ...POLICY_READS],
    rights: cronVcjobRights,
    admit: validateCronVcjobReview,
  }),
  admissionRow({
    ...SPEC_ROW,
    id: 'validate-hypernodes',
    type: HYPER_NODES,
    reads: [HYPER_NODES],
    admit: validateHyperNodeReview,
  }),
  admissionRow({ ...STORED_ONLY_ROW, id: 'validate-nodeshards', type: NODE_SHARDS }),
  admissionRow({ ...STORED_ONLY_ROW, id: 'validate-colocationconfigurations', type: COLOCATION_CONFIGURATIONS }),
  admissionRow({
    ...SPEC_ROW,
    id: 'validate-jobtemplates',
    type: JOBTEMPLATES,
    reads: [QUEUES, DATASETS, HYPER_NODES, ...POLICY_READS],
    rights: jobtemplateRights,
    admit: validateJobtemplateReview,
  }),
  admissionRow({
    ...SPEC_ROW,
    id: 'validate-jobflows',
    type: JOBFLOWS,
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

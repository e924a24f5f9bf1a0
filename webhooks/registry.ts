import {
  CRON_JOBS,
  DAEMON_SETS,
  DATASETS,
  DEPLOYMENTS,
  JOBS,
  NAMESPACES,
  POD_GROUPS,
  PODS,
  PRIORITY_CLASSES,
  QUEUES,
  REPLICA_SETS,
  RUNTIME_CLASSES,
  STATEFUL_SETS,
} from '../src/api/resources.ts';
import { TEMPLATE_OR_KEYS_CHANGED } from './apps/conditions.ts';
import { reviewDaemonSet } from './apps/daemon-set.ts';
import { mutateWorkload } from './apps/mutate.ts';
import {
  NOT_FROM_A_CONTROLLER,
  NOT_FROM_A_NODE,
  NOT_ON_ITS_WAY_OUT,
  SPEC_CHANGED,
  WORK_CHANGED,
} from './conditions.ts';
import { validateDatasetReview } from './datasets/validate.ts';
import { JOB_TEMPLATE_OR_OWN_KEYS_CHANGED } from './cron-jobs/conditions.ts';
import { mutateCronJob } from './cron-jobs/mutate.ts';
import { TEMPLATE_IS_SERVED } from './jobs/conditions.ts';
import { mutateJob } from './jobs/mutate.ts';
import { askJob } from './jobs/runtime-class.ts';
import { HAS_NO_QUEUE_OR_OWN_KEYS, SPEC_OR_OWN_KEYS_CHANGED } from './pod-groups/conditions.ts';
import { mutatePodGroup } from './pod-groups/mutate.ts';
import { validatePodGroupReview } from './pod-groups/validate.ts';
import { MEMBERSHIP_CHANGED, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET, POD_IS_SERVED } from './pods/conditions.ts';
import { mutatePod } from './pods/mutate.ts';
import { validatePodChange } from './pods/validate.ts';
import { validateQueueReview } from './queues/validate.ts';
import { admissionRow } from './row.ts';
import type { AdmissionRow, RowParts } from './row.ts';

const JOB_ROW = {
  phase: 'mutate',
  type: JOBS,
  operations: ['CREATE', 'UPDATE'],
  reads: [QUEUES, NAMESPACES, POD_GROUPS, RUNTIME_CLASSES, DATASETS],
  ask: askJob,
  admit: mutateJob,
} as const;
const JOB_NEWS = [NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED];

const POD_ROW = {
  phase: 'mutate',
  type: PODS,
  operations: ['CREATE'],
  reads: [QUEUES, NAMESPACES, POD_GROUPS, RUNTIME_CLASSES, DATASETS],
  admit: mutatePod,
} as const;
const POD_NEWS = [NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET];

const WORKLOAD_NEWS = [NOT_ON_ITS_WAY_OUT, TEMPLATE_OR_KEYS_CHANGED];

/** Nothing waits for these when Sluice is down: their pods are reviewed anyway. */
const WORKLOAD_ROW: Omit<RowParts, 'id' | 'type'> = {
  phase: 'mutate',
  operations: ['CREATE', 'UPDATE'],
  when: WORKLOAD_NEWS,
  failureMode: 'allow',
  reads: [QUEUES, NAMESPACES, RUNTIME_CLASSES, DATASETS],
  admit: mutateWorkload,
};

/**
 * Everything that Sluice asks the API server to send, in one table. Mutators refuse bad values themselves, so Jobs and
 * new pods have no validating row: one review a pod is what admission may cost. A stored pod is looked at only when
 * somebody changes what Sluice wrote on it.
 */
export const REGISTRY: readonly AdmissionRow[] = Object.freeze([
  admissionRow({ ...JOB_ROW, id: 'mutate-jobs', when: JOB_NEWS }),
  admissionRow({
    ...JOB_ROW,
    id: 'mutate-jobs-elsewhere',
    selector: 'others',
    when: [TEMPLATE_IS_SERVED, ...JOB_NEWS],
  }),
  admissionRow({ ...POD_ROW, id: 'mutate-pods', when: POD_NEWS }),
  admissionRow({ ...POD_ROW, id: 'mutate-pods-elsewhere', selector: 'others', when: [POD_IS_SERVED, ...POD_NEWS] }),
  admissionRow({ ...WORKLOAD_ROW, id: 'mutate-deployments', type: DEPLOYMENTS }),
  admissionRow({ ...WORKLOAD_ROW, id: 'mutate-statefulsets', type: STATEFUL_SETS }),
  admissionRow({
    ...WORKLOAD_ROW,
    id: 'mutate-replicasets',
    type: REPLICA_SETS,
    when: [NOT_FROM_A_CONTROLLER, ...WORKLOAD_NEWS],
  }),
  admissionRow({
    ...WORKLOAD_ROW,
    id: 'mutate-cronjobs',
    type: CRON_JOBS,
    when: [NOT_ON_ITS_WAY_OUT, JOB_TEMPLATE_OR_OWN_KEYS_CHANGED],
    reads: [QUEUES, NAMESPACES, POD_GROUPS, RUNTIME_CLASSES, DATASETS],
    admit: mutateCronJob,
  }),
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
    id: 'validate-pods',
    phase: 'validate',
    type: PODS,
    operations: ['UPDATE'],
    selector: 'everywhere',
    when: [POD_IS_SERVED, NOT_ON_ITS_WAY_OUT, MEMBERSHIP_CHANGED],
    admit: validatePodChange,
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
    id: 'validate-datasets',
    phase: 'validate',
    type: DATASETS,
    operations: ['CREATE', 'UPDATE'],
    when: [NOT_ON_ITS_WAY_OUT, SPEC_CHANGED],
    failureMode: 'allow',
    admit: validateDatasetReview,
  }),
  admissionRow({
    id: 'validate-daemonsets',
    phase: 'validate',
    type: DAEMON_SETS,
    operations: ['CREATE', 'UPDATE'],
    when: WORKLOAD_NEWS,
    failureMode: 'allow',
    admit: reviewDaemonSet,
  }),
  admissionRow({
    id: 'validate-podgroups',
    phase: 'validate',
    type: POD_GROUPS,
    operations: ['CREATE', 'UPDATE'],
    selector: 'everywhere',
    when: [NOT_ON_ITS_WAY_OUT, SPEC_OR_OWN_KEYS_CHANGED],
    reads: [QUEUES, PRIORITY_CLASSES],
    admit: validatePodGroupReview,
  }),
]);

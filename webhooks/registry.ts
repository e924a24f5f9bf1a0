import { JOBS, NAMESPACES, POD_GROUPS, PODS, QUEUES } from '../src/api/resources.ts';
import { NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, SPEC_CHANGED, WORK_CHANGED } from './conditions.ts';
import { mutateJob } from './jobs/mutate.ts';
import { validatePodGroupReview } from './pod-groups/validate.ts';
import { NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET } from './pods/conditions.ts';
import { mutatePod } from './pods/mutate.ts';
import { validateQueueReview } from './queues/validate.ts';
import { admissionRow } from './row.ts';
import type { AdmissionRow } from './row.ts';

/**
 * Everything that Sluice asks the API server to send, in one table. Mutators refuse bad values themselves, so Jobs and
 * pods have no validating row: one review a pod is what admission may cost.
 */
export const REGISTRY: readonly AdmissionRow[] = Object.freeze([
  admissionRow({
    id: 'mutate-jobs',
    phase: 'mutate',
    type: JOBS,
    operations: ['CREATE', 'UPDATE'],
    when: [NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED],
    reads: [QUEUES, NAMESPACES, POD_GROUPS],
    admit: mutateJob,
  }),
  admissionRow({
    id: 'mutate-pods',
    phase: 'mutate',
    type: PODS,
    operations: ['CREATE'],
    when: [NOT_FROM_A_NODE, NOT_OF_A_DAEMON_SET, NOT_STAMPED_YET],
    reads: [QUEUES, NAMESPACES, POD_GROUPS],
    admit: mutatePod,
  }),
  admissionRow({
    id: 'validate-queues',
    phase: 'validate',
    type: QUEUES,
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    when: [SPEC_CHANGED],
    reads: [QUEUES],
    admit: validateQueueReview,
  }),
  admissionRow({
    id: 'validate-podgroups',
    phase: 'validate',
    type: POD_GROUPS,
    operations: ['CREATE', 'UPDATE'],
    when: [SPEC_CHANGED],
    reads: [QUEUES],
    admit: validatePodGroupReview,
  }),
]);

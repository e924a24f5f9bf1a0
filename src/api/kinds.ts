import { COMMAND_KIND } from './command.ts';
import type { KindDefinition } from './crd.ts';
import { DATASET_KIND } from './dataset.ts';
import { JOBFLOW_KIND } from './jobflow.ts';
import { JOBTEMPLATE_KIND } from './jobtemplate.ts';
import { POD_GROUP_KIND } from './pod-group.ts';
import { QUEUE_KIND } from './queue.ts';
import { WORKLOAD_KIND_KIND } from './workload-kind.ts';
import { VCJOB_KIND } from './vcjob.ts';
import { NAMESPACED_POLICY_KIND, POLICY_KIND } from './workload-policy.ts';

/** Every kind that Sluice defines, in the order that they are installed in. */
export const KINDS: readonly KindDefinition[] = [
  QUEUE_KIND,
  POD_GROUP_KIND,
  DATASET_KIND,
  POLICY_KIND,
  NAMESPACED_POLICY_KIND,
  WORKLOAD_KIND_KIND,
  VCJOB_KIND,
  COMMAND_KIND,
  JOBTEMPLATE_KIND,
  JOBFLOW_KIND,
];

import { COLOCATION_CONFIGURATION_KIND } from './colocation-configuration.ts';
import { COMMAND_KIND } from './command.ts';
import type { KindDefinition } from './crd.ts';
import { CRON_VCJOB_KIND } from './cron-vcjob.ts';
import { DATASET_KIND } from './dataset.ts';
import { HYPER_NODE_KIND } from './hyper-node.ts';
import { NODE_SHARD_KIND } from './node-shard.ts';
import { NUMATOPOLOGY_KIND } from './numatopology.ts';
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
  CRON_VCJOB_KIND,
  HYPER_NODE_KIND,
  NUMATOPOLOGY_KIND,
  NODE_SHARD_KIND,
  COLOCATION_CONFIGURATION_KIND,
  JOBTEMPLATE_KIND,
  JOBFLOW_KIND,
];

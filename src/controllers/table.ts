import type { Controller } from './controller.ts';
import { CLAIM_TEMPLATE } from './claim-template/controller.ts';
import { HYPER_NODE } from './hyper-node/controller.ts';
import { HYPER_NODE_DISCOVERY } from './hyper-node-discovery/controller.ts';
import { JOBFLOW } from './jobflow/controller.ts';
import { JOBTEMPLATE } from './jobtemplate/controller.ts';
import { NODE_SHARD } from './node-shard/controller.ts';
import { POLICY_STATUS } from './policy/controller.ts';
import { POLICY_MAP } from './policy-map/controller.ts';
import { QUEUE_GATE } from './queue-gate/controller.ts';
import { QUEUE_STATE } from './queue-state/controller.ts';
import { UNMANAGED_JOB } from './unmanaged-job/controller.ts';
import { VC_CRON_JOB } from './vc-cron-job/controller.ts';
import { VCJOB } from './vcjob/controller.ts';
import { WAITING_GROUP } from './waiting-group/controller.ts';

/** Controllers that look at objects of one kind each: one folder and one row a controller. */
export const CONTROLLERS: readonly Controller[] = [
  UNMANAGED_JOB,
  POLICY_STATUS,
  POLICY_MAP,
  WAITING_GROUP,
  VCJOB,
  VC_CRON_JOB,
  QUEUE_STATE,
  QUEUE_GATE,
  HYPER_NODE,
  HYPER_NODE_DISCOVERY,
  NODE_SHARD,
  CLAIM_TEMPLATE,
  JOBTEMPLATE,
  JOBFLOW,
];

import {
  CRON_JOBS,
  DEPLOYMENTS,
  JOBS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from '../../../api/resources.ts';
import type { ResourceType } from '../../../api/resources.ts';

/** Kinds whose pods stand at the same place, so that one policy of the API server can speak of them. */
export interface ExportTarget {
  /** Ends the names of what is exported for it. */
  readonly name: string;
  readonly types: readonly ResourceType[];
  /** CEL: the pod, or the template of the pods. */
  readonly pod: string;
  /** CEL: metadata on which the queue may stand. */
  readonly queueAt: readonly string[];
}

const TEMPLATE = 'object.spec.template';
const JOB_TEMPLATE = 'object.spec.jobTemplate';

export const EXPORT_TARGETS: readonly ExportTarget[] = [
  { name: 'pods', types: [PODS], pod: 'object', queueAt: ['object.metadata'] },
  {
    name: 'templates',
    types: [JOBS, DEPLOYMENTS, STATEFUL_SETS, REPLICA_SETS, REPLICATION_CONTROLLERS],
    pod: TEMPLATE,
    queueAt: [`${TEMPLATE}.metadata`],
  },
  {
    name: 'cronjobs',
    types: [CRON_JOBS],
    pod: `${JOB_TEMPLATE}.spec.template`,
    queueAt: [`${JOB_TEMPLATE}.metadata`, `${JOB_TEMPLATE}.spec.template.metadata`],
  },
];

import { apiVersion, VCJOBS } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resourceList } from './resource-list.ts';

/** A job of one task, as flags describe it. */
export interface JobWish {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly scheduler: string;
  readonly minAvailable: number;
  readonly replicas: number;
  /** Such as `cpu=1000m,memory=100Mi`. */
  readonly requests: string;
  readonly limits: string;
  /** Empty: what the image says. */
  readonly command: readonly string[];
}

/** The Job of Volcano that a wish describes. Throws a SetupError for amounts that cannot be read. */
export function newJob(wish: JobWish): JsonObject {
  const { name, namespace, image, scheduler, minAvailable, replicas, command } = wish;
  const container: JsonObject = {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(command.length > 0 ? { command } : {}),
    resources: { requests: resourceList(wish.requests), limits: resourceList(wish.limits) },
  };
  const template: JsonObject = {
    metadata: { name, labels: { 'job.volcano.sh': name } },
    spec: { restartPolicy: 'Never', containers: [container] },
  };
  return {
    apiVersion: apiVersion(VCJOBS),
    kind: VCJOBS.kind,
    metadata: { name, namespace },
    spec: { schedulerName: scheduler, minAvailable, tasks: [{ replicas, template }] },
  };
}

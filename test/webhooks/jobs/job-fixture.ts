import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

/** What a test says about a Job. */
export interface JobParts {
  readonly name?: string;
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly spec?: JsonObject;
  readonly templateMetadata?: JsonObject;
  readonly templateSpec?: JsonObject;
}

const CONTAINERS = [{ name: 'main', resources: { requests: { cpu: '500m' }, limits: { 'nvidia.com/gpu': '1' } } }];

/** A Job of four pods of half a CPU and a GPU each. */
export function job(parts: JobParts = {}): JsonObject {
  const { name = 'train', labels, annotations, spec = { parallelism: 4, completions: 4 } } = parts;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'team-a', ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      ...spec,
      template: {
        ...(parts.templateMetadata && { metadata: parts.templateMetadata }),
        spec: {
          schedulerName: 'default-scheduler',
          restartPolicy: 'Never',
          containers: CONTAINERS,
          ...parts.templateSpec,
        },
      },
    },
  };
}

export const GROUP = 'scheduling.k8s.io/group-name';
export const MIN_MEMBER = 'scheduling.volcano.sh/group-min-member';
export const QUEUE_LABEL = 'volcano.sh/queue-name';
export const QUEUE_ANNOTATION = 'scheduling.volcano.sh/queue-name';
export const PLAN = 'sluice.dev/group-plan';
export const TASK = 'volcano.sh/task-spec';

/** Scheduler, annotations and labels of a Job's template. */
export function templateOf(object: JsonObject): { scheduler: string; annotations: unknown; labels: unknown } {
  const { template } = object['spec'] as { template: { metadata?: JsonObject; spec?: JsonObject } };
  return {
    scheduler: stringAt(template, ['spec', 'schedulerName']),
    annotations: template.metadata?.['annotations'],
    labels: template.metadata?.['labels'],
  };
}

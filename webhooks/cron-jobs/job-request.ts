import { JOBS } from '../../src/api/resources.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { NamedQueues } from '../inherited-queue.ts';
import { namedQueue } from '../queue-choice.ts';

export const TEMPLATE = ['spec', 'jobTemplate'] as const;
export const TEMPLATE_PATH = `${TEMPLATE.join('.')}.`;
export const POD_TEMPLATE = [...TEMPLATE, 'spec', 'template'] as const;

/** The queues that a CronJob and its template name. */
export function namedQueues(cronJob: JsonObject): NamedQueues {
  const of = (at: readonly string[], path: string): NamedQueues['own'] => {
    const metadata = objectAt(cronJob, ...at, 'metadata');
    return namedQueue(objectAt(metadata, 'labels'), objectAt(metadata, 'annotations'), path);
  };
  const template = of(TEMPLATE, TEMPLATE_PATH) ?? of(POD_TEMPLATE, `${POD_TEMPLATE.join('.')}.`);
  return { own: of([], ''), template };
}

/** The request that its controller will make, as far as it is known. */
export function jobRequest(request: AdmissionRequest, cronJob: unknown): AdmissionRequest {
  const template = objectAt(cronJob, ...TEMPLATE);
  const metadata = { ...objectAt(template, 'metadata'), name: request.name, namespace: request.namespace };
  const { group, version, plural: resource } = JOBS;
  const object = { apiVersion: `${group}/${version}`, kind: JOBS.kind, metadata, spec: objectAt(template, 'spec') };
  return { ...request, group, version, resource, operation: 'CREATE', object, oldObject: undefined };
}

import { DEPLOYMENTS, STATEFUL_SETS } from '../../src/api/resources.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { NamedQueues } from '../inherited-queue.ts';
import { namedQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { readTemplateFacts } from '../template-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';

/** The parts of a Deployment, StatefulSet or ReplicaSet that decide about its pods; read once. */
export interface WorkloadFacts {
  readonly workload: JsonObject;
  readonly annotations: JsonObject;
  readonly template: TemplateFacts;
  /** The queue that the object itself names, beside its template. */
  readonly ownQueue: QueueChoice | undefined;
  /** What starts its pods one after another, in words; empty when they start side by side. */
  readonly inTurn: string;
  /** Roll-outs start pods one after another while others run: none of its pods ever waits for others. */
  readonly isRolledOut: boolean;
}

/** Reads the facts. */
export function readWorkloadFacts(request: AdmissionRequest, workload: JsonObject): WorkloadFacts {
  const annotations = objectAt(workload, 'metadata', 'annotations');
  return {
    workload,
    annotations,
    template: readTemplateFacts(objectAt(workload, 'spec', 'template'), 'spec.template.'),
    ownQueue: namedQueue(objectAt(workload, 'metadata', 'labels'), annotations, ''),
    inTurn: inTurn(request.resource, workload),
    isRolledOut: request.resource === DEPLOYMENTS.plural,
  };
}

/** The queues that it and its template name. */
export function queuesOf({ ownQueue, template }: WorkloadFacts): NamedQueues {
  return { own: ownQueue, template: template.queue };
}

function inTurn(resource: string, workload: JsonObject): string {
  if (resource !== STATEFUL_SETS.plural) return '';
  return stringAt(workload, ['spec', 'podManagementPolicy']) === 'Parallel' ? '' : 'a StatefulSet that is not Parallel';
}

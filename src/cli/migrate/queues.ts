import { apiVersion, QUEUES } from '../../api/resources.ts';
import { validateQueue } from '../../api/validate.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../../../webhooks/admission.ts';
import { validateQueueReview } from '../../../webhooks/queues/validate.ts';
import { note } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import { offlineCluster } from '../policy/offline-cluster.ts';
import type { MigrationFacts } from './facts.ts';

/** Queues that Sluice would not take if they came now. They stay and are served; a change is refused until it mends them. */
export function queueFindings({ queues }: MigrationFacts): readonly Finding[] {
  if (queues.kind === 'unread') return [];
  // What comes in a list says neither its kind nor its version.
  const all = queues.value.map((one) => ({ ...one, apiVersion: apiVersion(QUEUES), kind: QUEUES.kind }));
  const { view } = offlineCluster(all, []);
  return all.flatMap((queue) => {
    const mistakes = mistakesOf(queue, view);
    if (mistakes.length === 0) return [];
    const message = `queue ${nameOf(queue)} stays as it is, and is refused when it is changed: ${mistakes.join('; ')}`;
    return [note('queues', message, `kubectl edit queues.${QUEUES.group} ${nameOf(queue)}`)];
  });
}

function mistakesOf(queue: JsonObject, view: ClusterView): readonly string[] {
  const bySchema = validateQueue(queue);
  if (bySchema.length > 0) return bySchema.map(formatFieldError);
  const verdict = validateQueueReview(created(queue), view);
  return verdict.kind === 'deny' ? verdict.errors.map(formatFieldError) : [];
}

function created(queue: JsonObject): AdmissionRequest {
  const { group, version, plural } = QUEUES;
  return {
    uid: '',
    group,
    version,
    resource: plural,
    subresource: '',
    operation: 'CREATE',
    namespace: '',
    name: nameOf(queue),
    username: '',
    userGroups: [],
    userUid: '',
    userExtra: {},
    object: queue,
    oldObject: undefined,
    dryRun: true,
  };
}

function nameOf(queue: JsonObject): string {
  return stringAt(queue, ['metadata', 'name']);
}

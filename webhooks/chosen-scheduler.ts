import { KUBE_DEFAULT_SCHEDULER, SERVED_SCHEDULERS, SLUICE_SCHEDULER } from '../src/api/keys.ts';
import { editDistance } from '../src/lib/edit-distance.ts';
import { arrayAt, memberAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { schedulerKind } from './stamp.ts';
import type { TemplateFacts } from './template-facts.ts';

/**
 * The API server writes `default-scheduler` where nobody chose, so that the pod does not tell whether somebody did. What
 * kubectl noted of the manifest does, and so do the fields of a server-side apply.
 */
export function takenOverWarning(root: JsonObject, template: TemplateFacts): readonly string[] {
  if (template.schedulerName !== KUBE_DEFAULT_SCHEDULER || !isWritten(root, template)) return [];
  const field = `${template.path}spec.schedulerName`;
  return [`${field}: ${KUBE_DEFAULT_SCHEDULER} becomes ${SLUICE_SCHEDULER}, which places the pods of this namespace`];
}

/** A slip of the pen: names that are so near to each other are taken for one. */
const MAX_SLIPS = 2;

/**
 * A scheduler that is not ours and nearly has the name of one that is: mostly nobody ever places such pods. Who had it before was
 * told then.
 */
export function misspeltWarning(
  { schedulerName, path }: Pick<TemplateFacts, 'schedulerName' | 'path'>,
  before?: string,
): readonly string[] {
  const meant = schedulerName === before ? undefined : meantScheduler(schedulerName);
  if (meant === undefined) return [];
  return [`${path}spec.schedulerName: Sluice places no pods of ${schedulerName}: is ${meant} meant?`];
}

function meantScheduler(name: string): string | undefined {
  if (schedulerKind(name) !== 'foreign') return undefined;
  const isNear = (served: string): boolean =>
    Math.abs(served.length - name.length) <= MAX_SLIPS && editDistance(served, name.toLowerCase()) <= MAX_SLIPS;
  return [...SERVED_SCHEDULERS].find(isNear);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const WRITTEN = `"schedulerName":"${KUBE_DEFAULT_SCHEDULER}"`;

function isWritten(root: JsonObject, { path }: TemplateFacts): boolean {
  if (stringAt(root, ['metadata', 'annotations', LAST_APPLIED]).includes(WRITTEN)) return true;
  const fields = [...(path === '' ? [] : ['f:spec', 'f:template']), 'f:spec', 'f:schedulerName'];
  return arrayAt(root, 'metadata', 'managedFields').some(
    (entry) => stringAt(entry, ['operation']) === 'Apply' && memberAt(entry, 'fieldsV1', ...fields) !== undefined,
  );
}

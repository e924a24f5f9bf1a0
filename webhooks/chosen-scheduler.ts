import { KUBE_DEFAULT_SCHEDULER, SLUICE_SCHEDULER } from '../src/api/keys.ts';
import { arrayAt, memberAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
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

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const WRITTEN = `"schedulerName":"${KUBE_DEFAULT_SCHEDULER}"`;

function isWritten(root: JsonObject, { path }: TemplateFacts): boolean {
  if (stringAt(root, ['metadata', 'annotations', LAST_APPLIED]).includes(WRITTEN)) return true;
  const fields = [...(path === '' ? [] : ['f:spec', 'f:template']), 'f:spec', 'f:schedulerName'];
  return arrayAt(root, 'metadata', 'managedFields').some(
    (entry) => stringAt(entry, ['operation']) === 'Apply' && memberAt(entry, 'fieldsV1', ...fields) !== undefined,
  );
}

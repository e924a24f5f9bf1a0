import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** For kinds of Volcano that nothing acts on yet: whoever makes such an object is told so. */
export function warnStoredOnly({ operation, resource, subresource }: AdmissionRequest): Verdict {
  if (operation !== 'CREATE' || subresource !== '') return UNCHANGED;
  return allow([], [`${resource} are stored, and nothing of Sluice acts on them yet`]);
}

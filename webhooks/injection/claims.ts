import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ObjectPatch, PatchPath } from '../object-patch.ts';
import type { ContainerClaim } from './injection.ts';

/** Adds claims to the pod, and to the containers that use them; one of that name is made from the template that is wanted now. */
export function claimDevices(
  patch: ObjectPatch,
  spec: JsonObject,
  at: PatchPath,
  claims: readonly ContainerClaim[],
): void {
  for (const { container, name, template } of claims) {
    const own = arrayAt(spec, 'resourceClaims');
    const index = own.findIndex((claim) => stringAt(claim, ['name']) === name);
    if (index < 0) patch.append([...at, 'resourceClaims'], { name, resourceClaimTemplateName: template });
    else if (stringAt(own[index], ['resourceClaimTemplateName']) !== template) {
      patch.set([...at, 'resourceClaims', index, 'resourceClaimTemplateName'], template);
    }
    const used = arrayAt(arrayAt(spec, 'containers')[container], 'resources', 'claims');
    if (used.some((claim) => stringAt(claim, ['name']) === name)) continue;
    patch.append([...at, 'containers', container, 'resources', 'claims'], { name });
  }
}

import { readApplied } from '../accelerators/applied-wish.ts';
import { ACCELERATOR_CLAIM } from '../accelerators/claim-template.ts';
import type { JsonObject } from '../../lib/json.ts';
import { NO_DEVICE_CLAIMS } from '../records/device-records.ts';
import type { PodDeviceClaim } from '../records/device-records.ts';
import { objects, text } from './metadata.ts';

/** Whose claims are read. */
interface Claimer {
  readonly namespace: string;
  readonly uid: string;
  readonly annotations: JsonObject;
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

/**
 * The ResourceClaims of a pod, each once and in the order of its spec. One from a template has its name in the pod's status, where it
 * stands without a name when none was needed.
 */
export function readPodDeviceClaims({ namespace, uid, annotations, spec, status }: Claimer): readonly PodDeviceClaim[] {
  const asked = objects(spec, 'resourceClaims');
  if (asked.length === 0) return NO_DEVICE_CLAIMS;
  const made = new Map(objects(status, 'resourceClaimStatuses').map((one) => [text(one, 'name'), one]));
  const claims = new Map<string, PodDeviceClaim>();
  const add = (claim: PodDeviceClaim): void => void (claims.has(claim.key) || claims.set(claim.key, claim));
  const wished = (name: string): Pick<PodDeviceClaim, 'wished'> =>
    name === ACCELERATOR_CLAIM ? wishedClaim(annotations) : {};
  for (const claim of asked) {
    const name = text(claim, 'name');
    const own = text(claim, 'resourceClaimName');
    const entry = made.get(name);
    if (own !== '') add({ key: `${namespace}/${own}`, podUid: '', isMade: true });
    else if (entry === undefined) {
      const template = text(claim, 'resourceClaimTemplateName');
      add({ key: `${namespace}/${name}`, podUid: uid, isMade: false, template, ...wished(name) });
    } else {
      const given = text(entry, 'resourceClaimName');
      if (given !== '') add({ key: `${namespace}/${given}`, podUid: uid, isMade: true, ...wished(name) });
    }
  }
  return claims.size === 0 ? NO_DEVICE_CLAIMS : [...claims.values()];
}

function wishedClaim(annotations: JsonObject): Pick<PodDeviceClaim, 'wished'> {
  const applied = readApplied(annotations);
  return applied?.claim === undefined ? {} : { wished: { ...applied.claim, wish: applied.wish } };
}

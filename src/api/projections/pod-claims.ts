import type { JsonObject } from '../../lib/json.ts';
import { isJsonObject, member } from '../../lib/json.ts';
import { NO_CLAIMS } from '../records/pod-claim.ts';
import type { PodClaim } from '../records/pod-claim.ts';
import { objects, text } from './metadata.ts';

/**
 * The claims whose volumes a pod uses, each once, in the pod's order: of equal sizes kube-scheduler gives the first its volume
 * first. That of an ephemeral volume is made for the pod, under a name of both.
 */
export function readPodClaims(
  spec: JsonObject,
  { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
): readonly PodClaim[] {
  const claims = new Map<string, PodClaim>();
  for (const volume of objects(spec, 'volumes')) {
    const source = member(volume, 'persistentVolumeClaim');
    const isEphemeral = isJsonObject(member(volume, 'ephemeral'));
    const claim = isEphemeral
      ? `${name}-${text(volume, 'name')}`
      : isJsonObject(source)
        ? text(source, 'claimName')
        : '';
    if (claim === '') continue;
    const key = `${namespace}/${claim}`;
    claims.set(key, { key, podUid: isEphemeral ? uid : '' });
  }
  return claims.size === 0 ? NO_CLAIMS : [...claims.values()];
}

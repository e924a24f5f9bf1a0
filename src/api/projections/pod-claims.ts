import type { JsonObject } from '../../lib/json.ts';
import { isJsonObject, member } from '../../lib/json.ts';
import { NO_CLAIMS } from '../records/pod-claim.ts';
import type { PodClaim } from '../records/pod-claim.ts';
import { objects, text } from './metadata.ts';

/** The claims whose volumes a pod uses, sorted and each once. That of an ephemeral volume is made for the pod, under a name of both. */
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
  if (claims.size === 0) return NO_CLAIMS;
  return [...claims.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

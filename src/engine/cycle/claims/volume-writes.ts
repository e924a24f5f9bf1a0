import { BOUND_BY_CONTROLLER_ANNOTATION, SELECTED_NODE_ANNOTATION } from '../../../api/keys.ts';
import type { VolumeClaimRecord } from '../../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../../api/records/volume-record.ts';
import { VOLUME_CLAIMS, VOLUMES } from '../../../api/resources.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { WriteRequest } from '../../ports.ts';

/* What kube-scheduler writes as well: the volume controller, or a provisioner, goes on from there. */

/** Keeps the volume for the claim. One that its maker keeps for it already stays so marked. */
export function keepVolume(volume: VolumeRecord, claim: VolumeClaimRecord): WriteRequest {
  const { namespace, name, uid, resourceVersion } = claim;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  const isOurs = volume.claim === '';
  const annotations = isOurs ? { annotations: { [BOUND_BY_CONTROLLER_ANNOTATION]: 'yes' } } : {};
  return patch(VOLUMES, volume, annotations, { spec: { claimRef } });
}

/** The volume is anybody's again. */
export function freeVolume(volume: VolumeRecord): WriteRequest {
  const annotations = { [BOUND_BY_CONTROLLER_ANNOTATION]: null };
  return patch(VOLUMES, volume, { annotations }, { spec: { claimRef: null } });
}

/** Asks for a volume that the node reaches; null takes that back. */
export function selectNode(claim: VolumeClaimRecord, node: string | null): WriteRequest {
  return patch(VOLUME_CLAIMS, claim, { annotations: { [SELECTED_NODE_ANNOTATION]: node } }, {});
}

/** Only as long as the object is what was read. */
function patch(
  type: WriteRequest['type'],
  object: VolumeRecord | VolumeClaimRecord,
  metadata: JsonObject,
  rest: JsonObject,
): WriteRequest {
  const { uid, resourceVersion, name } = object;
  return {
    verb: 'mergePatch',
    type,
    namespace: 'namespace' in object ? object.namespace : '',
    name,
    subresource: '',
    lane: 'decision',
    body: { metadata: { uid, resourceVersion, ...metadata }, ...rest },
  };
}

import { arrayAt, isJsonObject, member, memberAt, objectAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type {
  AllocatedConfig,
  AllocatedDevice,
  DeviceAllocation,
  DeviceClaimRecord,
  DeviceStatus,
} from '../../records/device-records.ts';
import { SPECIAL_CLAIM_ANNOTATION, specialClaimKey } from '../../devices/special-claim.ts';
import { DELETE_PROTECTION } from '../../keys.ts';
import { objects, readMetadata, text } from '../metadata.ts';
import { nodeTerms } from '../node-affinity.ts';
import { deviceAmounts } from './device-amounts.ts';
import { deviceConstraint, deviceRequest, requestConfig, requestTroubles } from './device-request.ts';
import { deviceTolerations } from './device-taint.ts';
import { texts } from './device.ts';

/** The record of a ResourceClaim; undefined for anything without name, namespace or UID. */
export function projectResourceClaim(raw: unknown): DeviceClaimRecord | undefined {
  const { name, namespace, uid, resourceVersion, deleting, owner, isOwnerController, annotations } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '') return undefined;
  const devices = objectAt(raw, 'spec', 'devices');
  const requests = objects(devices, 'requests');
  const status = objectAt(raw, 'status');
  const ownerUid = isOwnerController ? (owner?.uid ?? '') : '';
  const isSpecial = ownerUid !== '' && text(annotations, SPECIAL_CLAIM_ANNOTATION) === 'true';
  return {
    key: isSpecial ? specialClaimKey(namespace, ownerUid) : `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    ownerUid,
    requests: requests.map(deviceRequest),
    constraints: objects(devices, 'constraints').flatMap((constraint) => deviceConstraint(constraint) ?? []),
    config: objects(devices, 'config').map((config) => requestConfig(config, texts(config, 'requests'))),
    allocation: isJsonObject(member(status, 'allocation')) ? allocation(objectAt(status, 'allocation')) : undefined,
    reservedFor: objects(status, 'reservedFor').map((consumer) => text(consumer, 'uid')),
    isProtected: arrayAt(raw, 'metadata', 'finalizers').includes(DELETE_PROTECTION),
    statuses: objects(status, 'devices').map(deviceStatus),
    troubles: [...new Set(requests.flatMap(requestTroubles))],
  };
}

function allocation(raw: JsonObject): DeviceAllocation {
  return {
    devices: objects(raw, 'devices', 'results').map(allocatedDevice),
    config: objects(raw, 'devices', 'config').map(allocatedConfig),
    nodeTerms: nodeTerms(member(raw, 'nodeSelector')),
  };
}

function allocatedDevice(raw: JsonObject): AllocatedDevice {
  const share = memberAt(raw, 'shareID');
  return {
    request: text(raw, 'request'),
    driver: text(raw, 'driver'),
    pool: text(raw, 'pool'),
    device: text(raw, 'device'),
    adminAccess: member(raw, 'adminAccess') === true,
    tolerations: deviceTolerations(raw),
    bindingConditions: texts(raw, 'bindingConditions'),
    bindingFailureConditions: texts(raw, 'bindingFailureConditions'),
    share: typeof share === 'string' ? share : undefined,
    consumed: deviceAmounts(objectAt(raw, 'consumedCapacity')),
  };
}

function allocatedConfig(raw: JsonObject): AllocatedConfig {
  const source = text(raw, 'source') === 'FromClass' ? 'FromClass' : 'FromClaim';
  return { ...requestConfig(raw, texts(raw, 'requests')), source };
}

function deviceStatus(raw: JsonObject): DeviceStatus {
  const conditions = objects(raw, 'conditions').filter((condition) => text(condition, 'status') === 'True');
  return {
    driver: text(raw, 'driver'),
    pool: text(raw, 'pool'),
    device: text(raw, 'device'),
    conditions: conditions.map((condition) => text(condition, 'type')),
  };
}

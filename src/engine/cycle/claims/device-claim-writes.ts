import { DELETE_PROTECTION } from '../../../api/keys.ts';
import type { AllocatedDevice, DeviceAllocation, DeviceClaimRecord } from '../../../api/records/device-records.ts';
import type { NodeRequirement, NodeTerm } from '../../../api/records/scheduling-shape.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { SPECIAL_CLAIM_ANNOTATION } from '../../../api/devices/special-claim.ts';
import type { RequestMapping, SpecialRequest, SpecialRequests } from '../../../api/devices/special-claim.ts';
import { apiVersion, PODS, RESOURCE_CLAIMS } from '../../../api/resources.ts';
import type { JsonObject, JsonValue } from '../../../lib/json.ts';
import { formatNano } from '../../../lib/quantity.ts';
import type { WriteRequest } from '../../ports.ts';

/* What kube-scheduler writes as well: drivers, and whoever frees claims that nobody uses any more, go on from there. */

/** A pod that is to use the devices of a claim. */
export interface DeviceUser {
  readonly name: string;
  readonly uid: string;
}

/** For a pod that asks for what classes serve where its node does not publish it: it is the pod's alone, and goes with it. */
export function createSpecialClaim(
  { namespace, name, uid }: PodRecord,
  requests: SpecialRequests['requests'],
): WriteRequest {
  const owner = { apiVersion: 'v1', kind: 'Pod', name, uid, controller: true };
  const claim = specialClaimName(name, uid);
  const metadata = {
    name: claim,
    annotations: { [SPECIAL_CLAIM_ANNOTATION]: 'true' },
    ownerReferences: [owner],
  };
  return {
    verb: 'create',
    type: RESOURCE_CLAIMS,
    namespace,
    name: claim,
    subresource: '',
    lane: 'decision',
    body: {
      apiVersion: apiVersion(RESOURCE_CLAIMS),
      kind: 'ResourceClaim',
      metadata: { ...metadata, namespace },
      spec: { devices: { requests: requests.map(requestBody) } },
    },
  };
}

/** The same at each try, so that an answer that got lost makes no second one. */
function specialClaimName(pod: string, uid: string): string {
  const own = `-extended-resources-${uid.slice(0, 8)}`;
  return `${pod.slice(0, MOST_LETTERS - own.length).replace(/[-.]+$/, '')}${own}`;
}

const MOST_LETTERS = 253;

function requestBody({ name, asks: [ask] }: SpecialRequest): JsonObject {
  const exactly = { deviceClassName: ask?.className ?? '', allocationMode: 'ExactCount', count: ask?.count ?? 0 };
  return { name, exactly };
}

/** The kubelet looks there for which devices are whose. */
export function tellSpecialClaim(pod: PodRecord, claim: string, mappings: readonly RequestMapping[]): WriteRequest {
  const requestMappings = mappings.map(({ container, resource, request }) => ({
    containerName: container,
    resourceName: resource,
    requestName: request,
  }));
  return {
    verb: 'mergePatch',
    type: PODS,
    namespace: pod.namespace,
    name: pod.name,
    subresource: 'status',
    lane: 'decision',
    body: {
      metadata: { uid: pod.uid },
      status: { extendedResourceClaimStatus: { resourceClaimName: claim, requestMappings } },
    },
  };
}

/** Nobody uses it any more, and its pod may get another one. */
export function deleteSpecialClaim({ namespace, name, uid }: DeviceClaimRecord): WriteRequest {
  return {
    verb: 'delete',
    type: RESOURCE_CLAIMS,
    namespace,
    name,
    subresource: '',
    lane: 'decision',
    body: { preconditions: { uid } },
  };
}

/** Has to come before the devices: a claim that has some must not vanish. */
export function protectClaim(claim: DeviceClaimRecord): WriteRequest {
  return patch(claim, '', { finalizers: [DELETE_PROTECTION] }, {});
}

/** The claim is for these pods as well. */
export function reserveClaim(claim: DeviceClaimRecord, users: readonly DeviceUser[]): WriteRequest {
  return patch(claim, 'status', {}, { status: { reservedFor: users.map(consumer) } });
}

/** The claim has the devices, and they are for these pods. */
export function allocateClaim(
  claim: DeviceClaimRecord,
  allocation: DeviceAllocation,
  users: readonly DeviceUser[],
  nowMs: number,
): WriteRequest {
  const status = { allocation: allocationBody(allocation, nowMs), reservedFor: users.map(consumer) };
  return patch(claim, 'status', {}, { status });
}

/** Nobody has the devices any more. */
export function freeClaim(claim: DeviceClaimRecord): WriteRequest {
  const { reservedFor } = claim;
  return patch(claim, 'status', {}, { status: { allocation: null, reservedFor: reservedFor.map(noConsumer) } });
}

/** The devices stay, for others. */
export function leaveClaim(claim: DeviceClaimRecord, uids: readonly string[]): WriteRequest {
  return patch(claim, 'status', {}, { status: { reservedFor: uids.map(noConsumer) } });
}

/** Only as long as the claim is what was read. Lists of consumers and finalizers are merged by the API server. */
function patch(claim: DeviceClaimRecord, subresource: string, metadata: JsonObject, rest: JsonObject): WriteRequest {
  const { namespace, name, uid, resourceVersion } = claim;
  return {
    verb: 'strategicPatch',
    type: RESOURCE_CLAIMS,
    namespace,
    name,
    subresource,
    lane: 'decision',
    body: { metadata: { uid, resourceVersion, ...metadata }, ...rest },
  };
}

function consumer({ name, uid }: DeviceUser): JsonObject {
  return { resource: 'pods', name, uid };
}

function noConsumer(uid: string): JsonObject {
  return { $patch: 'delete', uid };
}

function allocationBody({ devices, config, nodeTerms }: DeviceAllocation, nowMs: number): JsonObject {
  const configs = config.map(({ source, requests, config: opaque }): JsonObject => ({
    source,
    requests,
    ...(opaque as JsonObject),
  }));
  return {
    devices: { results: devices.map(resultBody), ...(configs.length === 0 ? {} : { config: configs }) },
    ...(nodeTerms === undefined ? {} : { nodeSelector: { nodeSelectorTerms: nodeTerms.map(termBody) } }),
    allocationTimestamp: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

function resultBody(result: AllocatedDevice): JsonObject {
  const { request, driver, pool, device, adminAccess, tolerations, share, consumed } = result;
  const { bindingConditions, bindingFailureConditions } = result;
  return {
    request,
    driver,
    pool,
    device,
    ...(adminAccess ? { adminAccess } : {}),
    ...listed('tolerations', tolerations.map(tolerationBody)),
    ...listed('bindingConditions', bindingConditions),
    ...listed('bindingFailureConditions', bindingFailureConditions),
    ...(share === undefined ? {} : { shareID: share }),
    ...(consumed.size === 0
      ? {}
      : { consumedCapacity: Object.fromEntries([...consumed].map(([name, amount]) => [name, formatNano(amount)])) }),
  };
}

function tolerationBody({ key, operator, value, effect, seconds }: AllocatedDevice['tolerations'][number]): JsonObject {
  return { key, operator, value, effect, ...(seconds === undefined ? {} : { tolerationSeconds: seconds }) };
}

function termBody({ labels, fields }: NodeTerm): JsonObject {
  return {
    ...listed('matchExpressions', labels.map(requirementBody)),
    ...listed('matchFields', fields.map(requirementBody)),
  };
}

function requirementBody({ key, operator, values }: NodeRequirement): JsonObject {
  return { key, operator, ...listed('values', values) };
}

function listed(name: string, list: readonly JsonValue[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}

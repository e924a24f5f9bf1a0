import type {
  DeviceAllocation,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceClassRecord,
  PodDeviceClaim,
} from '../../api/records/device-records.ts';
import type { ExtendedResources } from '../../api/devices/extended-resources.ts';
import { specialRequests } from '../../api/devices/special-claim.ts';
import type { Refusal } from '../model/refusal.ts';
import type { DeviceFacts } from './device-facts.ts';

/** What a claim means for the place of its pod. */
export type DeviceClaimState =
  /** It has its devices, or is promised them: any node that reaches them will do. */
  | { readonly kind: 'settled'; readonly claim: DeviceClaimRecord; readonly allocation: DeviceAllocation }
  /** It gets its devices together with the pod's node. */
  | { readonly kind: 'open'; readonly claim: DeviceClaimRecord }
  /** No node will do before something else has happened, which is told. */
  | { readonly kind: 'blocked'; readonly refusal: Refusal };

/** Claims and classes, by their keys. */
export interface ClaimFacts {
  readonly claims: Pick<DeviceFacts['claims'], 'get'>;
  readonly classes: Pick<DeviceFacts['classes'], 'get'>;
  readonly extendedResources?: ExtendedResources;
}

type Promised = (key: string) => DeviceAllocation | undefined;

/** As kube-scheduler reads it. */
export function deviceClaimState(facts: ClaimFacts, asked: PodDeviceClaim, promised: Promised): DeviceClaimState {
  const { key, podUid, isMade } = asked;
  if (!isMade) return notReady(`claim ${key} of the pod is not made yet`);
  const claim = facts.claims.get(key);
  if (asked.asks !== undefined) return specialState(facts, asked, promised);
  if (claim === undefined) return notReady(`ResourceClaim ${key} does not exist`);
  if (claim.deleting) return notReady(`ResourceClaim ${key} is being deleted`);
  if (podUid !== '' && claim.ownerUid !== podUid) return notReady(`ResourceClaim ${key} was not made for the pod`);
  const allocation = claim.allocation ?? promised(key);
  if (allocation !== undefined) return { kind: 'settled', claim, allocation };
  return openState(facts, claim);
}

/** Nobody has made it, or not for the node that it gets by now: only devices that it has count. */
function specialState(facts: ClaimFacts, asked: PodDeviceClaim, promised: Promised): DeviceClaimState {
  const { key, podUid, asks = [] } = asked;
  const made = facts.claims.get(key);
  if (made?.deleting === true)
    return notReady(`the ResourceClaim ${made.namespace}/${made.name} of an earlier try is going`);
  const { requests } = specialRequests(asks, (resource) => facts.extendedResources?.get(resource));
  const claim = { ...specialClaim(key, podUid), requests };
  const allocation = made?.allocation ?? promised(key);
  if (allocation !== undefined) return { kind: 'settled', claim: made ?? claim, allocation };
  return openState(facts, claim);
}

function specialClaim(key: string, podUid: string): Omit<DeviceClaimRecord, 'requests'> {
  return {
    key,
    namespace: key.slice(0, key.indexOf('/')),
    name: '',
    uid: '',
    resourceVersion: '',
    deleting: false,
    ownerUid: podUid,
    constraints: [],
    config: [],
    allocation: undefined,
    reservedFor: [],
    isProtected: false,
    statuses: [],
    troubles: [],
  };
}

/** It has no devices: can what it asks for be looked at? */
function openState(facts: ClaimFacts, claim: DeviceClaimRecord): DeviceClaimState {
  const { key } = claim;
  const [trouble] = claim.troubles;
  if (trouble !== undefined) return notSupported(`ResourceClaim ${key}: ${trouble}`);
  for (const ask of claim.requests.flatMap(({ asks }) => asks)) {
    const deviceClass = facts.classes.get(ask.className);
    if (deviceClass === undefined) {
      return notReady(`DeviceClass ${ask.className}, which ResourceClaim ${key} names, does not exist`);
    }
    const unsupported = unsupportedSelector(ask, deviceClass);
    if (unsupported !== undefined) return notSupported(`ResourceClaim ${key}: ${unsupported}`);
  }
  return { kind: 'open', claim };
}

function unsupportedSelector(ask: DeviceAsk, deviceClass: DeviceClassRecord): string | undefined {
  for (const { unsupported, text } of [...deviceClass.selectors, ...ask.selectors]) {
    if (unsupported !== undefined) return `the selector ${text} (${unsupported})`;
  }
  return undefined;
}

function notReady(problem: string): DeviceClaimState {
  return { kind: 'blocked', refusal: { code: 'DeviceClaimNotReady', message: `${problem}.` } };
}

function notSupported(what: string): DeviceClaimState {
  const message = `${what} is placed nowhere: Sluice does not look at this yet.`;
  return { kind: 'blocked', refusal: { code: 'NeedsNotSupported', message } };
}

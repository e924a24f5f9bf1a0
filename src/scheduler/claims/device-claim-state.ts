import type {
  DeviceAllocation,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceClassRecord,
  PodDeviceClaim,
} from '../../api/records/device-records.ts';
import type { Refusal } from '../framework/plugin.ts';
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
}

type Promised = (key: string) => DeviceAllocation | undefined;

/** As kube-scheduler reads it. */
export function deviceClaimState(facts: ClaimFacts, asked: PodDeviceClaim, promised: Promised): DeviceClaimState {
  const { key, podUid, isMade } = asked;
  if (!isMade) return notReady(`claim ${key} of the pod is not made yet`);
  const claim = facts.claims.get(key);
  if (claim === undefined) return notReady(`ResourceClaim ${key} does not exist`);
  if (claim.deleting) return notReady(`ResourceClaim ${key} is being deleted`);
  if (podUid !== '' && claim.ownerUid !== podUid) return notReady(`ResourceClaim ${key} was not made for the pod`);
  const allocation = claim.allocation ?? promised(key);
  if (allocation !== undefined) return { kind: 'settled', claim, allocation };
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

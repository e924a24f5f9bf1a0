import type { ClaimDemand } from '../accelerators/claim-template.ts';
import type { ExtendedAsk } from './extended-ask.ts';
import type { NodeTerm } from './scheduling-shape.ts';

/** One value; `version` is a semantic version as text. */
export type DeviceAttribute =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string' | 'version'; readonly value: string };

/** Whole steps of billionths: between `min` and `max`, and a multiple of `step` from `min` on. */
export interface CapacityRange {
  readonly min: bigint;
  readonly max: bigint | undefined;
  readonly step: bigint | undefined;
}

/** How much one request may take of a capacity that several share. Billionths. */
export interface CapacityPolicy {
  /** What a request takes that does not name the capacity. */
  readonly fallback: bigint | undefined;
  /** Ascending; empty: any. */
  readonly values: readonly bigint[];
  readonly range: CapacityRange | undefined;
}

export interface DeviceCapacity {
  /** Billionths. */
  readonly value: bigint;
  readonly policy: CapacityPolicy | undefined;
}

/** Amounts in billionths by the names that the driver gave them. */
export type DeviceAmounts = ReadonlyMap<string, bigint>;

/** What a device takes of one of its pool's counter sets, or what there is of it. */
export interface CounterSet {
  readonly set: string;
  readonly counters: DeviceAmounts;
}

/** From where a device can be used. */
export type DeviceReach =
  | { readonly kind: 'node'; readonly node: string }
  /** As in node affinity: one of the terms holds. */
  | { readonly kind: 'nodes'; readonly terms: readonly NodeTerm[] }
  | { readonly kind: 'all' };

export interface DeviceTaint {
  readonly key: string;
  readonly value: string;
  /** Others, such as `None`, keep nobody away. */
  readonly effect: string;
}

export interface DeviceToleration {
  /** Empty: every key, with `Exists`. */
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
  /** Undefined: for ever. */
  readonly seconds: number | undefined;
}

export interface DeviceRecord {
  readonly driver: string;
  readonly pool: string;
  readonly name: string;
  /** By `domain/name`; what a driver names without a domain is in the driver's own. */
  readonly attributes: ReadonlyMap<string, DeviceAttribute>;
  /** By the names that the driver gave, with or without a domain: requests name them in the same way. */
  readonly capacity: ReadonlyMap<string, DeviceCapacity>;
  readonly consumes: readonly CounterSet[];
  /** Of its slice; undefined in a slice that leaves it to each device. */
  readonly reach: DeviceReach | undefined;
  readonly taints: readonly DeviceTaint[];
  /** Several claims may share it. */
  readonly allowsMultiple: boolean;
  /** Who gets it may be on the chosen node only, from wherever it can be used. */
  readonly bindsToNode: boolean;
  /** What has to be true of it before a pod is bound, and what must not; mostly empty. */
  readonly bindingConditions: readonly string[];
  readonly bindingFailureConditions: readonly string[];
}

/** What Sluice keeps of a ResourceSlice. */
export interface SliceRecord {
  readonly name: string;
  readonly driver: string;
  readonly pool: string;
  /** Slices of older generations of their pool do not count. */
  readonly generation: number;
  /** How many slices the pool has in this generation. */
  readonly sliceCount: number;
  /** Undefined where each device has its own. */
  readonly reach: DeviceReach | undefined;
  readonly devices: readonly DeviceRecord[];
  readonly sharedCounters: readonly CounterSet[];
  /** What it has that is not supported, in words: it counts as missing, and its pool as incomplete. */
  readonly troubles: readonly string[];
}

/** Why a selector says neither yes nor no. */
export interface SelectorFailure {
  readonly message: string;
}

/** A condition on devices, in CEL; one object for equal texts. */
export interface DeviceSelector {
  readonly text: string;
  /** What Sluice's CEL lacks for it, in words: nobody is placed by it. Undefined for nearly all. */
  readonly unsupported: string | undefined;
  readonly matches: (device: DeviceRecord) => boolean | SelectorFailure;
}

/** As it stands in a class or a claim (`{ opaque: … }`), handed on to the driver unread. */
export type DeviceConfig = Readonly<Record<string, unknown>>;

/** What Sluice keeps of a DeviceClass. */
export interface DeviceClassRecord {
  readonly name: string;
  readonly createdMs: number;
  /** A device of the class satisfies all of them. */
  readonly selectors: readonly DeviceSelector[];
  readonly config: readonly DeviceConfig[];
  /** Pods may ask for devices of the class by this name; empty for none. */
  readonly extendedResourceName: string;
}

/** Devices that are asked for: by a request, or as one of its alternatives. */
export interface DeviceAsk {
  /** Of the alternative; empty for a request that has none. */
  readonly name: string;
  readonly className: string;
  readonly selectors: readonly DeviceSelector[];
  /** `All`: every device that matches, and at least one. */
  readonly mode: 'ExactCount' | 'All';
  /** Of `ExactCount`; at least 1. */
  readonly count: number;
  /** It takes nothing away from others. */
  readonly adminAccess: boolean;
  readonly tolerations: readonly DeviceToleration[];
  /** How much of each capacity of a device is asked for. */
  readonly capacity: DeviceAmounts;
}

export interface DeviceRequestRecord {
  readonly name: string;
  /** The first that can be had is taken (`firstAvailable`); of `exactly` the only one. */
  readonly asks: readonly DeviceAsk[];
  /** Of a special claim: the resource for which it stands, wherever the node does not publish it. */
  readonly resource?: string;
}

/** All devices of the requests have one value of the attribute, or each has another one. */
export interface DeviceConstraint {
  readonly kind: 'match' | 'distinct';
  /** `domain/name`. */
  readonly attribute: string;
  /** `request` or `request/alternative`; empty: all. */
  readonly requests: readonly string[];
}

/** A config with what it is for: `request` or `request/alternative`; empty: all requests. */
export interface RequestConfig {
  readonly requests: readonly string[];
  readonly config: DeviceConfig;
}

/** One device that a claim has, or is to have. */
export interface AllocatedDevice {
  /** `request`, or `request/alternative`. */
  readonly request: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly adminAccess: boolean;
  readonly tolerations: readonly DeviceToleration[];
  readonly bindingConditions: readonly string[];
  readonly bindingFailureConditions: readonly string[];
  /** UID of the share of a device that allows several; empty while it is only chosen; undefined for a device of its own. */
  readonly share: string | undefined;
  /** What the share takes; empty without one. */
  readonly consumed: DeviceAmounts;
}

export interface AllocatedConfig extends RequestConfig {
  readonly source: 'FromClass' | 'FromClaim';
}

export interface DeviceAllocation {
  readonly devices: readonly AllocatedDevice[];
  readonly config: readonly AllocatedConfig[];
  /** Nodes from which all of its devices can be used; undefined: every node. */
  readonly nodeTerms: readonly NodeTerm[] | undefined;
}

/** What its driver says of a device that a claim has. */
export interface DeviceStatus {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  /** Types of the conditions that are true. */
  readonly conditions: readonly string[];
}

/** What Sluice keeps of a ResourceClaim. */
export interface DeviceClaimRecord {
  /** `namespace/name`; of a claim that was made for what a pod asks of nodes `specialClaimKey`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** UID of its controlling owner: the pod, for a claim that was made for one; else empty. */
  readonly ownerUid: string;
  readonly requests: readonly DeviceRequestRecord[];
  readonly constraints: readonly DeviceConstraint[];
  readonly config: readonly RequestConfig[];
  readonly allocation: DeviceAllocation | undefined;
  /** UIDs of the pods, and of whatever else, that may use it. */
  readonly reservedFor: readonly string[];
  /** It does not go while it has devices. */
  readonly isProtected: boolean;
  readonly statuses: readonly DeviceStatus[];
  /** What it asks for that is not supported, in words: no pod is placed with it before it is allocated. */
  readonly troubles: readonly string[];
}

/** Which devices a DeviceTaintRule is for; an empty text is any. */
export interface TaintedDevices {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
}

/** What Sluice keeps of a DeviceTaintRule. */
export interface DeviceTaintRuleRecord {
  readonly name: string;
  /** Undefined: none. */
  readonly devices: TaintedDevices | undefined;
  readonly taint: DeviceTaint;
}

/** A ResourceClaim that a pod uses. */
export interface PodDeviceClaim {
  /** `namespace/name`; while it is not made, with the name by which the pod's spec calls it. */
  readonly key: string;
  /** UID of the pod when the claim is made for it alone, from a template, else empty. */
  readonly podUid: string;
  /** False until its name stands in the pod's status. */
  readonly isMade: boolean;
  /** What the pod asks of nodes, if the claim stands for that: a scheduler makes it where the node does not publish it. */
  readonly asks?: readonly ExtendedAsk[];
  /** Name of the template from which it will be made; absent once it is. */
  readonly template?: string;
  /** The wish that it comes from, if it comes from one. */
  readonly wished?: WishedClaim;
}

/** A claim that a wish for accelerators came to. */
export interface WishedClaim extends ClaimDemand {
  /** The text of the wish, as it stands on the pod: nobody has looked at it. */
  readonly wish: string;
}

/** Of pods that use none: one list for all of them. */
export const NO_DEVICE_CLAIMS: readonly PodDeviceClaim[] = [];

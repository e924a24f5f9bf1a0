import type { ResourceAmounts } from './scheduling-shape.ts';

/** How strictly a kubelet keeps together what a container gets of CPUs and memory; the loosest first. */
export const NUMA_POLICIES = ['none', 'best-effort', 'restricted', 'single-numa-node'] as const;
export type NumaPolicy = (typeof NUMA_POLICIES)[number];

/** For what a kubelet looks for zones: for each container, or for all that the pod asks for. */
export const NUMA_SCOPES = ['container', 'pod'] as const;
export type NumaScope = (typeof NUMA_SCOPES)[number];

/** Of one resource, an amount for each zone, in the order of `NumatopologyRecord.zones`. */
export interface ZoneAmounts {
  /** All there is, what the node keeps for itself too. */
  readonly total: readonly number[];
  /** What of it containers may have for themselves. */
  readonly assignable: readonly number[];
  /** What of that nobody had when it was written. */
  readonly free: readonly number[];
}

/** What Sluice keeps of a Numatopology. A zone is a NUMA node: the word node is for machines. */
export interface NumatopologyRecord {
  /** Of the node, too. */
  readonly name: string;
  /** Of the node's kubelet. */
  readonly policy: NumaPolicy;
  /** Of the same; undefined where it does not tell. */
  readonly scope: NumaScope | undefined;
  /** Numbers of the zones, ascending; none where it cannot be read which CPU is where. */
  readonly zones: readonly number[];
  /** By resource, and only those that the kubelet gives containers for themselves; cpu in milli, all else in KiB. */
  readonly amounts: ReadonlyMap<string, ZoneAmounts>;
  /** Pods that have what is not free, by UID or `namespace/name`, with their CPUs where those are told; undefined where nobody tells. */
  readonly holders: ReadonlyMap<string, readonly ZoneShare[]> | undefined;
}

/** What one container gets for itself: whole CPUs (in milli), KiB of memory and of huge pages. */
export interface NumaContainer {
  /** A start-up step: those after it have what it had. */
  readonly isStep: boolean;
  readonly amounts: ResourceAmounts;
}

/** What somebody has of one zone. */
export interface ZoneShare {
  /** Its number. */
  readonly zone: number;
  readonly amounts: ResourceAmounts;
}

/** What a kubelet gives a pod for itself; one object for pods that say the same. */
export interface PodNuma {
  /** Equal texts for equal policies and containers. */
  readonly key: string;
  readonly policy: NumaPolicy;
  /** In the order in which the kubelet starts them. */
  readonly containers: readonly NumaContainer[];
}

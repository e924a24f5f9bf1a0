import type { ShardingSettings } from './sharding.ts';
import type { DiscoverySettings } from './topology-discovery.ts';

/** What is wrong with a ConfigMap. */
export interface Complaint {
  readonly code: 'ConfigurationRefused' | 'ConfigurationTrimmed';
  readonly problem: string;
  readonly object: { readonly namespace: string; readonly name: string; readonly uid: string };
}

/** A configuration that is followed in a ConfigMap. */
export interface Setting<T> {
  /** The last that had no mistakes; undefined while nothing is said. */
  readonly value: T | undefined;
  readonly complaint: Complaint | undefined;
}

/** What administrators say to controllers beside objects of the cluster. */
export interface ControllerSettings {
  readonly sharding: Setting<ShardingSettings>;
  readonly discovery: Setting<DiscoverySettings>;
}

const NOTHING_SAID = { value: undefined, complaint: undefined };

/** Outside of compatibility mode, and before anything was read. */
export const NO_SETTINGS: ControllerSettings = { sharding: NOTHING_SAID, discovery: NOTHING_SAID };

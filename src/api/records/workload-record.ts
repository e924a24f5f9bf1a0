import type { OwnerRecord } from './owner-record.ts';
import type { RootState } from './pod-group-record.ts';

/** What the controllers need of an object whose pods are alike and share a group: a ReplicaSet, a StatefulSet, a Job and the like. */
export interface WorkloadRecord {
  readonly key: string;
  /** As it is watched. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** Pods that it wants to have at the moment; undefined for one that says no number, as a DaemonSet. */
  readonly replicas: number | undefined;
  /** How many of its pods are to start together, as it or its template says; 0 when neither says anything that can be read. */
  readonly minMember: number;
  /** What those need together, as it or its template says: JSON, as written; empty when neither says anything. */
  readonly minResources: string;
  /** Annotations that its group takes over, as written on it or, before that, on its template; one empty map for most. */
  readonly handedDown: ReadonlyMap<string, string>;
  /** Only a Job is ever suspended, or comes to its end: it makes no pods then. */
  readonly state: RootState;
  /** The `controller: true` owner, as a Deployment is of its ReplicaSets. */
  readonly controller: OwnerRecord | undefined;
}

import type { FieldError } from '../src/lib/field-error.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { PatchOperation } from '../src/lib/json-patch.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** The parts of an AdmissionRequest (admission.k8s.io/v1) that decisions may depend on. */
export interface AdmissionRequest {
  /** Unique for each request: the only source of nonces, so that a decision stays a pure function of its input. */
  readonly uid: string;
  readonly group: string;
  readonly version: string;
  /** Plural resource name, e.g. `jobs`. */
  readonly resource: string;
  readonly subresource: string;
  readonly operation: Operation;
  /** The truth about the namespace; `metadata.namespace` of the object may be empty. */
  readonly namespace: string;
  /** Empty when the object has only a generateName. */
  readonly name: string;
  readonly username: string;
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  readonly dryRun: boolean;
}

/** What admission knows of the cluster: a light, possibly slightly stale view. */
export interface ClusterView {
  /** False until the queues were listed: nothing is refused as unknown before. */
  readonly synced: boolean;
  queue(name: string): { readonly state: string; readonly parent: string; readonly hasChildren: boolean } | undefined;
  /** Sorted. */
  queueNames(): readonly string[];
  /** Default queue of a namespace from its annotation; empty when none. */
  defaultQueue(namespace: string): string;
  group(namespace: string, name: string): GroupView | undefined;
  /** The group that was made for a root object, by the owner's UID. */
  groupOfOwner(ownerUid: string): GroupView | undefined;
}

export interface GroupView {
  readonly namespace: string;
  readonly name: string;
  readonly queue: string;
  readonly ownerUid: string;
  /** Minima by role; empty when the group has no roles. */
  readonly tasks: ReadonlyMap<string, number>;
  /** Kind and name of the object that Sluice made the group for (`Job/train`); empty when somebody else made it. */
  readonly origin: string;
}

export interface AllowVerdict {
  readonly kind: 'allow';
  /** Empty for "leave it as it is"; always empty from validators. */
  readonly patch: readonly PatchOperation[];
  /** Shown by kubectl; each at most 120 characters, no line breaks. */
  readonly warnings: readonly string[];
  /** Short keys (`[a-z-]+`); the API server prefixes them with the webhook's name in its audit log. */
  readonly audit: Readonly<Record<string, string>>;
}

export interface DenyVerdict {
  readonly kind: 'deny';
  /** 422 for bad values, 403 for forbidden acts. */
  readonly code: 403 | 422;
  /** Reason code from src/api/reasons.ts. */
  readonly reason: string;
  readonly errors: readonly FieldError[];
}

/** An internal fault; the review is answered by the declared failure mode, and counted. */
export interface ErrorVerdict {
  readonly kind: 'error';
  readonly message: string;
}

export type Verdict = AllowVerdict | DenyVerdict | ErrorVerdict;

/** Pure: the same request and view give the same verdict, byte for byte. Mutating twice equals mutating once. */
export type AdmitFn = (request: AdmissionRequest, view: ClusterView) => Verdict;

import { OPERATIONS_ANNOTATION } from '../../api/keys.ts';
import { numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What a Lease object says, as far as an election goes. Its timestamps are for people and never judged. */
export interface LeaseRecord {
  readonly resourceVersion: string;
  /** Empty: released. */
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string;
}

/** Reads a Lease object; missing fields read as a released lease. */
export function readLease(raw: JsonObject): LeaseRecord {
  return {
    resourceVersion: stringAt(raw, ['metadata', 'resourceVersion']),
    holder: stringAt(raw, ['spec', 'holderIdentity']),
    durationMs: numberAt(raw, ['spec', 'leaseDurationSeconds'], 0) * 1000,
    transitions: numberAt(raw, ['spec', 'leaseTransitions'], 0),
    acquireTime: stringAt(raw, ['spec', 'acquireTime']),
  };
}

/** Values of a Lease object to write. */
export interface LeaseContent {
  readonly namespace: string;
  readonly name: string;
  /** Empty for a lease that is created. */
  readonly resourceVersion: string;
  readonly holder: string;
  /** Where people reach the holder; absent where nobody does. */
  readonly operations?: string | undefined;
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string;
  readonly renewTime: string;
}

/** Builds a Lease object. The API keeps whole seconds: a shorter duration is rounded up. */
export function makeLease(content: LeaseContent): JsonObject {
  const { namespace, name, resourceVersion, holder, operations, durationMs, transitions, acquireTime, renewTime } =
    content;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      namespace,
      name,
      ...(resourceVersion === '' ? {} : { resourceVersion }),
      ...(operations === undefined ? {} : { annotations: { [OPERATIONS_ANNOTATION]: operations } }),
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1000)),
      leaseTransitions: transitions,
      acquireTime,
      renewTime,
    },
  };
}

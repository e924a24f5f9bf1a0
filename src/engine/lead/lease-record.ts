import { FREE_ROOM_ANNOTATION, OPERATIONS_ANNOTATION } from '../../api/keys.ts';
import { numberAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What a Lease object says, as far as an election goes. Its timestamps are for people and never judged. */
export interface LeaseRecord {
  readonly resourceVersion: string;
  /** Empty: released. */
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string;
  /** Labels and annotations; whoever installs the Lease finds what is his by them. */
  readonly marks: LeaseMarks;
}

export interface LeaseMarks {
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
}

/** Reads a Lease object; missing fields read as a released lease. */
export function readLease(raw: JsonObject): LeaseRecord {
  return {
    resourceVersion: stringAt(raw, ['metadata', 'resourceVersion']),
    holder: stringAt(raw, ['spec', 'holderIdentity']),
    durationMs: numberAt(raw, ['spec', 'leaseDurationSeconds'], 0) * 1000,
    transitions: numberAt(raw, ['spec', 'leaseTransitions'], 0),
    acquireTime: stringAt(raw, ['spec', 'acquireTime']),
    marks: { labels: objectAt(raw, 'metadata', 'labels'), annotations: objectAt(raw, 'metadata', 'annotations') },
  };
}

/** Values of a Lease object to write. */
export interface LeaseContent {
  readonly namespace: string;
  readonly name: string;
  /** Empty for a lease that is created. */
  readonly resourceVersion: string;
  readonly holder: string;
  /** As they were; replacing the object would drop them. */
  readonly marks?: LeaseMarks | undefined;
  /** Where people reach the holder; absent where nobody does. */
  readonly operations?: string | undefined;
  /** What nodes have left, as a resource list; absent where the holder does not know. */
  readonly freeRoom?: string | undefined;
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string;
  readonly renewTime: string;
}

/** Builds a Lease object. The API keeps whole seconds: a shorter duration is rounded up. */
export function makeLease(content: LeaseContent): JsonObject {
  const { namespace, name, resourceVersion, holder, durationMs, transitions, acquireTime, renewTime } = content;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      namespace,
      name,
      ...(resourceVersion === '' ? {} : { resourceVersion }),
      labels: content.marks?.labels ?? {},
      annotations: annotationsOf(content),
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

/** What the holder tells, in the place of what the one before it told. */
function annotationsOf({ marks, operations, freeRoom }: LeaseContent): JsonObject {
  const { [OPERATIONS_ANNOTATION]: _there, [FREE_ROOM_ANNOTATION]: _left, ...others } = marks?.annotations ?? {};
  return {
    ...others,
    ...(operations === undefined ? {} : { [OPERATIONS_ANNOTATION]: operations }),
    ...(freeRoom === undefined ? {} : { [FREE_ROOM_ANNOTATION]: freeRoom }),
  };
}

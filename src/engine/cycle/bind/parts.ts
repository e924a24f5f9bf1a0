import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { subGroupKey, subGroupOf } from '../../../api/records/sub-group-policy.ts';

/** A part of a group with those of its pods that count. */
export interface Part {
  readonly policy: number;
  /** Pods without which it is of no use. */
  readonly size: number;
  readonly pods: readonly PodRecord[];
}

/** The parts of a group that some of the pods are of; none without policies. O(pods x policies). */
export function partsOf({ subGroups }: PodGroupRecord, pods: Iterable<PodRecord>): readonly Part[] {
  if (subGroups.length === 0) return [];
  const parts = new Map<string, { policy: number; size: number; pods: PodRecord[] }>();
  for (const pod of pods) {
    const name = subGroupOf(subGroups, pod.labels);
    if (name === undefined) continue;
    const key = subGroupKey(name);
    let part = parts.get(key);
    if (part === undefined) {
      part = { policy: name.policy, size: subGroups[name.policy]?.size ?? 1, pods: [] };
      parts.set(key, part);
    }
    part.pods.push(pod);
  }
  return [...parts.values()];
}

export function isWholePart({ pods, size }: Part): boolean {
  return pods.length >= size;
}

/** Of which policy too few parts are whole; undefined when of none. */
export function missingParts({ key, subGroups }: PodGroupRecord, parts: readonly Part[]): string | undefined {
  for (const [policy, { name, minSubGroups }] of subGroups.entries()) {
    const whole = parts.filter((part) => part.policy === policy && isWholePart(part)).length;
    if (whole < minSubGroups) return `${whole} of ${minSubGroups} sub-groups ${name} of ${key}`;
  }
  return undefined;
}

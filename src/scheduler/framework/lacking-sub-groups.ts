import type { Job } from '../model/job.ts';
import type { SubGroups } from '../model/sub-groups.ts';
import type { Refusal } from '../model/refusal.ts';

/** Says of which part of the group there are too few pods; undefined when all may become whole that must. O(parts). */
export function lackingSubGroups(job: Job, subGroups: SubGroups): Refusal | undefined {
  let left = job.valid();
  for (const part of subGroups.all()) if (part.valid() < part.size) left -= part.pending();
  for (const kind of subGroups.kinds) {
    const { name, size, minSubGroups } = kind.policy;
    const count = subGroups.possible(kind);
    if (count >= minSubGroups) continue;
    const message = `PodGroup ${job.key} needs ${minSubGroups} sub-groups ${name} of ${size} pods and has pods for ${count}.`;
    return { code: 'NotEnoughSubGroups', message };
  }
  if (left >= job.minMember) return undefined;
  const message = `PodGroup ${job.key} needs ${job.minMember} pods, and ${left} are of sub-groups that have all their pods.`;
  return { code: 'NotEnoughSubGroups', message };
}

/** Says of a group that all its pods without a place are of parts that lack pods: a part is placed as a whole. */
export function incompleteParts({ key }: Job): Refusal {
  const message = `PodGroup ${key} has pods without a place in sub-groups that do not have all their pods, and a sub-group is placed as a whole.`;
  return { code: 'NotEnoughSubGroups', message };
}

/** e.g. `sub-groups worker: 2 of 4 whole`; empty without policies that ask for some. */
export function subGroupCounts({ kinds }: SubGroups): string {
  const asking = kinds.filter(({ policy }) => policy.minSubGroups > 0);
  return asking
    .map(({ policy, whole }) => `sub-groups ${policy.name}: ${whole} of ${policy.minSubGroups} whole`)
    .join(', ');
}

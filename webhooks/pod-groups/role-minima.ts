import type { PodGroupFacts } from './pod-group-facts.ts';

/** As in Volcano, the minima of roles hold where the group waits for all of them together: fewer are told to have no effect (volcano#1755). */
export function roleWarnings(group: PodGroupFacts, old: PodGroupFacts | undefined): readonly string[] {
  const needed = sumOfRoles(group);
  const least = wholeOf(group.minMember);
  if (needed <= least || (old !== undefined && sumOfRoles(old) === needed && wholeOf(old.minMember) === least))
    return [];
  return [`spec.minTaskMember has no effect: the roles need ${needed} together, and spec.minMember is ${least}`];
}

function sumOfRoles({ minTaskMember }: PodGroupFacts): number {
  return Object.values(minTaskMember).reduce<number>((sum, count) => sum + wholeOf(count), 0);
}

function wholeOf(count: unknown): number {
  return typeof count === 'number' ? count : 0;
}

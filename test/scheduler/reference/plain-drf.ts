import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { asks, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** The largest part of the cluster that its pods hold or are promised, without those on their way out and without pod slots. */
export function shareOf(world: PlainWorld, group: PodGroupRecord): number {
  const pods = world.membersIn(group, 'standing', 'lost', 'promised');
  const parts = world.resources.map((r) => {
    const total = r === 'pods' ? 0 : world.offered(r);
    return total === 0 ? 0 : sum(pods, (pod) => asks(pod, r)) / total;
  });
  return Math.max(...parts);
}

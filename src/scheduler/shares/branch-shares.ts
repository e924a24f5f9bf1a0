import type { Ancestor } from './ancestors.ts';
import { EPSILON } from './epsilon.ts';
import type { Share } from './share.ts';
import { shareOutOne } from './water-filling.ts';

/**
 * What queues deserve within the branches that they are part of. True when some deserve less now, so that others may
 * deserve more: whoever shares out does it again. Those queues ask for no more than that from now on.
 */
export function cutWithinBranches(branches: readonly Ancestor<Share>[]): boolean {
  let isCut = false;
  for (const { share, members } of branches) {
    for (let r = 0; r < share.capability.length; r += 1) {
      const limit = share.capability[r] ?? Infinity;
      const deserved = members.reduce((sum, member) => sum + (member.deserved[r] ?? 0), 0);
      if (deserved <= limit + EPSILON) continue;
      shareOutOne(r, limit, members);
      for (const member of members) {
        const [asks, gets] = [member.request[r] ?? 0, member.deserved[r] ?? 0];
        // Guarantees stay, and may be more than the branch has.
        if (gets >= asks - EPSILON) continue;
        member.request[r] = gets;
        isCut = true;
      }
    }
  }
  return isCut;
}

import type { ResourceGroup } from '../../api/resource-group.ts';
import { readResourceGroups } from '../../config/read-resource-groups.ts';
import type { Logger } from '../../engine/ports.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';
import { followReading } from './reading-feed.ts';
import type { FollowedReading } from './reading-feed.ts';
import type { ConfigMapPlace } from './setting-places.ts';

export const ADMISSION: FollowedReading<readonly ResourceGroup[]> = {
  what: 'admission configuration',
  key: /^volcano-admission.*\.conf$/,
  read: readResourceGroups,
  fields: (groups) => ({ groups: groups.map(({ name }) => name).join(', ') }),
  whenGone: 'ends',
};

/** Hands over the groups of Volcano's admission configuration, from now on; what has mistakes leaves those of before. */
export function followResourceGroups(
  base: FeedBase & { readonly log: Logger },
  place: ConfigMapPlace | undefined,
  take: (groups: readonly ResourceGroup[]) => void,
): ConfigurationFeed {
  if (place === undefined) return { isRead: true, stop() {} };
  return followReading(base, place, ADMISSION, ({ value }) => take(value ?? []));
}

import type { SettingPlaces } from './setting-places.ts';
import type { ControllerSettings } from '../../api/controller-settings.ts';
import { NO_SETTINGS } from '../../api/controller-settings.ts';
import type { ShardingSettings } from '../../api/sharding.ts';
import type { DiscoverySettings } from '../../api/topology-discovery.ts';
import { readDiscovery } from '../../config/read-discovery.ts';
import { readSharding } from '../../config/read-sharding.ts';
import type { Logger } from '../../engine/ports.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';
import { followReading } from './reading-feed.ts';
import type { FollowedReading } from './reading-feed.ts';

export const SHARDING: FollowedReading<ShardingSettings> = {
  what: 'sharding configuration',
  key: /^sharding\.yaml$/,
  read: readSharding,
  fields: ({ schedulers }) => ({ schedulers: schedulers.map(({ name }) => name).join(', ') }),
  whenGone: 'stays',
};

export const DISCOVERY: FollowedReading<DiscoverySettings> = {
  what: 'controller configuration',
  key: /^volcano-controller.*\.conf$/,
  read: readDiscovery,
  fields: ({ topologies }) => ({ topologies: topologies.map(({ name }) => name).join(', ') }),
  whenGone: 'ends',
};

/** Hands over what the ConfigMaps of Volcano's chart say to controllers, whenever one changes; nobody waits for them. */
export function followSettings(
  base: FeedBase & { readonly log: Logger },
  places: SettingPlaces | undefined,
  take: (settings: ControllerSettings) => void,
): Pick<ConfigurationFeed, 'stop'> {
  if (places === undefined) return { stop() {} };
  let settings = NO_SETTINGS;
  const put = (part: Partial<ControllerSettings>): void => take((settings = { ...settings, ...part }));
  const feeds = [
    followReading(base, places.sharding, SHARDING, (sharding) => put({ sharding })),
    followReading(base, places.discovery, DISCOVERY, (discovery) => put({ discovery })),
  ];
  return { stop: () => feeds.forEach((feed) => feed.stop()) };
}

import type { ControllerSettings } from '../api/controller-settings.ts';
import { NO_SETTINGS } from '../api/controller-settings.ts';
import type { ShardingSettings } from '../api/sharding.ts';
import { readSharding } from '../config/read-sharding.ts';
import type { Logger } from '../engine/ports.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';
import { followReading } from './reading-feed.ts';
import type { ConfigMapPlace, FollowedReading } from './reading-feed.ts';

/** Where the settings of controllers stand. */
export interface SettingPlaces {
  readonly sharding: ConfigMapPlace;
}

const SHARDING: FollowedReading<ShardingSettings> = {
  what: 'sharding configuration',
  key: /^sharding\.yaml$/,
  read: readSharding,
  fields: ({ schedulers }) => ({ schedulers: schedulers.map(({ name }) => name).join(', ') }),
  whenGone: 'stays',
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
  return followReading(base, places.sharding, SHARDING, (sharding) => put({ sharding }));
}

import type { ModelGeometries } from '../../api/cards/mig-geometries.ts';
import { geometryPlace } from '../../config/geometry-place.ts';
import type { SchedulerPolicy } from '../../config/policy.ts';
import { readGeometries } from '../../config/read-geometries.ts';
import type { GeometryKeeper } from '../../engine/policy/geometry-keeper.ts';
import type { Logger } from '../../engine/ports.ts';
import { isSame } from '../../lib/same.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';
import { followReading } from './reading-feed.ts';
import type { FollowedReading } from './reading-feed.ts';
import type { ConfigMapPlace } from './setting-places.ts';

const GEOMETRIES: FollowedReading<readonly ModelGeometries[]> = {
  what: 'configuration of how cards are cut',
  key: /^device-config\.yaml$/,
  read: readGeometries,
  fields: (models) => ({ models: models.flatMap((each) => each.models).join(', ') }),
  whenGone: 'ends',
};

/** Follows what is said of how cards are cut, where the scheduler's configuration says that it stands. */
export class GeometryFeed implements ConfigurationFeed {
  readonly #base: FeedBase & { readonly log: Logger };
  readonly #keeper: Pick<GeometryKeeper, 'take'>;
  #place: ConfigMapPlace | undefined;
  #feed: ConfigurationFeed | undefined;
  #wasRead = false;

  constructor(base: FeedBase & { readonly log: Logger }, keeper: Pick<GeometryKeeper, 'take'>) {
    this.#base = base;
    this.#keeper = keeper;
  }

  /** The scheduler's configuration is this one from now on. */
  see(policy: Pick<SchedulerPolicy, 'tiers'>): void {
    const place = geometryPlace(policy);
    if (isSame(place, this.#place)) return;
    this.stop();
    this.#place = place;
    if (place === undefined) return;
    const source = `ConfigMap ${place.namespace}/${place.name}`;
    this.#feed = followReading(this.#base, place, GEOMETRIES, (setting) => this.#keeper.take(source, setting));
  }

  /** Once: a ConfigMap of another name does not hold up who works already. */
  get isRead(): boolean {
    this.#wasRead ||= this.#feed?.isRead ?? true;
    return this.#wasRead;
  }

  stop(): void {
    this.#feed?.stop();
    this.#feed = undefined;
  }
}

import type { ConfigMapRecord } from '../../api/records/config-map-record.ts';
import { WATCHED_CONFIG_MAPS } from '../../api/watched-kinds.ts';
import type { Change } from '../../engine/ports.ts';
import type { WorkerBase } from './worker-base.ts';

/** A source that cannot be read holds the start up for so long. */
const PATIENCE_MS = 5000;

/** A source of configuration, being followed. */
export interface ConfigurationFeed {
  /** It was read, or waited for long enough. */
  readonly isRead: boolean;
  stop(): void;
}

/** What is needed of a worker. */
export type FeedBase = Pick<WorkerBase, 'clock' | 'follow'>;

/** The ConfigMap as it is; `absent` where there is none, `late` where it could not be read in time. */
export type ConfigMapNews = ConfigMapRecord | 'absent' | 'late';

/** Hands over the ConfigMap now and whenever it changes. */
export function followConfigMap(
  base: FeedBase,
  object: { readonly namespace: string; readonly name: string },
  take: (news: ConfigMapNews) => void,
): ConfigurationFeed {
  let isRead = false;
  const { type, project, keyOf } = WATCHED_CONFIG_MAPS;
  const unfollow = base.follow({ type, project, keyOf, namespace: object.namespace, name: object.name }, (changes) => {
    isRead = true;
    take(latest(changes) ?? 'absent');
  });
  // Whoever waits for it would keep the whole cluster waiting.
  const cancel = base.clock.after(PATIENCE_MS, () => {
    if (!isRead) take('late');
    isRead = true;
  });
  return {
    get isRead() {
      return isRead;
    },
    stop() {
      cancel();
      unfollow();
    },
  };
}

/** Of the one object that is followed. */
function latest(changes: readonly Change<ConfigMapRecord>[]): ConfigMapRecord | undefined {
  const last = changes.at(-1);
  if (last === undefined || last.kind === 'delete') return undefined;
  return last.kind === 'replace' ? last.records[0] : last.record;
}

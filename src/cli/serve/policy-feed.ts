import { readPolicyText } from '../../adapters/policy-text.ts';
import { WatchedFile } from '../../adapters/watched-file.ts';
import type { ConfigMapRecord } from '../../api/records/config-map-record.ts';
import { configurationKey, describeSource } from '../../config/policy-source.ts';
import type { PolicyReading, PolicySource } from '../../config/policy-source.ts';
import type { PolicyKeeper } from '../../engine/policy/policy-keeper.ts';
import type { Clock } from '../../engine/ports.ts';
import { followConfigMap } from './config-map-feed.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';

type Keeper = Pick<PolicyKeeper, 'take'>;

/** Hands the keeper whatever the source says, from now on. */
export function followPolicy(base: FeedBase, source: PolicySource, keeper: Keeper): ConfigurationFeed {
  switch (source.kind) {
    case 'default':
      return { isRead: true, stop() {} };
    case 'file':
      return followFile(base.clock, source.path, keeper);
    default:
      return followObject(base, source, keeper);
  }
}

/** The main thread has read it before: nothing has to wait for it. */
function followFile(clock: Clock, path: string, keeper: Keeper): ConfigurationFeed {
  const file = new WatchedFile(path, clock, (read) => {
    keeper.take(read.kind === 'text' ? readPolicyText(read.text) : { kind: 'absent', why: read.why });
  });
  file.start();
  return { isRead: true, stop: () => file.stop() };
}

type ObjectSource = PolicySource & { readonly kind: 'configMap' };

function followObject(base: FeedBase, source: ObjectSource, keeper: Keeper): ConfigurationFeed {
  const what = describeSource(source);
  return followConfigMap(base, source, (news) => {
    if (news === 'absent') keeper.take({ kind: 'absent', why: `there is no ${what}` });
    else if (news === 'late') keeper.take({ kind: 'absent', why: `${what} could not be read yet` });
    else keeper.take(readConfigMap(news, source), news);
  });
}

/** The scheduler's configuration as the ConfigMap has it. */
export function readConfigMap(
  { data }: ConfigMapRecord,
  { isVolcanos }: Pick<ObjectSource, 'isVolcanos'>,
): PolicyReading {
  const key = configurationKey([...data.keys()]);
  if (typeof key !== 'string') return { kind: 'errors', errors: [key] };
  return readPolicyText(data.get(key) ?? '', isVolcanos === true ? 'volcanos' : 'ours');
}

import { readYaml } from '../adapters/yaml-text.ts';
import type { ConfigMapRecord } from '../api/records/config-map-record.ts';
import type { ResourceGroup } from '../api/resource-group.ts';
import { readResourceGroups } from '../config/read-resource-groups.ts';
import type { ResourceGroupsResult } from '../config/read-resource-groups.ts';
import type { Logger } from '../engine/ports.ts';
import { formatFieldError } from '../lib/field-error.ts';
import { followConfigMap } from './config-map-feed.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';

type Base = FeedBase & { readonly log: Logger };

/** Hands over the groups of Volcano's admission configuration, from now on; what has mistakes leaves those of before. */
export function followResourceGroups(
  base: Base,
  object: { readonly namespace: string; readonly name: string } | undefined,
  take: (groups: readonly ResourceGroup[]) => void,
): ConfigurationFeed {
  if (object === undefined) return { isRead: true, stop() {} };
  const source = `ConfigMap ${object.namespace}/${object.name}`;
  return followConfigMap(base, object, (news) => {
    if (news === 'late') base.log.warn('the admission configuration could not be read yet', { source });
    const read = typeof news === 'string' ? NONE : groupsOf(news);
    if (read.kind === 'groups') {
      take(read.groups);
      base.log.info('admission configuration applied', {
        source,
        groups: read.groups.map(({ name }) => name).join(', '),
      });
      return;
    }
    const problem = read.errors.map(formatFieldError).join('; ');
    base.log.warn('admission configuration refused, the one before stays in force', { source, problem });
  });
}

const NONE: ResourceGroupsResult = { kind: 'groups', groups: [] };

/** Volcano's chart calls the key after its file, such as `volcano-admission.conf`. */
function groupsOf({ data }: ConfigMapRecord): ResourceGroupsResult {
  const key = [...data.keys()].find((each) => /^volcano-admission.*\.conf$/.test(each));
  if (key === undefined) return NONE;
  const yaml = readYaml(data.get(key) ?? '');
  return yaml.kind === 'errors' ? yaml : readResourceGroups(yaml.value);
}

import { accessRule, configurationAccess } from '../../api/access.ts';
import type { AccessRole, AccessRule } from '../../api/access.ts';
import type { VolcanoRelease } from '../../api/volcano-release.ts';
import { VOLCANO_CONFIGURATIONS } from '../../../webhooks/volcano/configurations.ts';

/** What a role needs in the place of Volcano, beside what it needs anywhere; the namespace of rules for one is Volcano's. */
export function compatAccess(names: VolcanoRelease, role: AccessRole): readonly AccessRule[] {
  switch (role) {
    case 'webhook':
      return [configurationAccess(names.admissionConfigMap)];
    case 'controllers':
      return [configurationAccess(names.shardingConfigMap), configurationAccess(names.controllerConfigMap)];
    case 'configuration':
      return [configurationAccess(names.schedulerConfigMap)];
    case 'certificates':
      return ofConfigurations(['get', 'patch']);
    case 'read-only':
      return ofConfigurations(['get']);
    case 'install':
      return ofConfigurations(['create', 'patch', 'delete']);
    default:
      return [];
  }
}

/** Each of the webhook configurations of Volcano's names. */
function ofConfigurations(verbs: AccessRule['verbs']): readonly AccessRule[] {
  const byType = Map.groupBy(VOLCANO_CONFIGURATIONS, ({ type }) => type);
  return [...byType].map(([type, found]) => accessRule(type, verbs, { names: found.map(({ name }) => name) }));
}

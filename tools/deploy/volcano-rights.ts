import type { AccessRole, AccessRule } from '../../src/api/access.ts';
import { VOLCANO_NAMESPACE, volcanoRelease } from '../../src/api/volcano-release.ts';
import type { VolcanoRelease } from '../../src/api/volcano-release.ts';
import { compatAccess } from '../../src/cli/serve/compat-access.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { binding, boundRole, rolesOf } from './rights.ts';
import { NAME, WEBHOOK_ACCOUNT } from './settings.ts';
import type { Settings } from './settings.ts';

/** Of one process that does everything, with certificates of its own. */
const ROLES: readonly AccessRole[] = [
  'webhook',
  'scheduler',
  'controllers',
  'certificates',
  'authority',
  'submitters',
  'configuration',
];

/** What a process in the place of Volcano needs beside the usual roles: they are bound once more, in Volcano's namespace. */
export function inPlaceOfVolcano(release: VolcanoRelease): readonly JsonObject[] {
  const more = ROLES.flatMap((role) => compatAccess(release, role));
  const own = ROLES.filter((role) => role !== 'configuration').flatMap(accessOf);
  const isOwn = ({ scope }: AccessRule): boolean => scope === 'own';
  const bound = ROLES.filter((role) => accessOf(role).some((rule) => !isOwn(rule)));
  const everywhere = more.filter((rule) => !isOwn(rule));
  const there = [...new Set([...own, ...more].filter(isOwn))];
  const account = { name: NAME, namespace: VOLCANO_NAMESPACE };
  return [
    ...boundRole('volcano', 'Cluster', everywhere, account),
    ...boundRole('volcano', '', there, account),
    ...[...bound, 'workloads'].map((role) =>
      binding('Cluster', `sluice-${role}`, { name: `sluice-volcano-${role}` }, [account]),
    ),
  ];
}

/** What the accounts of an installation in the place of Volcano need beside the usual roles. */
export function volcanoRoles({ namespace, certificates, volcano }: Settings): readonly JsonObject[] {
  if (volcano === undefined) return [];
  const names = volcanoRelease(volcano);
  return [NAME, WEBHOOK_ACCOUNT].flatMap((name) => {
    const rules = rolesOf(name, certificates).flatMap((role) => compatAccess(names, role));
    const role = name === NAME ? 'volcano' : 'volcano-webhook';
    const account = { name, namespace };
    return [
      ...boundRole(
        role,
        'Cluster',
        rules.filter(({ scope }) => scope === 'cluster'),
        account,
      ),
      ...boundRole(
        role,
        '',
        rules.filter(({ scope }) => scope === 'own'),
        account,
      ),
    ];
  });
}

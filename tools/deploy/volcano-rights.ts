import type { AccessRule } from '../../src/api/access.ts';
import { VOLCANO_NAMESPACE } from '../../src/api/volcano-release.ts';
import type { VolcanoRelease } from '../../src/api/volcano-release.ts';
import { compatAccess } from '../../src/cli/serve/compat-access.ts';
import { accessOf } from '../../src/engine/control/controller-access.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { binding, boundRole, deployedRoles } from './rights.ts';

const DEPLOYED = deployedRoles('built-in');

/** What a process in the place of Volcano needs beside the usual roles: they are bound once more, in Volcano's namespace. */
export function inPlaceOfVolcano(release: VolcanoRelease): readonly JsonObject[] {
  const more = DEPLOYED.flatMap((role) => compatAccess(release, role));
  const own = DEPLOYED.filter((role) => role !== 'configuration').flatMap(accessOf);
  const isOwn = ({ scope }: AccessRule): boolean => scope === 'own';
  const bound = DEPLOYED.filter((role) => accessOf(role).some((rule) => !isOwn(rule)));
  const everywhere = more.filter((rule) => !isOwn(rule));
  const there = [...new Set([...own, ...more].filter(isOwn))];
  return [
    ...boundRole('volcano', 'Cluster', everywhere, VOLCANO_NAMESPACE),
    ...boundRole('volcano', '', there, VOLCANO_NAMESPACE),
    ...[...bound, 'workloads'].map((role) =>
      binding('Cluster', `sluice-${role}`, { name: `sluice-volcano-${role}` }, VOLCANO_NAMESPACE),
    ),
  ];
}

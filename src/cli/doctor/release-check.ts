import { NEEDED_GROUP_VERSIONS, NEWEST_RELEASE, OLDEST_RELEASE } from '../../api/kubernetes-release.ts';
import type { Facts } from './facts.ts';
import { note, overRead, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

const CHECK = 'kubernetes';
const RANGE = `1.${OLDEST_RELEASE} to 1.${NEWEST_RELEASE}`;

/** Whether the API server is of a release that Sluice is made for, and serves all that it calls. */
export function releaseFindings({ release, groupVersions }: Facts): readonly Finding[] {
  const missing = overRead(CHECK, groupVersions, (served) =>
    NEEDED_GROUP_VERSIONS.filter((one) => !served.has(one)).map((one) =>
      wrong(CHECK, `the API server does not serve ${one}`, 'see its flag --runtime-config, or use a newer Kubernetes'),
    ),
  );
  return [...overRead(CHECK, release, (minor) => [releaseFinding(minor)]), ...missing];
}

function releaseFinding(minor: number): Finding {
  if (minor < OLDEST_RELEASE) {
    return wrong(CHECK, `the API server is of 1.${minor}; Sluice is made for ${RANGE}`, 'use a newer Kubernetes');
  }
  if (minor > NEWEST_RELEASE) {
    return note(
      CHECK,
      `the API server is of 1.${minor}; Sluice was tried with ${RANGE}`,
      'see whether there is a newer Sluice',
    );
  }
  return well(CHECK, `the API server is of 1.${minor}, which Sluice is made for`);
}

import { createSystemClock } from '../../adapters/clock.ts';
import { atCluster } from '../cluster/at-cluster.ts';
import { userTarget } from '../cluster/cluster-access.ts';
import type { ClusterTarget } from '../cluster/cluster-access.ts';
import { SetupError } from '../setup-error.ts';
import { diagnose, diagnosisText } from './diagnosis.ts';
import { exitCode } from './finding.ts';
import { observe } from './observe.ts';

/** The cluster, where Sluice is in it, and how it is told. */
export interface DoctorOptions extends ClusterTarget {
  readonly namespace: string;
  readonly output: 'text' | 'json';
}

/** Looks at an installation and says what is wrong and how to mend it; changes nothing. Resolves with the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  try {
    const { namespace, output } = options;
    const findings = await atCluster(userTarget(options), async ({ cluster, writer, http }) =>
      diagnose(await observe({ server: cluster.server, namespace }, { writer, http, clock: createSystemClock() })),
    );
    console.log(output === 'json' ? JSON.stringify({ findings }, undefined, 2) : diagnosisText(findings));
    return exitCode(findings);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice doctor: ${error.message}`);
    return NOT_LOOKED_AT;
  }
}

const NOT_LOOKED_AT = 3;

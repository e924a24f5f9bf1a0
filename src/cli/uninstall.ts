import { createSystemClock } from '../adapters/clock.ts';
import { createLogger } from '../adapters/log.ts';
import { createMetrics } from '../adapters/metrics.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterAccess, ClusterTarget } from './cluster-access.ts';
import { removeWebhooks } from './install.ts';
import { SetupError } from './setup-error.ts';

/** The cluster, and whose names the configurations have beside our own. */
export interface UninstallTarget extends ClusterTarget {
  readonly compat?: 'volcano';
}

/** Takes the webhook configurations away; resolves with the exit code. */
export async function uninstall(target: UninstallTarget): Promise<number> {
  const log = createLogger({ level: 'warn', pretty: process.stderr.isTTY === true });
  let access: ClusterAccess | undefined;
  try {
    access = await openCluster(target, {
      clock: createSystemClock(),
      log,
      metrics: createMetrics({ log, strict: false }),
    });
    for (const line of await removeWebhooks(access.cluster, target.compat === 'volcano')) console.log(line);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice uninstall: ${error.message}`);
    return 1;
  } finally {
    await access?.close();
  }
}

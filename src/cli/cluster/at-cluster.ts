import process from 'node:process';
import { createSystemClock } from '../../adapters/clock.ts';
import { createLogger } from '../../adapters/log.ts';
import { createMetrics } from '../../adapters/metrics.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterAccess, ClusterTarget } from './cluster-access.ts';

/** For a command that people run: opens the way to the cluster for as long as the work takes. Rejects with a SetupError when there is none. */
export async function atCluster<T>(
  target: ClusterTarget,
  work: (access: ClusterAccess, nowMs: number) => Promise<T>,
): Promise<T> {
  const log = createLogger({ level: 'warn', pretty: process.stderr.isTTY === true });
  const clock = createSystemClock();
  const access = await openCluster(target, { clock, log, metrics: createMetrics({ log, strict: false }) });
  try {
    return await work(access, clock.nowMs());
  } finally {
    await access.close();
  }
}

import { createSystemClock } from '../../adapters/clock.ts';
import { createLogger } from '../../adapters/log.ts';
import { createMetrics } from '../../adapters/metrics.ts';
import { openCluster } from '../cluster/cluster-access.ts';
import type { ClusterAccess } from '../cluster/cluster-access.ts';
import { loadPolicy } from './policy-file.ts';
import { preflight } from './preflight.ts';
import { RunningServer } from './running-server.ts';
import type { ServeOptions } from './serve-options.ts';
import { SetupError } from '../setup-error.ts';

/** Runs the chosen roles until a signal, the parent's end or a fatal fault; resolves with the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const log = createLogger({
    level: options.logLevel,
    pretty: process.stderr.isTTY === true,
    fields: { role: 'main' },
  });
  const clock = createSystemClock();
  let access: ClusterAccess | undefined;
  try {
    const policy = await loadPolicy(options.policySource);
    const metrics = createMetrics({ log, strict: false, withProcess: true });
    access = await openCluster(options, { clock, log, metrics });
    const { credentials, cluster, writer } = access;
    await preflight(cluster, options);
    const server = new RunningServer({ options, policy, credentials, cluster, writer, clock, log, metrics });
    return await server.run();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice serve: ${error.message}`);
    return 1;
  } finally {
    await access?.close();
  }
}

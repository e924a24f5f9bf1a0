import { createSystemClock } from '../adapters/clock.ts';
import { createLogger } from '../adapters/log.ts';
import { createMetrics } from '../adapters/metrics.ts';
import type { SchedulerPolicy } from '../config/policy.ts';
import type { Logger } from '../engine/ports.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { loadPolicy } from './policy-file.ts';
import { preflight } from './preflight.ts';
import { RunningServer } from './running-server.ts';
import type { ServeOptions } from './serve-options.ts';
import { SetupError } from './setup-error.ts';

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
    const policy = await loadPolicy(options.schedulerConfig);
    tellOfBudgets(policy, log);
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

/** The name is taken for Volcano's sake: whoever takes it out to have budgets ignored shall not be surprised. */
function tellOfBudgets({ tiers }: SchedulerPolicy, log: Logger): void {
  if (!tiers.flat().some(({ name }) => name === 'pdb')) return;
  log.info('the plugin pdb adds nothing: disruption budgets are always minded');
}

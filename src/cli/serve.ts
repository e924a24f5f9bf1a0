import { createSystemClock } from '../adapters/clock.ts';
import { loadCredentials } from '../adapters/kube/connect/credentials.ts';
import type { CredentialChoice } from '../adapters/kube/connect/credentials.ts';
import { createKubeHttp } from '../adapters/kube/connect/http-client.ts';
import { createWriter } from '../adapters/kube/write/writer.ts';
import { createLogger } from '../adapters/log.ts';
import { createMetrics } from '../adapters/metrics.ts';
import { Cluster } from './cluster.ts';
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
  const cleanUp: (() => void | Promise<void>)[] = [];
  try {
    const policy = await loadPolicy(options.schedulerConfig);
    const credentials = await loadCredentials(credentialChoice(options), { clock, log }).catch(asSetupError);
    cleanUp.push(() => credentials.stop());
    const metrics = createMetrics({ log, strict: false, withProcess: true });
    const http = createKubeHttp(credentials);
    cleanUp.push(() => http.close());
    const writer = createWriter({ http, clock, metrics, log });
    const cluster = new Cluster(credentials.current().server, writer, clock);
    await preflight(cluster, options);
    const server = new RunningServer({ options, policy, credentials, cluster, writer, clock, log, metrics });
    return await server.run();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice serve: ${error.message}`);
    return 1;
  } finally {
    for (const end of cleanUp.toReversed()) await end();
  }
}

function credentialChoice(options: ServeOptions): CredentialChoice {
  if (options.kubeconfig !== '') return { kind: 'kubeconfig', path: options.kubeconfig, context: options.context };
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined) {
    throw new SetupError('no cluster: give --kubeconfig FILE, or run in a pod with a service account');
  }
  return { kind: 'inCluster', host, port };
}

function asSetupError(error: unknown): never {
  throw new SetupError(error instanceof Error ? error.message : String(error));
}

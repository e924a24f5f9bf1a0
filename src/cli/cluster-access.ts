import { loadCredentials } from '../adapters/kube/connect/credentials.ts';
import type { CredentialChoice, LoadedCredentials } from '../adapters/kube/connect/credentials.ts';
import { createKubeHttp } from '../adapters/kube/connect/http-client.ts';
import { createWriter } from '../adapters/kube/write/writer.ts';
import type { Clock, ClusterWriter, Logger, Metrics } from '../engine/ports.ts';
import { Cluster } from './cluster.ts';
import { SetupError } from './setup-error.ts';

/** Which cluster a command is about, as the command line gives it. */
export interface ClusterTarget {
  readonly kubeconfig?: string;
  readonly context?: string | undefined;
}

/** An open way to a cluster. */
export interface ClusterAccess {
  readonly credentials: LoadedCredentials;
  readonly writer: ClusterWriter;
  readonly cluster: Cluster;
  close(): Promise<void>;
}

/** Opens the way to the cluster of a kubeconfig, or of the pod that we run in; throws a SetupError when there is none. */
export async function openCluster(
  target: ClusterTarget,
  ports: { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics },
): Promise<ClusterAccess> {
  const credentials = await loadCredentials(credentialChoice(target), ports).catch(asSetupError);
  const http = createKubeHttp(credentials);
  const writer = createWriter({ http, ...ports });
  return {
    credentials,
    writer,
    cluster: new Cluster(credentials.current().server, writer, ports.clock),
    async close() {
      await http.close();
      credentials.stop();
    },
  };
}

function credentialChoice({ kubeconfig = '', context }: ClusterTarget): CredentialChoice {
  if (kubeconfig !== '') return { kind: 'kubeconfig', path: kubeconfig, context };
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined) {
    throw new SetupError('no cluster: give --kubeconfig FILE, or run in a pod with a service account');
  }
  return { kind: 'inCluster', host, port };
}

function asSetupError(error: unknown): never {
  throw new SetupError(error instanceof Error ? error.message : String(error));
}

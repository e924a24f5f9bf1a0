import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { loadCredentials } from '../../adapters/kube/connect/credentials.ts';
import type { CredentialChoice, LoadedCredentials } from '../../adapters/kube/connect/credentials.ts';
import { createKubeHttp } from '../../adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../adapters/kube/connect/http-client.ts';
import { createWriter } from '../../adapters/kube/write/writer.ts';
import type { Clock, ClusterWriter, Logger, Metrics } from '../../engine/ports.ts';
import { Cluster } from './cluster.ts';
import { SetupError } from '../setup-error.ts';

/** Which cluster a command is about, as the command line gives it. */
export interface ClusterTarget {
  readonly kubeconfig?: string;
  readonly context?: string | undefined;
  /** Address of the API server instead of the kubeconfig's; empty for none. */
  readonly server?: string | undefined;
}

/** An open way to a cluster. */
export interface ClusterAccess {
  readonly credentials: LoadedCredentials;
  readonly http: KubeHttp;
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
    http,
    writer,
    cluster: new Cluster(credentials.current().server, writer, ports.clock),
    async close() {
      await http.close();
      credentials.stop();
    },
  };
}

/**
 * For commands that people run: without a flag the kubeconfig that kubectl would take, if there is one. `KUBECONFIG` with
 * several files is refused, for they are not merged.
 */
export function userTarget({ kubeconfig, context, server }: ClusterTarget): ClusterTarget {
  const { KUBECONFIG: named = '', HOME: home = '' } = process.env;
  const usual = join(home, '.kube', 'config');
  const file = kubeconfig ?? (named === '' && existsSync(usual) ? usual : named);
  if (kubeconfig === undefined && file.includes(delimiter)) {
    throw new SetupError('KUBECONFIG names several files, which are not merged: give --kubeconfig FILE');
  }
  return { kubeconfig: file, context, server };
}

function credentialChoice({ kubeconfig = '', context, server }: ClusterTarget): CredentialChoice {
  if (kubeconfig !== '') return { kind: 'kubeconfig', path: kubeconfig, context, server };
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined) {
    throw new SetupError('no cluster: give --kubeconfig FILE, or run in a pod with a service account');
  }
  return { kind: 'inCluster', host, port };
}

function asSetupError(error: unknown): never {
  throw new SetupError(error instanceof Error ? error.message : String(error));
}

import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock, Logger } from '../../../engine/ports.ts';
import { readTextIfPresent } from '../../files.ts';
import { sameConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import type { ObservableConnectionSource } from './connection-channel.ts';

/** Which credentials to use; `inCluster` reads the service account of the pod. */
export type CredentialChoice =
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly context?: string | undefined }
  | { readonly kind: 'inCluster'; readonly folder?: string; readonly host: string; readonly port: string };

/** What the credentials need of the platform. */
export interface CredentialPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** How often files are read again and expiring tokens renewed; 0 never. */
  readonly refreshEveryMs?: number;
}

/** A source of credentials with its own refresh timer. */
export interface LoadedCredentials extends ObservableConnectionSource {
  /** Namespace of the context or of the pod; `default` when neither tells. */
  readonly namespace: string;
  /** Ends the refresh timer. */
  stop(): void;
}

interface Reading {
  readonly connection: Connection;
  readonly namespace: string;
}

/** Reads credentials; `fresh` drops whatever an authenticator cached. */
type Reader = (fresh: boolean) => Promise<Reading>;

const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const REFRESH_EVERY_MS = 60_000;

/** Loads credentials; rejects with one sentence for people when they cannot be used. */
export async function loadCredentials(choice: CredentialChoice, ports: CredentialPorts): Promise<LoadedCredentials> {
  const read = choice.kind === 'inCluster' ? inClusterReader(choice) : await kubeconfigReader(choice);
  return new Credentials(read, await read(true), ports);
}

class Credentials implements LoadedCredentials {
  readonly namespace: string;
  readonly #read: Reader;
  readonly #ports: CredentialPorts;
  readonly #listeners = new Set<(connection: Connection) => void>();
  #current: Connection;
  #refreshing: Promise<Connection> | undefined;
  #cancelTimer: () => void = () => undefined;
  #stopped = false;

  constructor(read: Reader, first: Reading, ports: CredentialPorts) {
    this.#read = read;
    this.#ports = ports;
    this.#current = first.connection;
    this.namespace = first.namespace;
    this.#schedule();
  }

  current(): Connection {
    return this.#current;
  }

  refresh(): Promise<Connection> {
    this.#refreshing ??= this.#reload(true).finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  onChange(listener: (connection: Connection) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** A failed read keeps what we have: old credentials may still work, none at all cannot. */
  async #reload(fresh: boolean): Promise<Connection> {
    try {
      const { connection } = await this.#read(fresh);
      if (!sameConnection(connection, this.#current)) {
        this.#current = connection;
        for (const listener of this.#listeners) listener(connection);
      }
    } catch (error) {
      this.#ports.log.warn('credentials could not be read again', { error: String(error) });
    }
    return this.#current;
  }

  #schedule(): void {
    const everyMs = this.#ports.refreshEveryMs ?? REFRESH_EVERY_MS;
    if (everyMs === 0 || this.#stopped) return;
    this.#cancelTimer = this.#ports.clock.after(everyMs, () => {
      void this.#reload(false).then(() => this.#schedule());
    });
  }
}

/** Loads client-node only here: it costs 0.4 s and 75 MB, which no worker thread has to pay. */
async function kubeconfigReader(choice: { path: string; context?: string | undefined }): Promise<Reader> {
  const client = await import('@kubernetes/client-node');
  let config: KubeConfig | undefined;
  return async (fresh) => {
    if (config === undefined || fresh) {
      const loaded = new client.KubeConfig();
      loadFile(loaded, choice.path);
      if (choice.context !== undefined) loaded.setCurrentContext(choice.context);
      config = loaded;
    }
    return readKubeconfig(config, choice.path);
  };
}

/** What goes wrong with a file is told with the file's name. */
function loadFile(config: KubeConfig, path: string): void {
  try {
    config.loadFromFile(path);
  } catch (error) {
    throw new Error(`cannot read the kubeconfig ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The options of node:https that client-node fills in. */
interface FilledOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
  headers?: Record<string, unknown>;
}

async function readKubeconfig(config: KubeConfig, path: string): Promise<Reading> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Error(`the kubeconfig ${path} has no cluster for the context "${config.getCurrentContext() ?? ''}"`);
  }
  if (cluster.proxyUrl !== undefined)
    throw new Error(`the kubeconfig ${path} asks for a proxy, which is not supported`);
  // The token file authenticator writes into `headers` without making them first.
  const filled: FilledOptions = { headers: {} };
  await config.applyToHTTPSOptions(filled);
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    connection: {
      server: cluster.server.replace(/\/+$/, ''),
      caPem: asText(filled.ca),
      certPem: asText(filled.cert),
      keyPem: asText(filled.key),
      token: bearerToken(filled.headers),
      serverName: filled.servername,
      insecure: cluster.skipTLSVerify === true || filled.rejectUnauthorized === false,
    },
  };
}

function inClusterReader(choice: { folder?: string; host: string; port: string }): Reader {
  const folder = choice.folder ?? SERVICE_ACCOUNT_FOLDER;
  const host = choice.host.includes(':') ? `[${choice.host}]` : choice.host;
  return async () => {
    const token = await readTextIfPresent(`${folder}/token`);
    if (token === undefined) throw new Error(`no service account token in ${folder}: is this a pod of a cluster?`);
    const namespace = await readTextIfPresent(`${folder}/namespace`);
    return {
      namespace: namespace?.trim() ?? 'default',
      connection: {
        server: `https://${host}:${choice.port}`,
        caPem: await readTextIfPresent(`${folder}/ca.crt`),
        token: token.trim(),
        insecure: false,
      },
    };
  };
}

function asText(pem: string | Buffer | undefined): string | undefined {
  return pem?.toString('utf8');
}

function bearerToken(headers: Record<string, unknown> | undefined): string | undefined {
  const header = headers?.['Authorization'] ?? headers?.['authorization'];
  return typeof header === 'string' && header.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
}

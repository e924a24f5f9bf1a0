import type { Clock, Logger } from '../../../engine/ports.ts';
import { readTextIfPresent } from '../../files.ts';
import { sameConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import type { ObservableConnectionSource } from './connection-channel.ts';
import { KubeconfigReader } from './kubeconfig-reader.ts';
import type { Reading } from './kubeconfig-reader.ts';

/** Which credentials to use; `inCluster` reads the service account of the pod. */
export type CredentialChoice =
  | {
      readonly kind: 'kubeconfig';
      readonly path: string;
      readonly context?: string | undefined;
      /** Address to take instead of that of the context; empty for none. */
      readonly server?: string | undefined;
    }
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

/** Reads credentials; `fresh` drops whatever an authenticator cached. */
type Reader = (fresh: boolean) => Promise<Reading>;

const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const REFRESH_EVERY_MS = 60_000;
/** A program that prints credentials asks cloud services, and may take some seconds. */
const PLUGIN_TIMEOUT_MS = 30_000;

/** Loads credentials; rejects with one sentence for people when they cannot be used. */
export async function loadCredentials(choice: CredentialChoice, ports: CredentialPorts): Promise<LoadedCredentials> {
  const read = choice.kind === 'inCluster' ? inClusterReader(choice) : kubeconfigReader(choice, ports);
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

function kubeconfigReader(choice: Extract<CredentialChoice, { kind: 'kubeconfig' }>, ports: CredentialPorts): Reader {
  const reader = new KubeconfigReader({
    path: choice.path,
    context: choice.context,
    nowMs: () => ports.clock.nowMs(),
    pluginTimeoutMs: PLUGIN_TIMEOUT_MS,
  });
  const server = choice.server?.replace(/\/+$/, '') ?? '';
  return async (fresh) => {
    const reading = await reader.read(fresh);
    return server === '' ? reading : { ...reading, connection: { ...reading.connection, server } };
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

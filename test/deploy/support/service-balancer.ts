import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A replica as a Service sees it. */
export interface Backend {
  readonly port: number;
  readonly operationsPort: number;
}

/** About what a kubelet takes to see that a container has died. */
const LOOK_MS = 1000;
/** As the Deployment's probe has it: whoever is frozen for less stays in the Service. */
const LOOK_TIMEOUT_MS = 5000;

/**
 * What a Service is to an API server: one address, and new connections go by turns to the replicas that said lately that they are
 * ready. Open ones stay where they are, as with kube-proxy, until an end is closed.
 */
export class ServiceBalancer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #backends = new Set<Backend>();
  readonly #ready = new Set<Backend>();
  #next = 0;
  #isStopped = false;

  private constructor(server: Server, backends: readonly Backend[]) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#forward(socket));
    for (const backend of backends) this.add(backend);
  }

  /** Listens at loopback, unless it says where. */
  static async start(
    backends: readonly Backend[],
    { port, host }: { readonly port: number; readonly host: string } = { port: 0, host: '127.0.0.1' },
  ): Promise<ServiceBalancer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new ServiceBalancer(server, backends);
  }

  /** Gets new connections once it says that it is ready. */
  add(backend: Backend): void {
    this.#backends.add(backend);
    void this.#watch(backend);
  }

  /** Gets no new connections from now on. */
  remove(backend: Backend): void {
    this.#backends.delete(backend);
    this.#ready.delete(backend);
  }

  /** How many replicas get new connections. */
  get readyCount(): number {
    return this.#ready.size;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  /** Who gets the next new connection; undefined while nobody is ready. */
  next(): Backend | undefined {
    return [...this.#ready][(this.#next += 1) % Math.max(1, this.#ready.size)];
  }

  #forward(client: Socket): void {
    const backend = this.next();
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const server = connect(backend.port, '127.0.0.1');
    this.#pipe(client, server);
    this.#pipe(server, client);
  }

  /** One of the two directions; the end of either socket is the end of both. */
  #pipe(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }

  async #watch(backend: Backend): Promise<void> {
    while (!this.#isStopped && this.#backends.has(backend)) {
      const ready = await isReady(backend);
      if (ready && this.#backends.has(backend)) this.#ready.add(backend);
      else this.#ready.delete(backend);
      await sleep(LOOK_MS, undefined, { ref: false });
    }
  }
}

async function isReady({ operationsPort }: Backend): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
    return (await fetch(`http://127.0.0.1:${operationsPort}/readyz`, { signal })).ok;
  } catch {
    return false;
  }
}

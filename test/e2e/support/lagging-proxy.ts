import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { writeKubeconfig } from '../../control-plane/kubeconfig.ts';
import { makeServerIdentity } from '../../support/tls-identity.ts';

/** Milliseconds, asked for anew for each chunk of a watch and for each write. */
export interface Lags {
  readonly watchMs: () => number;
  readonly writeMs: () => number;
}

/**
 * Stands between Sluice and the API server and holds things up. Of watches: what happened is told later, in order, each watch
 * by a lag of its own that goes up and down, as on a server whose cache lags. Of writes: they reach a busy server late.
 * Lists and single reads pass at once.
 */
export class LaggingProxy {
  readonly kubeconfigPath: string;
  /** Bytes that came through late. */
  delayedBytes = 0;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #upstream: string;
  readonly #lags: Lags;

  private constructor(server: Server, plane: ControlPlane, kubeconfigPath: string, lags: Lags) {
    this.kubeconfigPath = kubeconfigPath;
    this.#server = server;
    this.#upstream = plane.url;
    this.#lags = lags;
    this.#agent = new Agent({ connect: { ca: plane.caPem }, allowH2: false, bodyTimeout: 0, headersTimeout: 0 });
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      this.#pass(incoming, response).catch(() => response.destroy());
    });
  }

  static async start(plane: ControlPlane, lags: Lags): Promise<LaggingProxy> {
    const { keyPem, certPem } = makeServerIdentity();
    const server = createServer({ key: keyPem, cert: certPem });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { adminToken: token, dataDir } = plane;
    const path = `${dataDir}/lagging-${port}.kubeconfig`;
    await writeKubeconfig(path, { url: `https://127.0.0.1:${port}`, caPem: certPem, user: 'admin', token, dataDir });
    return new LaggingProxy(server, plane, path, lags);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await Promise.all([once(this.#server, 'close'), this.#agent.destroy()]);
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (incoming.method !== 'GET') await sleep(this.#lags.writeMs());
    const { host: _, connection: __, ...headers } = incoming.headers;
    const answer = await request(`${this.#upstream}${incoming.url ?? '/'}`, {
      dispatcher: this.#agent,
      method: methodOf(incoming),
      headers: definedOnly(headers),
      signal: gone.signal,
      ...(incoming.method === 'GET' ? {} : { body: incoming }),
    });
    response.writeHead(answer.statusCode, definedOnly(answer.headers));
    response.flushHeaders();
    const isWatch = incoming.url?.includes('watch=1') === true;
    // One after the other: two timers that are due in the same millisecond may run in any order.
    let last: Promise<unknown> = Promise.resolve();
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      if (!isWatch) {
        response.write(chunk);
        continue;
      }
      this.delayedBytes += chunk.length;
      const dueMs = performance.now() + this.#lags.watchMs();
      last = last.then(() => sleep(Math.max(0, dueMs - performance.now()))).then(() => response.write(chunk));
    }
    await last;
    response.end();
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function methodOf({ method }: IncomingMessage): Method {
  const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return methods.find((known) => known === method) ?? 'GET';
}

function definedOnly(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

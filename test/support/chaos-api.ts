import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/lib/json.ts';
import { bookmark, rawPod } from './reflector-bench.ts';

/** Events that a resumed watch can still get; older ones are compacted away. */
const HISTORY = 40;
const NAMES = 30;

interface PastEvent {
  readonly version: number;
  readonly type: string;
  readonly object: JsonObject;
}

interface Watcher {
  readonly response: ServerResponse;
  /** Nothing is sent any more, and nothing ends: a peer that is half open. */
  isFrozen: boolean;
}

/** A collection of pods that changes at random, behind a server that answers badly at random until `heal`. */
export class ChaosApi {
  readonly url: string;
  readonly versions = new Map<string, string>();
  /** Faults played so far. */
  faults = 0;
  readonly #server: Server;
  readonly #random: () => number;
  readonly #past: PastEvent[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 1;
  #isIll = true;

  private constructor(server: Server, url: string, random: () => number) {
    this.#server = server;
    this.url = url;
    this.#random = random;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#handle(request, response));
  }

  static async start(seed: number): Promise<ChaosApi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new ChaosApi(server, `http://127.0.0.1:${port}`, seededRandom(seed));
  }

  /** Creates, changes or deletes one pod. */
  change(): void {
    this.#version += 1;
    const name = `p${Math.floor(this.#random() * NAMES)}`;
    const object = rawPod(name, this.#version);
    const isThere = this.versions.has(name);
    const type = !isThere ? 'ADDED' : this.#random() < 0.3 ? 'DELETED' : 'MODIFIED';
    if (type === 'DELETED') this.versions.delete(name);
    else this.versions.set(name, String(this.#version));
    const event = { version: this.#version, type, object };
    this.#past.push(event);
    if (this.#past.length > HISTORY) this.#past.shift();
    for (const watcher of this.#watchers) this.#deliver(watcher, event);
  }

  /** From now on everything is answered as it should be; what is frozen stays frozen. */
  heal(): void {
    this.#isIll = false;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? '', this.url).searchParams;
    if (this.#strikes(0.3)) this.#answerBadly(response);
    else if (query.get('watch') !== '1') response.end(JSON.stringify(this.#list()));
    else this.#watch(query.get('resourceVersion'), response);
  }

  #watch(from: string | null, response: ServerResponse): void {
    const oldest = this.#past[0]?.version ?? 0;
    if (from !== null && Number(from) < oldest - 1) {
      response.writeHead(410).end(JSON.stringify({ kind: 'Status', code: 410, reason: 'Expired' }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watcher: Watcher = { response, isFrozen: false };
    if (from === null) {
      for (const [name, version] of this.versions) send(response, 'ADDED', rawPod(name, version));
      send(response, 'BOOKMARK', bookmark(this.#version, true));
    } else {
      for (const event of this.#past) if (event.version > Number(from)) this.#deliver(watcher, event);
    }
    this.#watchers.add(watcher);
    response.once('close', () => this.#watchers.delete(watcher));
  }

  #deliver(watcher: Watcher, event: PastEvent): void {
    if (watcher.isFrozen || watcher.response.writableEnded || watcher.response.destroyed) return;
    if (this.#strikes(0.06)) this.#disturb(watcher, event);
    else send(watcher.response, event.type, event.object);
  }

  #disturb(watcher: Watcher, event: PastEvent): void {
    const { response } = watcher;
    const line = JSON.stringify({ type: event.type, object: event.object });
    const faults: readonly (() => void)[] = [
      () => response.socket?.resetAndDestroy(),
      () => response.end(),
      () => response.end(line.slice(0, Math.floor(line.length * this.#random()))),
      () => response.write(`${line.slice(0, 20)}${line.slice(25)}\n`),
      () => send(response, 'ERROR', { code: 410, reason: 'Expired' }),
      () => send(response, 'ERROR', { code: 500, message: 'etcd' }),
      () => (watcher.isFrozen = true),
      () => this.#sayTwice(response, event),
      () => this.#replay(response, event),
    ];
    faults[Math.floor(this.#random() * faults.length)]?.();
  }

  #sayTwice(response: ServerResponse, event: PastEvent): void {
    send(response, event.type, event.object);
    send(response, event.type, event.object);
  }

  /** What a server that lags behind would send, before the event itself. */
  #replay(response: ServerResponse, event: PastEvent): void {
    for (const old of this.#past.slice(-4)) send(response, old.type, old.object);
    send(response, event.type, event.object);
  }

  #answerBadly(response: ServerResponse): void {
    const answers: readonly (() => unknown)[] = [
      () => response.writeHead(500).end('{}'),
      () => response.writeHead(503).end('not json'),
      () => response.writeHead(410).end(JSON.stringify({ code: 410 })),
      () => response.socket?.resetAndDestroy(),
      () => response.writeHead(200).end(),
      // Says nothing at all until the client gives up.
      () => undefined,
    ];
    answers[Math.floor(this.#random() * answers.length)]?.();
  }

  #list(): JsonObject {
    const items = [...this.versions].map(([name, version]) => rawPod(name, version));
    return { metadata: { resourceVersion: String(this.#version) }, items };
  }

  #strikes(chance: number): boolean {
    const does = this.#isIll && this.#random() < chance;
    if (does) this.faults += 1;
    return does;
  }
}

function send(response: ServerResponse, type: string, object: JsonObject): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

/** The same numbers for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

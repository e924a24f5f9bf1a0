import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Key and certificate of a TLS server. */
export interface ServerIdentity {
  readonly keyPem: string;
  readonly certPem: string;
}

/** One request that waits for the test to answer it, well or badly. */
export class FaultExchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Settles when the client, or the test, has ended the exchange. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    const url = new URL(request.url ?? '/', 'http://server');
    this.method = request.method ?? '';
    this.path = url.pathname;
    this.query = url.searchParams;
    this.headers = request.headers;
    this.body = body;
    this.#response = response;
    this.closed = new Promise((resolve) => response.once('close', resolve));
  }

  /** A whole answer; texts and bytes are sent as they are. */
  answer(status: number, body: unknown = {}, headers: Record<string, string> = {}): void {
    const bytes = typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body);
    this.#response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
  }

  /** One watch event. */
  event(type: string, object: unknown): void {
    this.raw(`${JSON.stringify({ type, object })}\n`);
  }

  /** Bytes of a streamed answer, as they are. */
  raw(bytes: string | Buffer): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'application/json' });
    this.#response.write(bytes);
  }

  /** Sends the head of a streamed answer and nothing else. */
  open(contentType = 'application/json'): void {
    this.#response.writeHead(200, { 'content-type': contentType });
    this.#response.flushHeaders();
  }

  /** Ends a streamed answer as a server does. */
  end(): void {
    if (!this.#response.headersSent) this.open();
    this.#response.end();
  }

  /** TCP reset; under TLS, an end without a closing alert. */
  reset(): void {
    const { socket } = this.#response;
    if (socket instanceof TLSSocket) socket.destroy();
    else socket?.resetAndDestroy();
  }
}

/** A server whose every answer is given by the test, request by request, in order of arrival. */
export class FaultServer {
  readonly url: string;
  /** Connections accepted so far. */
  connections = 0;
  readonly #server: Server;
  readonly #arrived: FaultExchange[] = [];
  readonly #waiting: ((exchange: FaultExchange) => void)[] = [];

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on('connection', () => (this.connections += 1));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#arrive(request, response));
  }

  /** Listens on a free port, with TLS when an identity is given. */
  static async start(identity?: ServerIdentity, host = '127.0.0.1'): Promise<FaultServer> {
    const server =
      identity === undefined ? createServer() : createTlsServer({ key: identity.keyPem, cert: identity.certPem });
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return new FaultServer(server, `${identity === undefined ? 'http' : 'https'}://${authority}`);
  }

  /** The next request that nobody has taken. */
  next(): Promise<FaultExchange> {
    const exchange = this.#arrived.shift();
    if (exchange !== undefined) return Promise.resolve(exchange);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Requests that arrived and that nobody has taken. */
  get untaken(): number {
    return this.#arrived.length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #arrive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const exchange = new FaultExchange(request, response, Buffer.concat(chunks).toString('utf8'));
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#arrived.push(exchange);
    else taker(exchange);
  }
}

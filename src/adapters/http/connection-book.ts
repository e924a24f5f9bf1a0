import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** How many connections may be open at once. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Of one address; several API servers may stand behind one. */
  readonly maxConnectionsPerPeer: number;
}

/**
 * Knows the open connections, also those that the HTTP layer does not count as idle: those in their handshake and those
 * that never carried a request. When there are too many, of one peer or in all, the one whose last whole review is
 * longest ago is closed: silent connections keep nobody out.
 */
export class ConnectionBook {
  readonly #limits: ConnectionLimits;
  /** In the order of their last whole review, or of their opening. */
  readonly #open = new Set<Duplex>();
  readonly #byPeer = new Map<string, Set<Duplex>>();
  readonly #unused = new Set<Duplex>();
  readonly #handshaking = new Map<string, Socket>();
  /** The connection under each TLS stream. */
  readonly #carriers = new WeakMap<Duplex, Socket>();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.on('connection', (socket) => this.#add(socket as Socket));
    server.on('secureConnection', (stream) => this.#secure(stream));
    server.on('request', (request) => this.#unused.delete(request.socket));
  }

  /** The stream has carried a whole review: of all connections it is the last to be closed. */
  carriedReview(stream: Duplex): void {
    const socket = this.#carriers.get(stream);
    if (socket === undefined || !this.#open.delete(socket)) return;
    this.#open.add(socket);
    const peers = this.#byPeer.get(socket.remoteAddress ?? '');
    if (peers?.delete(socket) === true) peers.add(socket);
  }

  /** Ends the connections that never carried a request. */
  closeUnused(): void {
    for (const stream of this.#unused) stream.destroy();
  }

  /** Ends all connections, whatever they are doing. */
  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #add(socket: Socket): void {
    const { remoteAddress = '' } = socket;
    const place = placeOf(socket);
    const peers = this.#byPeer.get(remoteAddress) ?? new Set();
    this.#byPeer.set(remoteAddress, peers);
    peers.add(socket);
    this.#open.add(socket);
    this.#handshaking.set(place, socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#handshaking.delete(place);
      peers.delete(socket);
      if (peers.size === 0 && this.#byPeer.get(remoteAddress) === peers) this.#byPeer.delete(remoteAddress);
    });
    if (peers.size > this.#limits.maxConnectionsPerPeer) this.#closeFirst(peers);
    else if (this.#open.size > this.#limits.maxConnections) this.#closeFirst(this.#open);
  }

  #closeFirst(connections: ReadonlySet<Duplex>): void {
    for (const socket of connections) {
      socket.destroy();
      return;
    }
  }

  #secure(stream: TLSSocket): void {
    const place = placeOf(stream);
    const socket = this.#handshaking.get(place);
    this.#handshaking.delete(place);
    if (socket !== undefined) this.#carriers.set(stream, socket);
    this.#unused.add(stream);
    stream.once('close', () => this.#unused.delete(stream));
  }
}

/** Of all open connections only one comes from there. */
function placeOf(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}

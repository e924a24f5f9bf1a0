import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';

/**
 * Knows the open connections that the HTTP layer does not count as idle: those that never carried a request, and those
 * still in their handshake. Without it, one of them could hold up the end of the server.
 */
export class ConnectionBook {
  readonly #open = new Set<Duplex>();
  readonly #unused = new Set<Duplex>();

  constructor(server: Server) {
    server.on('connection', (socket) => keep(this.#open, socket));
    server.on('secureConnection', (socket) => keep(this.#unused, socket));
    server.on('request', (request: IncomingMessage) => this.#unused.delete(request.socket));
  }

  /** Ends the connections that never carried a request. */
  closeUnused(): void {
    for (const socket of this.#unused) socket.destroy();
  }

  /** Ends all connections, whatever they are doing. */
  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

function keep(book: Set<Duplex>, socket: Duplex): void {
  book.add(socket);
  socket.once('close', () => book.delete(socket));
}

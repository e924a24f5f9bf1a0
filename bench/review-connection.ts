import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';

/** Hears the end of each request of a connection. */
export interface AnswerListener {
  /** The last one says that the server takes no more on this connection. */
  onAnswer(status: number, body: string, isLast: boolean): void;
  /** The connection is of no use any more. */
  onBroken(message: string): void;
}

const HEAD_END = '\r\n\r\n';

/** One keep-alive connection that carries one request at a time; as little work as possible between socket and clock. */
export class ReviewConnection {
  readonly #socket: TLSSocket;
  readonly #listener: AnswerListener;
  #received = '';

  private constructor(socket: TLSSocket, listener: AnswerListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => listener.onBroken(error.message));
    socket.on('close', () => listener.onBroken('the server closed the connection'));
  }

  /** Resolves once the handshake is done. */
  static open(port: number, ca: string, listener: AnswerListener): Promise<ReviewConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        socket.off('error', reject);
        resolve(new ReviewConnection(socket, listener));
      });
      socket.once('error', reject);
    });
  }

  /** Sends a whole HTTP request; not to be called again before its answer. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = contentLength(head);
    const bodyStart = headEnd + HEAD_END.length;
    if (this.#received.length < bodyStart + length) return;
    const status = Number(this.#received.slice(9, 12));
    const body = this.#received.slice(bodyStart, bodyStart + length);
    this.#received = '';
    this.#listener.onAnswer(status, body, /\r\nconnection: close/i.test(head));
  }
}

function contentLength(head: string): number {
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

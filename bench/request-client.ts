import { fixedConnection } from '../src/adapters/kube/connect/connection.ts';
import type { Connection } from '../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../src/adapters/kube/connect/http-client.ts';
import type { HttpRequest, KubeHttp } from '../src/adapters/kube/connect/http-client.ts';
import type { OpenStream, StreamReceiver } from '../src/adapters/kube/connect/stream-exchange.ts';
import { stringAt } from '../src/lib/json.ts';

const TIMEOUT_MS = 60_000;

/** The client that Sluice itself writes with, as a function that answers; all contenders' pods are created through it. */
export class RequestClient {
  readonly #http: KubeHttp;

  constructor(connection: Connection, connections: number) {
    this.#http = createKubeHttp(fixedConnection(connection), { maxWriteSockets: connections });
  }

  /** Creates and resolves once it is stored; rejects for any answer but 201. */
  async create(path: string, body: object): Promise<void> {
    await this.#send(post(path, body), false);
  }

  /** Creates and resolves with the UID that the object got. */
  async createForUid(path: string, body: object): Promise<string> {
    return stringAt(JSON.parse(await this.#send(post(path, body), true)), ['metadata', 'uid']);
  }

  /** Opens a watch. */
  watch(path: string, receiver: StreamReceiver, accept: string): OpenStream {
    return this.#http.stream(path, receiver, accept);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #send(request: HttpRequest, wantsAnswer: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const receiver = {
        wantsBody: (status: number) => wantsAnswer || status !== 201,
        onAnswer: (status: number, _: number | undefined, body: string) => {
          if (status === 201) resolve(body);
          else reject(new Error(`${request.method} ${request.path}: ${status} ${body.slice(0, 300)}`));
        },
        onFailure: (message: string) => reject(new Error(`${request.method} ${request.path}: ${message}`)),
      };
      this.#http.send(request, receiver, TIMEOUT_MS);
    });
  }
}

function post(path: string, body: object): HttpRequest {
  return { method: 'POST', path, contentType: 'application/json', body: JSON.stringify(body) };
}

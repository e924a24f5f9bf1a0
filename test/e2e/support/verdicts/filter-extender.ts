import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arrayAt, stringAt } from '../../../../src/lib/json.ts';

/**
 * The far end of a kube-scheduler's extender: it is told for each pod which nodes passed all filters of kube-scheduler itself,
 * notes them, and refuses them all, so that no pod is ever bound. It is not asked when no node passed.
 */
export class FilterExtender {
  /** Names of nodes by UID of the pod. */
  readonly passed = new Map<string, readonly string[]>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FilterExtender> {
    const extender = new FilterExtender();
    await new Promise<void>((resolve) => extender.#server.listen(0, '127.0.0.1', resolve));
    return extender;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const names = arrayAt(asked, 'NodeNames').filter((name) => typeof name === 'string');
    this.passed.set(stringAt(asked, ['Pod', 'metadata', 'uid']), names);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ NodeNames: [] }));
  }
}

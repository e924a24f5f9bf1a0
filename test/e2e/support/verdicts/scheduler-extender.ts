import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { arrayAt, stringAt } from '../../../../src/lib/json.ts';

/**
 * The far end of a kube-scheduler's extender: it is told for each pod which nodes passed all filters of kube-scheduler itself, and
 * notes them. It is not asked when no node passed. No pod is ever bound: either it refuses all nodes, or the binding.
 */
export class SchedulerExtender {
  /** Names of nodes by UID of the pod. */
  readonly passed = new Map<string, readonly string[]>();
  readonly #refusesNodes: boolean;
  readonly #server: Server;

  private constructor(refusesNodes: boolean) {
    this.#refusesNodes = refusesNodes;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(refusesNodes: boolean): Promise<SchedulerExtender> {
    const extender = new SchedulerExtender(refusesNodes);
    await new Promise<void>((resolve) => extender.#server.listen(0, '127.0.0.1', resolve));
    return extender;
  }

  /** What the configuration of kube-scheduler says of it. */
  get configuration(): object {
    const { port } = this.#server.address() as AddressInfo;
    const verbs = this.#refusesNodes ? { filterVerb: 'filter' } : { filterVerb: 'filter', bindVerb: 'bind' };
    return { urlPrefix: `http://127.0.0.1:${port}`, ...verbs, nodeCacheCapable: true, httpTimeout: '30s' };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/bind' ? { Error: 'nobody is bound here' } : this.#filter(asked)));
  }

  #filter(asked: unknown): object {
    const names = arrayAt(asked, 'NodeNames').filter((name) => typeof name === 'string');
    this.passed.set(stringAt(asked, ['Pod', 'metadata', 'uid']), names);
    return { NodeNames: this.#refusesNodes ? [] : names };
  }
}

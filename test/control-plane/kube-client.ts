import { Agent, request } from 'undici';

/** An answer of the API server. */
export type KubeResponse = {
  readonly status: number;
  /** The parsed JSON body, or the text where it is none. */
  readonly body: unknown;
};

/** Whom a client speaks to, and as whom. */
export type KubeClientOptions = {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  readonly connections?: number;
};

/** Raw requests to one API server over shared keep-alive connections. */
export class KubeClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(options: KubeClientOptions) {
    this.#url = options.url;
    this.#token = options.token;
    this.#agent = new Agent({ connect: { ca: options.caPem }, connections: options.connections ?? 16, allowH2: false });
  }

  /** One request; any status is an answer, only a broken connection throws. */
  async request(method: Method, path: string, body?: unknown, contentType = 'application/json'): Promise<KubeResponse> {
    const response = await request(`${this.#url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json', 'content-type': contentType },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.statusCode, body: parsed(await response.body.text()) };
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The verbs of the API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

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

  /** The lines of an answer that goes on, such as a watch; the end of the answer is their end. */
  async *lines(path: string): AsyncGenerator<string> {
    const response = await request(`${this.#url}${path}`, {
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json' },
      bodyTimeout: 0,
    });
    yield* linesOf(response.body);
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The verbs of the API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Cuts a stream into its lines; what comes after the last line's end is dropped. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

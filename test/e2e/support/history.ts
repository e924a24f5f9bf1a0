import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { resourcePath } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { arrayAt, isJsonObject, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { linesOf } from '../../control-plane/kube-client.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';

/** One change as the API server told it. */
export interface HistoryEvent {
  /** Plural name of the kind. */
  readonly kind: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Revision of the store: one order over all kinds, which no clock or connection can change. */
  readonly revision: number;
  /** When the event arrived here; monotonic. */
  readonly atMs: number;
  /** `namespace/name`, or the name alone. */
  readonly key: string;
  readonly object: JsonObject;
}

const GIVE_UP_MS = 30_000;
/** A kind whose definition was changed is refused so for a moment, while its storage starts. */
const STARTING = 429;
const AGAIN_MS = 100;

/** Every change of some kinds from the moment it is started, kept as the API server's own watch tells them. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #plane: Pick<ControlPlane, 'url' | 'adminToken'>;
  readonly #agent: Agent;
  readonly #current = new Map<string, JsonObject>();
  readonly #listeners = new Set<(event: HistoryEvent) => void>();
  readonly #stopping = new AbortController();
  readonly #feeds: Promise<void>[] = [];
  #failure: Error | undefined;

  private constructor(plane: Pick<ControlPlane, 'url' | 'adminToken' | 'caPem'>) {
    this.#plane = plane;
    this.#agent = new Agent({ connect: { ca: plane.caPem }, allowH2: false, bodyTimeout: 0 });
  }

  /** Lists and then watches each kind; resolves once every list is in. */
  static async start(
    plane: Pick<ControlPlane, 'url' | 'adminToken' | 'caPem'>,
    types: readonly ResourceType[],
  ): Promise<History> {
    const history = new History(plane);
    await history.follow(types);
    return history;
  }

  /** Takes up more kinds, which may not have been served before. */
  async follow(types: readonly ResourceType[]): Promise<void> {
    const revisions = await Promise.all(types.map((type) => this.#list(type)));
    types.forEach((type, at) => this.#feeds.push(this.#follow(type, revisions[at] ?? '')));
  }

  /** All events in the order in which the store took the changes. */
  inOrder(): readonly HistoryEvent[] {
    return this.events.toSorted((a, b) => a.revision - b.revision);
  }

  /** Events of one object, oldest first. */
  of(type: ResourceType, key: string): readonly HistoryEvent[] {
    return this.events.filter((event) => event.kind === type.plural && event.key === key);
  }

  /** The objects of a kind as they are now. */
  all(type: ResourceType): readonly JsonObject[] {
    const prefix = `${type.plural} `;
    return [...this.#current].filter(([id]) => id.startsWith(prefix)).map(([, object]) => object);
  }

  get(type: ResourceType, key: string): JsonObject | undefined {
    return this.#current.get(`${type.plural} ${key}`);
  }

  /** Calls for each event from now on; the returned function ends it. */
  listen(listener: (event: HistoryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first value that is not undefined; it is asked for now and after every event. */
  until<T>(what: string, find: () => T | undefined, giveUpMs = GIVE_UP_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.#failure === undefined ? find() : undefined;
        if (found === undefined && this.#failure === undefined) return;
        end();
        if (found === undefined) reject(this.#failure ?? new Error(what));
        else resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`${what}: not seen within ${giveUpMs / 1000} s`));
      }, giveUpMs);
      const unlisten = this.listen(look);
      const end = (): void => {
        clearTimeout(timer);
        unlisten();
      };
      look();
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#feeds);
    await this.#agent.destroy();
  }

  async #list(type: ResourceType): Promise<string> {
    const response = await this.#request(resourcePath(type));
    const body: unknown = await response.body.json();
    if (response.statusCode !== 200) throw new Error(`cannot list ${type.plural}: ${stringAt(body, ['message'])}`);
    for (const item of arrayAt(body, 'items')) if (isJsonObject(item)) this.#take(type, 'ADDED', item);
    return stringAt(body, ['metadata', 'resourceVersion']);
  }

  /**
   * A stream that the server ends is taken up where it ended; anything else would be a hole in the history. Only where a definition
   * was changed meanwhile does the server know nothing of before: then what is different is taken from a list.
   */
  async #follow(type: ResourceType, from: string): Promise<void> {
    let revision = from;
    while (!this.#stopping.signal.aborted) {
      try {
        const response = await this.#request(`${resourcePath(type)}?watch=true&resourceVersion=${revision}`);
        if (response.statusCode === STARTING) {
          await response.body.dump();
          await sleep(AGAIN_MS);
          continue;
        }
        for await (const line of linesOf(response.body)) {
          if (isExpired(line)) revision = await this.#takeDifferences(type);
          else revision = this.#takeLine(type, line);
        }
      } catch (error) {
        if (!this.#stopping.signal.aborted) this.#fail(type, error);
        return;
      }
    }
  }

  /** What has changed since the last event of the kind, one change an object; resolves with the revision of the list. */
  async #takeDifferences(type: ResourceType): Promise<string> {
    let response = await this.#request(resourcePath(type));
    while (response.statusCode === STARTING) {
      await response.body.dump();
      await sleep(AGAIN_MS);
      response = await this.#request(resourcePath(type));
    }
    const body: unknown = await response.body.json();
    const known = new Map(this.all(type).map((object) => [stringAt(object, ['metadata', 'uid']), object]));
    for (const item of arrayAt(body, 'items').filter(isJsonObject)) {
      const uid = stringAt(item, ['metadata', 'uid']);
      const before = known.get(uid);
      known.delete(uid);
      if (before === undefined) this.#take(type, 'ADDED', item);
      else if (versionOf(before) !== versionOf(item)) this.#take(type, 'MODIFIED', item);
    }
    for (const gone of known.values()) this.#take(type, 'DELETED', gone);
    return versionOf(body);
  }

  #request(path: string): ReturnType<typeof request> {
    const headers = { authorization: `Bearer ${this.#plane.adminToken}`, accept: 'application/json' };
    const { signal } = this.#stopping;
    return request(`${this.#plane.url}${path}`, { dispatcher: this.#agent, headers, signal });
  }

  #takeLine(type: ResourceType, line: string): string {
    const event: unknown = JSON.parse(line);
    const change = stringAt(event, ['type']);
    const object = isJsonObject(event) ? event['object'] : undefined;
    if ((change !== 'ADDED' && change !== 'MODIFIED' && change !== 'DELETED') || !isJsonObject(object)) {
      throw new Error(line.slice(0, 300));
    }
    this.#take(type, change, object);
    return versionOf(object);
  }

  #take(type: ResourceType, change: HistoryEvent['type'], object: JsonObject): void {
    const namespace = stringAt(object, ['metadata', 'namespace']);
    const name = stringAt(object, ['metadata', 'name']);
    const key = namespace === '' ? name : `${namespace}/${name}`;
    const revision = Number(stringAt(object, ['metadata', 'resourceVersion']));
    const event = { kind: type.plural, type: change, revision, atMs: performance.now(), key, object };
    this.events.push(event);
    if (change === 'DELETED') this.#current.delete(`${type.plural} ${key}`);
    else this.#current.set(`${type.plural} ${key}`, object);
    for (const listener of this.#listeners) listener(event);
  }

  #fail(type: ResourceType, error: unknown): void {
    this.#failure = new Error(`the history of ${type.plural} broke off`, { cause: error });
    const event = this.events.at(-1);
    if (event !== undefined) for (const listener of this.#listeners) listener(event);
  }
}

function isExpired(line: string): boolean {
  return line.startsWith('{"type":"ERROR"') && line.includes('"code":410');
}

function versionOf(object: unknown): string {
  return stringAt(object, ['metadata', 'resourceVersion']);
}

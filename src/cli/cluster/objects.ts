import { qualifiedName } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { ClusterWriter, WriteRequest } from '../../engine/ports.ts';
import { arrayAt, isJsonObject } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';

const NO_SUCH_PATH = '404 page not found';

/** Where an object is; an empty namespace is all of them, or a kind without. */
export interface Place {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
}

/** Objects of a cluster for commands that people run, with their own rights: what goes wrong is a SetupError in the server's words. */
export class Objects {
  readonly #writer: ClusterWriter;

  constructor(writer: ClusterWriter) {
    this.#writer = writer;
  }

  async get(place: Place): Promise<JsonObject> {
    return (await this.#send(place, 'get', undefined)) ?? {};
  }

  /** All objects of a kind in a namespace. One request: lists of people are short. */
  async list(type: ResourceType, namespace: string): Promise<readonly JsonObject[]> {
    const listed = await this.#send({ type, namespace, name: '' }, 'get', undefined);
    return arrayAt(listed, 'items').filter((item) => isJsonObject(item));
  }

  async create(type: ResourceType, namespace: string, body: JsonObject): Promise<JsonObject> {
    return (await this.#send({ type, namespace, name: '' }, 'create', body)) ?? {};
  }

  async mergePatch(place: Place, body: JsonObject): Promise<void> {
    await this.#send(place, 'mergePatch', body);
  }

  async remove(place: Place): Promise<void> {
    await this.#send(place, 'delete', undefined);
  }

  async #send(place: Place, verb: WriteRequest['verb'], body: JsonObject | undefined): Promise<JsonObject | undefined> {
    const outcome = await this.#writer.write({ ...place, verb, subresource: '', lane: 'decision', body });
    if (outcome.kind === 'done') return outcome.object;
    // Not an object but the whole kind is missing: the server has no path for it, and says no more than that.
    if (outcome.kind === 'notFound' && outcome.message.startsWith(NO_SUCH_PATH)) {
      throw new SetupError(`the server does not serve ${qualifiedName(place.type)}: is Sluice installed there?`);
    }
    throw new SetupError('message' in outcome ? outcome.message : outcome.kind);
  }
}

import { MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../engine/ports.ts';
import { arrayAt, isJsonObject } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ConfigurationFact, Read } from '../doctor/facts.ts';

/** Reads for commands that look at a cluster: what cannot be read is a fact, too. */
export class Look {
  readonly #writer: ClusterWriter;

  constructor(writer: ClusterWriter) {
    this.#writer = writer;
  }

  /** All objects of a kind, of one namespace unless it is empty; none where the kind is not served. */
  async list(type: ResourceType, namespace = ''): Promise<Read<readonly JsonObject[]>> {
    const outcome = await this.send({ verb: 'get', type, namespace, name: '' });
    if (outcome.kind === 'done') return { kind: 'read', value: arrayAt(outcome.object, 'items').filter(isJsonObject) };
    return outcome.kind === 'notFound' ? { kind: 'read', value: [] } : unread(outcome);
  }

  async object(type: ResourceType, name: string, namespace: string): Promise<Read<JsonObject | undefined>> {
    const outcome = await this.send({ verb: 'get', type, namespace, name });
    if (outcome.kind === 'done') return { kind: 'read', value: outcome.object };
    return outcome.kind === 'notFound' ? { kind: 'read', value: undefined } : unread(outcome);
  }

  /** The webhook configurations of both kinds. */
  async configurations(): Promise<Read<readonly ConfigurationFact[]>> {
    const all: ConfigurationFact[] = [];
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
      const read = await this.list(type);
      if (read.kind === 'unread') return read;
      all.push(...read.value.map((object) => ({ kind: type.kind, object })));
    }
    return { kind: 'read', value: all };
  }

  send(request: SentRequest): Promise<WriteOutcome> {
    return this.#writer.write({ subresource: '', body: undefined, lane: 'decision', ...request });
  }
}

/** What a command says of a request; the rest is as usual. */
export type SentRequest = Pick<WriteRequest, 'verb' | 'type' | 'namespace' | 'name'> & Partial<WriteRequest>;

/** What could not be read, with the server's words. */
export function unread(outcome: WriteOutcome): { readonly kind: 'unread'; readonly why: string } {
  return { kind: 'unread', why: whyOf(outcome) };
}

/** The server's words. */
export function whyOf(outcome: WriteOutcome): string {
  return 'message' in outcome ? outcome.message : outcome.kind;
}

import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { arrayAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** Webhook configurations as an API server holds them, one a kind. */
export class ConfigurationStore implements ClusterWriter {
  readonly objects = new Map<string, JsonObject>();
  readonly verbs: string[] = [];
  /** What was created, as it was sent. */
  readonly made: JsonObject[] = [];
  /** Answered instead, as long as there are some. */
  readonly failures: WriteOutcome[] = [];
  #version = 0;

  write({ verb, type, body, manager }: WriteRequest): Promise<WriteOutcome> {
    if (verb !== 'get') this.verbs.push(`${verb} ${type.kind}${manager === undefined ? '' : ` as ${manager}`}`);
    return Promise.resolve(this.failures.shift() ?? this.#answer(verb, type.kind, body));
  }

  put(kind: string, object: JsonObject): WriteOutcome {
    this.#version += 1;
    const metadata = { name: 'sluice', resourceVersion: String(this.#version) };
    this.objects.set(kind, { ...object, metadata });
    return { kind: 'done', object: this.objects.get(kind) };
  }

  /** The bundles of all entries, as text. */
  bundles(): readonly string[] {
    return [...this.objects.values()].flatMap((object) =>
      arrayAt(object, 'webhooks').map((webhook) => atob(stringAt(webhook, ['clientConfig', 'caBundle']))),
    );
  }

  /** As somebody who edits every entry. */
  setBundle(kind: string, bundle: string): void {
    const webhooks = arrayAt(this.objects.get(kind), 'webhooks').map((one) => withBundle(one, btoa(bundle)));
    this.put(kind, { ...this.objects.get(kind), webhooks });
  }

  #answer(verb: WriteRequest['verb'], kind: string, body: JsonObject | undefined): WriteOutcome {
    const found = this.objects.get(kind);
    if (verb === 'create') {
      if (found !== undefined) return { kind: 'conflict', message: 'it exists' };
      this.made.push(body ?? {});
      return this.put(kind, body ?? {});
    }
    if (found === undefined) return { kind: 'notFound', message: 'gone' };
    if (verb === 'get') return { kind: 'done', object: found };
    const isCurrent =
      stringAt(body, ['metadata', 'resourceVersion']) === stringAt(found, ['metadata', 'resourceVersion']);
    if (!isCurrent) return { kind: 'conflict', message: 'moved on' };
    return this.put(kind, verb === 'apply' ? applied(found, body) : { ...found, ...body });
  }
}

/** Entries are told apart by their names, and only what is applied changes. */
function applied(found: JsonObject, body: JsonObject | undefined): JsonObject {
  const bundles = new Map(
    arrayAt(body, 'webhooks').map((one) => [stringAt(one, ['name']), stringAt(one, ['clientConfig', 'caBundle'])]),
  );
  const webhooks = arrayAt(found, 'webhooks').map((one) => withBundle(one, bundles.get(stringAt(one, ['name'])) ?? ''));
  return { ...found, webhooks };
}

function withBundle(webhook: JsonValue, caBundle: string): JsonValue {
  return { ...objectAt(webhook), clientConfig: { ...objectAt(webhook, 'clientConfig'), caBundle } };
}

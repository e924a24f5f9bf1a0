import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

interface StoredSecret {
  readonly version: number;
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Secrets in memory behind the writer port, with the API server's preconditions; texts are kept decoded. */
export class SecretStore implements ClusterWriter {
  readonly secrets = new Map<string, StoredSecret>();
  readonly requests: WriteRequest[] = [];
  /** Answers to give instead, in order; a function may change the store first, as another replica would. */
  readonly script: (() => WriteOutcome | undefined)[] = [];
  /** Grows over deletions too, as the API server's does. */
  #version = 0;

  write(request: WriteRequest): Promise<WriteOutcome> {
    this.requests.push(request);
    const scripted = this.script.shift()?.();
    return Promise.resolve(scripted ?? this.#apply(request));
  }

  put(name: string, data: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>> = {}): void {
    this.#merge(name, data, annotations);
  }

  get verbs(): readonly string[] {
    return this.requests.map(({ verb, name }) => `${verb} ${name}`);
  }

  #apply(request: WriteRequest): WriteOutcome {
    const { verb, name, body } = request;
    const named = verb === 'create' ? stringAt(body, ['metadata', 'name']) : name;
    const stored = this.secrets.get(named);
    if (verb === 'create' && stored !== undefined) return { kind: 'conflict', message: `${named} already exists` };
    if (verb !== 'create' && stored === undefined) return { kind: 'notFound', message: `${named} not found` };
    if (verb === 'mergePatch' && stringAt(body, ['metadata', 'resourceVersion']) !== String(stored?.version)) {
      return { kind: 'conflict', message: 'the object has been modified' };
    }
    if (verb !== 'get') {
      const data = { ...objectAt(body, 'data'), ...objectAt(body, 'stringData') };
      this.#merge(named, data, objectAt(body, 'metadata', 'annotations'));
    }
    return this.#read(named);
  }

  #merge(name: string, data: JsonObject, annotations: JsonObject): void {
    const before = this.secrets.get(name);
    this.#version += 1;
    this.secrets.set(name, {
      version: this.#version,
      data: merged(before?.data, data),
      annotations: merged(before?.annotations, annotations),
    });
  }

  #read(name: string): WriteOutcome {
    const stored = this.secrets.get(name);
    if (stored === undefined) return { kind: 'notFound', message: `${name} not found` };
    const data = Object.fromEntries(Object.entries(stored.data).map(([key, text]) => [key, btoa(text)]));
    const metadata = { name, resourceVersion: String(stored.version), annotations: stored.annotations };
    return { kind: 'done', object: { metadata, data } };
  }
}

function merged(before: Readonly<Record<string, string>> | undefined, patch: JsonObject): Record<string, string> {
  const entries = Object.entries({ ...before, ...patch });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

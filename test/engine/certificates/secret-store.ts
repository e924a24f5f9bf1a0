import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';

interface StoredSecret {
  readonly version: number;
  readonly data: Readonly<Record<string, string>>;
}

/** Secrets in memory behind the writer port, with the API server's preconditions; texts are kept decoded. */
export class SecretStore implements ClusterWriter {
  readonly secrets = new Map<string, StoredSecret>();
  readonly requests: WriteRequest[] = [];
  /** Answers to give instead, in order; a function may change the store first, as another replica would. */
  readonly script: (() => WriteOutcome | undefined)[] = [];

  write(request: WriteRequest): Promise<WriteOutcome> {
    this.requests.push(request);
    const scripted = this.script.shift()?.();
    return Promise.resolve(scripted ?? this.#apply(request));
  }

  put(name: string, data: Readonly<Record<string, string>>): void {
    const version = (this.secrets.get(name)?.version ?? 0) + 1;
    this.secrets.set(name, { version, data: { ...this.secrets.get(name)?.data, ...data } });
  }

  get verbs(): readonly string[] {
    return this.requests.map(({ verb, name }) => `${verb} ${name}`);
  }

  #apply(request: WriteRequest): WriteOutcome {
    const { verb, name, body } = request;
    const stored = this.secrets.get(name);
    if (verb === 'create' && stored !== undefined) return { kind: 'conflict', message: `${name} already exists` };
    if (verb !== 'create' && stored === undefined) return { kind: 'notFound', message: `${name} not found` };
    if (verb === 'mergePatch' && stringAt(body, ['metadata', 'resourceVersion']) !== String(stored?.version)) {
      return { kind: 'conflict', message: 'the object has been modified' };
    }
    if (verb !== 'get') this.put(name, objectAt(body, 'stringData') as Readonly<Record<string, string>>);
    return this.#read(name);
  }

  #read(name: string): WriteOutcome {
    const stored = this.secrets.get(name);
    if (stored === undefined) return { kind: 'notFound', message: `${name} not found` };
    const data = Object.fromEntries(Object.entries(stored.data).map(([key, text]) => [key, btoa(text)]));
    return { kind: 'done', object: { metadata: { name, resourceVersion: String(stored.version) }, data } };
  }
}

import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import type { ControllerSettings } from '../../src/api/controller-settings.ts';
import { apiVersion } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import type { WatchedKind } from '../../src/api/watched-kinds.ts';
import type { Controller } from '../../src/controllers/controller.ts';
import { eventFingerprint } from '../../src/controllers/effect.ts';
import type { Effect, WriteEffect } from '../../src/controllers/effect.ts';
import { KindStores } from '../../src/engine/control/kind-stores.ts';
import { isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { withoutAmbient } from './pure.ts';

const NOW_MS = Date.UTC(2030, 0, 31, 12);
const STAMP = '2030-01-31T11:00:00Z';

/** An object of a test: its kind, and all of it but what the server adds. */
export type Scene = readonly (readonly [ResourceType, JsonObject])[];

/** One row of the table of controllers over objects that are kept as they travel. */
export class RowWorld {
  readonly #row: Controller;
  readonly #settings: ControllerSettings;
  readonly #stores = new KindStores();
  readonly #kinds = new Map<ResourceType, WatchedKind<unknown>>();
  readonly #objects = new Map<string, JsonObject>();
  readonly #told = new Map<string, Set<string>>();
  #version = 0;

  constructor(row: Controller, scene: Scene, settings: ControllerSettings) {
    this.#row = row;
    this.#settings = settings;
    for (const { kind } of row.watches) {
      this.#kinds.set(kind.type, kind);
      this.#stores.listen(kind, () => undefined);
    }
    for (const { type } of this.#stores.kinds) this.#stores.apply(type, [{ kind: 'replace', records: [] }]);
    for (const [type, object] of scene) this.#put(type, object);
  }

  /** Every key that the objects wake, as after a change of leader. */
  keys(): ReadonlySet<string> {
    const keys = new Set<string>(this.#row.settingKeys ?? []);
    for (const { kind, toKeys } of this.#row.watches)
      for (const record of this.#stores.values(kind))
        for (const key of toKeys(undefined, record, this.#stores)) keys.add(key);
    return keys;
  }

  look(key: string): readonly Effect[] {
    return withoutAmbient(() =>
      this.#row.reconcile(key, {
        view: this.#stores,
        nowMs: NOW_MS,
        settings: this.#settings,
        ownNamespace: 'sluice-system',
        told: (uid) => this.#told.get(uid) ?? new Set(),
        answerTo: () => undefined,
        submitterKeys: NO_SUBMITTER_KEYS,
      }),
    );
  }

  /** Carries them out; gives back how many writes and events there were. */
  apply(effects: readonly Effect[]): number {
    let count = 0;
    for (const effect of effects) {
      if (effect.kind === 'requeueAfter' || effect.kind === 'askPods') continue;
      // Nobody watches what a plugin keeps: it is looked at again each time.
      if (effect.kind === 'keepOwned' || effect.kind === 'dropOwned') continue;
      count += 1;
      if (effect.kind === 'event') this.#tell(effect.regarding.uid, eventFingerprint(effect));
      else for (const write of effect.kind === 'together' ? effect.writes : [effect]) this.#write(write);
    }
    return count;
  }

  #tell(uid: string, fingerprint: string): void {
    this.#told.set(uid, (this.#told.get(uid) ?? new Set()).add(fingerprint));
  }

  #write(write: WriteEffect): void {
    const { type, namespace, name } = write;
    const found = this.#objects.get(keyOf(type, namespace, name));
    if (write.kind === 'create') {
      if (found === undefined) this.#put(type, withHead(write.body, { name, namespace }));
      return;
    }
    if (write.kind === 'delete') {
      if (found !== undefined) this.#remove(type, found);
      return;
    }
    const before = found ?? { apiVersion: apiVersion(type), kind: type.kind, metadata: { name, namespace } };
    this.#put(type, merged(before, write.body) as JsonObject);
  }

  #put(type: ResourceType, object: JsonObject): void {
    this.#version += 1;
    const metadata = objectAt(object, 'metadata');
    const name = stringAt(metadata, ['name']);
    const namespace = stringAt(metadata, ['namespace']);
    const uid = stringAt(metadata, ['uid'], `uid-${type.plural}-${name}`);
    const server = { uid, resourceVersion: String(this.#version), creationTimestamp: STAMP, generation: 1 };
    const stored = { ...object, metadata: { ...server, ...metadata, resourceVersion: server.resourceVersion } };
    this.#objects.set(keyOf(type, namespace, name), stored);
    const kind = this.#kinds.get(type);
    const record = kind?.project(stored);
    if (record !== undefined) this.#stores.apply(type, [{ kind: 'upsert', record }]);
  }

  #remove(type: ResourceType, object: JsonObject): void {
    const [namespace, name] = [stringAt(object, ['metadata', 'namespace']), stringAt(object, ['metadata', 'name'])];
    this.#objects.delete(keyOf(type, namespace, name));
    const record = this.#kinds.get(type)?.project(object);
    if (record !== undefined) this.#stores.apply(type, [{ kind: 'delete', record }]);
  }
}

function withHead(body: JsonObject, head: JsonObject): JsonObject {
  return { ...body, metadata: { ...head, ...objectAt(body, 'metadata') } };
}

function keyOf(type: ResourceType, namespace: string, name: string): string {
  return `${type.group}/${type.plural}/${namespace}/${name}`;
}

function merged(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, JsonValue> = { ...(isJsonObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

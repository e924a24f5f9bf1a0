import { apiVersion, MUTATING_WEBHOOKS } from '../../api/resources.ts';
import { isJsonObject, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { ConfigurationFact } from '../doctor/facts.ts';
import { SetupError } from '../setup-error.ts';

/** ConfigMap of ours that holds what asks Volcano and what judges in its place, one a key. */
export const BACKUP_NAME = 'sluice-migration';

/** The key under which a configuration is kept. */
export function backupKey({ kind, object }: ConfigurationFact): string {
  return `${kind}.${stringAt(object, ['metadata', 'name'])}`;
}

/** What the API server adds to every object that it stores. */
const OF_THE_SERVER = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
]);

/** The object as it can be created again: what comes in a list says neither its kind nor its version. */
export function restorable({ kind, object }: ConfigurationFact): JsonObject {
  const metadata = Object.entries(objectAt(object, 'metadata')).filter(([key]) => !OF_THE_SERVER.has(key));
  return {
    ...object,
    apiVersion: stringAt(object, ['apiVersion'], apiVersion(MUTATING_WEBHOOKS)),
    kind,
    metadata: Object.fromEntries<JsonValue>(metadata),
  };
}

/** The objects that a backup holds; throws a SetupError where somebody has broken one. */
export function savedIn(backup: JsonObject | undefined): readonly ConfigurationFact[] {
  return Object.entries(objectAt(backup, 'data')).map(([key, text]) => {
    const object = typeof text === 'string' ? parsed(text) : undefined;
    if (!isJsonObject(object))
      throw new SetupError(`ConfigMap ${BACKUP_NAME}: ${key} is no JSON of an object; mend that key, or take it out`);
    return { kind: stringAt(object, ['kind']), object };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

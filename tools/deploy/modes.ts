import type { JsonObject } from '../../src/lib/json.ts';
import type { PatchOperation } from '../../src/lib/json-patch.ts';
import { isSame } from '../../src/lib/same.ts';
import { differences } from './differences.ts';
import { identityOf } from './document.ts';
import type { Document } from './document.ts';
import type { Settings } from './settings.ts';

type Make = (settings: Settings) => readonly Document[];

/** The objects for all kinds of certificates; those that not all have carry whose they are. */
export function ofAllModes(make: Make, settings: Settings): readonly Document[] {
  const builtIn = make({ ...settings, certificates: 'built-in' });
  const others = make({ ...settings, certificates: 'cert-manager' });
  const isAmong = (one: Document, all: readonly Document[]): boolean => all.some((other) => isSame(one, other));
  return [
    ...builtIn.map((one) => (isAmong(one, others) ? one : ({ ...one, certificates: 'built-in' } as const))),
    ...others.filter((one) => !isAmong(one, builtIn)).map((one) => ({ ...one, certificates: 'cert-manager' }) as const),
  ];
}

/** What leads from the objects of the built-in authority to those of cert-manager. */
export interface ModeChange {
  readonly added: readonly JsonObject[];
  readonly gone: readonly JsonObject[];
  readonly changed: readonly { readonly object: JsonObject; readonly operations: readonly PatchOperation[] }[];
}

export function toCertManager(make: Make, settings: Settings): ModeChange {
  const before = byIdentity(make({ ...settings, certificates: 'built-in' }));
  const after = byIdentity(make({ ...settings, certificates: 'cert-manager' }));
  return {
    added: [...after].filter(([identity]) => !before.has(identity)).map(([, object]) => object),
    gone: [...before].filter(([identity]) => !after.has(identity)).map(([, object]) => object),
    changed: [...before]
      .map(([identity, object]) => ({ object, operations: differences(object, after.get(identity) ?? object) }))
      .filter(({ operations }) => operations.length > 0),
  };
}

function byIdentity(documents: readonly Document[]): ReadonlyMap<string, JsonObject> {
  return new Map(documents.map(({ object }) => [identityOf(object), object]));
}

import type { JsonObject } from '../../src/lib/json.ts';
import type { PatchOperation } from '../../src/lib/json-patch.ts';
import { isSame } from '../../src/lib/same.ts';
import { differences } from './differences.ts';
import { identityOf } from './document.ts';
import type { Document } from './document.ts';
import type { CertificateMode, CompatMode, Settings } from './settings.ts';

type Make = (settings: Settings) => readonly Document[];

/** What hangs on modes: each combination has objects of its own. */
interface Modes {
  readonly certificates: CertificateMode;
  readonly compat: CompatMode;
}

const ALL: readonly Modes[] = (['built-in', 'cert-manager'] as const).flatMap((certificates) =>
  (['none', 'volcano'] as const).map((compat) => ({ certificates, compat })),
);

/** The objects for all modes, `release` being Volcano's; those that not all have carry whose they are. */
export function ofAllModes(make: Make, settings: Settings, release: string): readonly Document[] {
  const found: { readonly document: Document; readonly modes: Modes[] }[] = [];
  for (const modes of ALL) {
    const { certificates, compat } = modes;
    for (const document of make({ ...settings, certificates, volcano: compat === 'volcano' ? release : undefined })) {
      const known = found.find((one) => isSame(one.document, document));
      if (known === undefined) found.push({ document, modes: [modes] });
      else known.modes.push(modes);
    }
  }
  return found.map(({ document, modes }) => ({
    ...document,
    ...onlyOne('certificates', modes),
    ...onlyOne('compat', modes),
  }));
}

/** The one value that all of these have, where others have another. */
function onlyOne<Key extends keyof Modes>(key: Key, modes: readonly Modes[]): Partial<Pick<Modes, Key>> {
  const values = new Set(modes.map((one) => one[key]));
  const [value] = values;
  return value === undefined || values.size > 1 ? {} : ({ [key]: value } as Pick<Modes, Key>);
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

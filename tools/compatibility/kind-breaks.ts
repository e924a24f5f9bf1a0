import { arrayAt, memberAt, objectAt, stringAt, textOf } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { schemaBreaks } from './schema-breaks.ts';
import type { Break } from './schema-breaks.ts';

/** A break of a kind; the path is empty for what is not about a field. */
export interface KindBreak extends Break {
  /** Name of the CustomResourceDefinition, with the version for what is about one. */
  readonly kind: string;
}

/** What CustomResourceDefinitions take away of what those of an earlier version gave; kinds that came since are no matter. */
export function kindBreaks(before: readonly JsonObject[], after: readonly JsonObject[]): readonly KindBreak[] {
  return before.flatMap((old) => {
    const name = stringAt(old, ['metadata', 'name']);
    const now = after.find((crd) => stringAt(crd, ['metadata', 'name']) === name);
    return now === undefined ? [whole(name, 'the kind is gone')] : definitionBreaks(name, old, now);
  });
}

/** What all clients and all stored objects go by. */
const IDENTITY: readonly (readonly string[])[] = [
  ['spec', 'group'],
  ['spec', 'scope'],
  ['spec', 'names', 'kind'],
  ['spec', 'names', 'listKind'],
  ['spec', 'names', 'plural'],
  ['spec', 'names', 'singular'],
];

function definitionBreaks(name: string, old: JsonObject, now: JsonObject): readonly KindBreak[] {
  const identity = IDENTITY.filter((path) => stringAt(old, path) !== stringAt(now, path)).map((path) =>
    whole(name, `${path.join('.')} was ${stringAt(old, path)}, and is ${stringAt(now, path)}`),
  );
  const shortNames = arrayAt(now, 'spec', 'names', 'shortNames');
  const forgotten = arrayAt(old, 'spec', 'names', 'shortNames')
    .filter((short) => !shortNames.includes(short))
    .map((short) => whole(name, `the short name ${textOf(short)} is gone`));
  const [stored, storedNow] = [storageVersion(old), storageVersion(now)];
  const storage =
    stored === storedNow ? [] : [whole(name, `objects were stored in version ${stored}, and are in ${storedNow}`)];
  const versions = arrayAt(old, 'spec', 'versions').filter((version) => memberAt(version, 'served') === true);
  return [...identity, ...forgotten, ...storage, ...versions.flatMap((version) => versionBreaks(name, version, now))];
}

function versionBreaks(name: string, old: JsonValue, crd: JsonObject): readonly KindBreak[] {
  const version = stringAt(old, ['name']);
  const kind = `${name}/${version}`;
  const now = arrayAt(crd, 'spec', 'versions').find((one) => stringAt(one, ['name']) === version);
  if (memberAt(now, 'served') !== true) return [whole(kind, 'the version is not served any more')];
  const hadStatus = memberAt(old, 'subresources', 'status') !== undefined;
  const hasStatus = memberAt(now, 'subresources', 'status') !== undefined;
  const status =
    hadStatus === hasStatus ? [] : [whole(kind, `its status is written ${hasStatus ? 'apart' : 'with it'}`)];
  const [before, after] = [old, now].map((one) => objectAt(one, 'schema', 'openAPIV3Schema')) as [
    JsonObject,
    JsonObject,
  ];
  return [...status, ...schemaBreaks(before, after).map((broken) => ({ kind, ...broken }))];
}

function storageVersion(crd: JsonObject): string {
  return stringAt(
    arrayAt(crd, 'spec', 'versions').find((version) => memberAt(version, 'storage') === true),
    ['name'],
  );
}

function whole(kind: string, change: string): KindBreak {
  return { kind, path: '', change };
}

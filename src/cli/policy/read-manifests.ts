import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { arrayAt, isJsonObject, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { placeIn } from './field-place.ts';
import type { InputMistake, Manifest, Place } from './manifest.ts';

/** What was read, and what could not be. */
export interface Reading {
  readonly manifests: readonly Manifest[];
  readonly mistakes: readonly InputMistake[];
}

const START: Place = { line: 1, column: 1 };

/** Reads files, folders with all that is below them, and the standard input for `-`; in the order of their names. */
export async function readManifests(paths: readonly string[]): Promise<Reading> {
  const readings: Reading[] = [];
  for (const path of paths) readings.push(await readPath(path));
  return joinReadings(readings);
}

/** The objects in one text, which may hold several documents and lists of objects. */
export function parseManifests(text: string, file: string): Reading {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  return joinReadings([...documents].map((document) => readDocument(document, lines, file)));
}

/** The YAML and JSON files below a folder, sorted; the path itself when it is a file. Throws as `fs` does. */
export async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

async function readPath(path: string): Promise<Reading> {
  try {
    if (path === '-') return parseManifests(await readStream(process.stdin), path);
    const readings: Reading[] = [];
    for (const file of await filesOf(path)) readings.push(parseManifests(await readFile(file, 'utf8'), file));
    return joinReadings(readings);
  } catch (error) {
    return { manifests: [], mistakes: [{ file: path, place: START, message: `cannot be read: ${codeOf(error)}` }] };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : error.message;
}

function joinReadings(readings: readonly Reading[]): Reading {
  return {
    manifests: readings.flatMap(({ manifests }) => manifests),
    mistakes: readings.flatMap(({ mistakes }) => mistakes),
  };
}

function readDocument(document: Document, lines: LineCounter, file: string): Reading {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    return { manifests: [], mistakes: [{ file, place: { line, column: col }, message }] };
  }
  const object: unknown = document.toJS();
  if (object === null || object === undefined) return { manifests: [], mistakes: [] };
  const place = placeIn(document, lines, '');
  if (!isJsonObject(object) || stringAt(object, ['kind']) === '' || stringAt(object, ['apiVersion']) === '') {
    return {
      manifests: [],
      mistakes: [{ file, place, message: 'is no Kubernetes object: it has no apiVersion and kind' }],
    };
  }
  const placeOf = (path: string): Place => placeIn(document, lines, path);
  return { manifests: entriesOf({ object, file, placeOf }), mistakes: [] };
}

/** The entries of a `List`, or the object itself. */
function entriesOf(manifest: Manifest): readonly Manifest[] {
  if (!stringAt(manifest.object, ['kind']).endsWith('List') || !Array.isArray(manifest.object['items']))
    return [manifest];
  return arrayAt(manifest.object, 'items').flatMap((item, index) =>
    isJsonObject(item)
      ? [
          {
            object: item as JsonObject,
            file: manifest.file,
            placeOf: (path: string) => manifest.placeOf(`items[${index}].${path}`),
          },
        ]
      : [],
  );
}

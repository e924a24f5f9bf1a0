import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { ROOT } from '../run-node.ts';

/** What one version wrote, kept to hold later ones against; see tools/baseline.ts. */
export interface Baseline {
  readonly name: string;
  /** Its CustomResourceDefinitions, without descriptions. */
  readonly crds: readonly JsonObject[];
  readonly texts: readonly StoredText[];
}

/** A text in one of the stored formats, and what the version that wrote it made of it. */
export interface StoredText {
  readonly format: string;
  readonly text: string;
  readonly value: JsonValue;
}

/** Where they are kept, one folder a version. */
export const BASELINES = join(ROOT, 'test/baseline');

/** All of them, by name. */
export function readBaselines(): readonly Baseline[] {
  const entries = readdirSync(BASELINES, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.toSorted().map((name) => {
    const [crds, texts] = ['crds.json', 'texts.json'].map((file): unknown =>
      JSON.parse(readFileSync(join(BASELINES, name, file), 'utf8')),
    );
    return { name, crds, texts } as Baseline;
  });
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../src/lib/json.ts';
import { ROOT } from '../run-node.ts';

/** What one version wrote, kept to hold later ones against; see tools/baseline.ts. */
export interface Baseline {
  readonly name: string;
  /** Its CustomResourceDefinitions, without descriptions. */
  readonly crds: readonly JsonObject[];
}

/** Where they are kept, one folder a version. */
export const BASELINES = join(ROOT, 'test/baseline');

/** All of them, by name. */
export async function readBaselines(): Promise<readonly Baseline[]> {
  const entries = await readdir(BASELINES, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const text = await readFile(join(BASELINES, name, 'crds.json'), 'utf8');
      return { name, crds: JSON.parse(text) as readonly JsonObject[] };
    }),
  );
}

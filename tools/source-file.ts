import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ROOT } from './run-node.ts';

const SKIPPED = new Set(['node_modules', '.git', '.cache', '.sluice', 'coverage']);

/** Paths below a folder that end in one of the suffixes, relative to the root, sorted; a folder that is absent has none. */
export async function filesBelow(
  folder: string,
  suffixes: readonly string[],
  root: string = ROOT,
): Promise<readonly string[]> {
  const found: string[] = [];
  await walk(join(root, folder), (path) => {
    if (suffixes.some((suffix) => path.endsWith(suffix))) found.push(relative(root, path).split(sep).join('/'));
  });
  return found.toSorted();
}

async function walk(folder: string, visit: (path: string) => void): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, visit);
    else visit(path);
  }
}

import { cruise } from './cruise.ts';
import type { Violation } from './cruise.ts';
import { LAYERS, OUTER_FOLDERS } from './layer-matrix.ts';
import { ROOT } from './run-node.ts';
import { filesBelow } from './source-file.ts';

const CODE = ['.ts', '.js', '.cjs'];

/** What the layer check found in a checkout. */
export interface LayerReport {
  readonly fileCount: number;
  readonly violations: readonly Violation[];
  /** Files on disk that are missing in the graph: an unread file breaks no rule, so it fails the check. */
  readonly unread: readonly string[];
}

/** Judges the import graph of a whole checkout. */
export async function checkLayers(root: string = ROOT): Promise<LayerReport> {
  const roots = [...LAYERS.map((layer) => layer.folder), ...OUTER_FOLDERS];
  const perRoot = await Promise.all(roots.map((folder) => filesBelow(folder, CODE, root)));
  const files = perRoot.flat();
  const filled = roots.filter((_, index) => (perRoot[index] ?? []).length > 0);
  const { sources, violations } = await cruise(filled, root);
  const read = new Set(sources);
  return { fileCount: files.length, violations, unread: files.filter((file) => !read.has(file)) };
}

async function main(): Promise<number> {
  const { fileCount, violations, unread } = await checkLayers();
  for (const { rule, from, to } of violations) console.error(`${from} -> ${to}: ${rule}`);
  for (const file of unread) console.error(`${file}: not read by the cruiser`);
  const failures = violations.length + unread.length;
  console.log(`${fileCount} files in the import graph, ${failures} breaches of the layer law`);
  return failures === 0 && fileCount > 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();

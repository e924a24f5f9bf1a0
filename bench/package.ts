import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode } from '../tools/run-node.ts';

/** Within the checkout, whose node_modules it finds above it. */
const FOLDER = join(ROOT, '.cache', 'package');

let built: Promise<URL> | undefined;

/** Program of the package, as it is deployed, made of the sources as they are now: once in a process. */
export function packagedSluice(): Promise<URL> {
  built ??= build();
  return built;
}

async function build(): Promise<URL> {
  const { code, stderr } = await runNode(['tools/build.ts', FOLDER]);
  if (code !== 0) throw new Error(`the package cannot be built: ${stderr}`);
  return pathToFileURL(join(FOLDER, 'bin', 'sluice.js'));
}

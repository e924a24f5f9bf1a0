// Loaded before a program that plays a container: files below the paths of its mounts are read from folders of this machine.
import { promises, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const table = process.env['SLUICE_POD_MOUNTS'];
const mounts: readonly (readonly [path: string, folder: string])[] =
  table === undefined ? [] : (JSON.parse(readFileSync(table, 'utf8')) as [string, string][]);

const { readFile } = promises;

function placed<Path>(path: Path): Path | string {
  if (typeof path !== 'string') return path;
  const mount = mounts.find(([below]) => path.startsWith(`${below}/`));
  return mount === undefined ? path : join(mount[1], path.slice(mount[0].length));
}

promises.readFile = ((path: Parameters<typeof readFile>[0], ...rest: [never]) =>
  readFile(placed(path), ...rest)) as typeof readFile;
syncBuiltinESMExports();

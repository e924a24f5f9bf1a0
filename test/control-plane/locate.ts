import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KUBERNETES_VERSION } from './binary.ts';
import type { Binaries, BinaryName } from './binary.ts';

/** The environment variables that decide where programs are looked for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What was found, and what has to be built. */
export type Located = {
  readonly found: Binaries;
  readonly missing: readonly BinaryName[];
};

/** The folder of all that Sluice keeps between runs. */
export function cacheFolder(env: Environment): string {
  if (env['SLUICE_CACHE']) return env['SLUICE_CACHE'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'sluice');
  return join(homedir(), '.cache', 'sluice');
}

/** The folder into which the control plane's programs are built. */
export function binaryCacheFolder(env: Environment): string {
  return join(cacheFolder(env), 'control-plane', `kubernetes-${KUBERNETES_VERSION}`);
}

/** Looks for each program singly: first in KUBEBUILDER_ASSETS, then in the cache folder. */
export function locateBinaries(names: readonly BinaryName[], env: Environment): Located {
  const folders = [env['KUBEBUILDER_ASSETS'], binaryCacheFolder(env)].filter((folder) => folder !== undefined);
  const found = new Map<BinaryName, string>();
  for (const name of names) {
    const path = folders
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name))
      .find(isProgram);
    if (path !== undefined) found.set(name, path);
  }
  return { found, missing: names.filter((name) => !found.has(name)) };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

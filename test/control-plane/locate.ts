import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { arch, homedir, platform } from 'node:os';
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

/** Looks for each program singly: first in KUBEBUILDER_ASSETS, then in the cache folder, then where setup-envtest keeps its sets. */
export function locateBinaries(names: readonly BinaryName[], env: Environment): Located {
  const folders = [env['KUBEBUILDER_ASSETS'] ?? '', binaryCacheFolder(env), ...envtestFolders(env)];
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

/** Sets of our minor version only, newest first: an older server lacks what the tests try. */
function envtestFolders(env: Environment): readonly string[] {
  const data = env['XDG_DATA_HOME'] || (env['HOME'] ? join(env['HOME'], '.local', 'share') : '');
  if (data === '') return [];
  const store = join(data, 'kubebuilder-envtest', 'k8s');
  const minor = KUBERNETES_VERSION.slice(1).split('.').slice(0, 2).join('.');
  const set = new RegExp(
    `^${minor.replace('.', '\\.')}\\.(\\d+)-${platform()}-${arch() === 'x64' ? 'amd64' : arch()}$`,
  );
  return foldersOf(store)
    .flatMap((name) => {
      const patch = set.exec(name)?.[1];
      return patch === undefined ? [] : [{ name, patch: Number(patch) }];
    })
    .sort((a, b) => b.patch - a.patch)
    .map(({ name }) => join(store, name));
}

function foldersOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

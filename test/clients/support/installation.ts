import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeBuildLock } from '../../control-plane/build-lock.ts';
import { cacheFolder } from '../../control-plane/locate.ts';
import { installationError, NoAnswer } from './no-answer.ts';

/** Where the clients stay between runs; SLUICE_CACHE names another cache. */
export function clientsFolder(): string {
  return join(cacheFolder(process.env), 'clients');
}

/** A folder in the cache, filled once: of several processes one fills it, and what a killed one left is thrown away. */
export async function installedIn(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(clientsFolder(), name);
  const isWhole = join(folder, '.installed');
  await mkdir(clientsFolder(), { recursive: true });
  const lock = await takeBuildLock(`${folder}.lock`, () => undefined);
  try {
    if (existsSync(isWhole)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await fill(folder);
    await writeFile(isWhole, '');
    return folder;
  } finally {
    await lock.release();
  }
}

/** How an installer is run. */
export interface Installer {
  readonly what: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Standard output of an installer; an installer that is missing is no answer either. */
export function install({ what, file, args, cwd, env }: Installer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', (error) => reject(new NoAnswer(`${what}: ${file} cannot be run: ${error.message}`)));
    child.once('close', (code) => {
      const output = Buffer.concat(stdout).toString();
      if (code === 0) resolve(output);
      else reject(installationError(what, `${Buffer.concat(stderr).toString()}\n${output}`));
    });
  });
}

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from './lab.ts';

/** A program of a client, run as a person would run it who has only this cluster: all that it printed. */
export async function clientCommand(lab: Lab, file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const home = join(lab.guardian.dir, 'home');
  await mkdir(home, { recursive: true });
  const { stdout, stderr } = await promisify(execFile)(file, args, {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: lab.plane.kubeconfigPath, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return `${stdout}\n${stderr}`;
}

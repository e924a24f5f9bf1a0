import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, runNode } from '../../../tools/run-node.ts';
import type { Mounts } from '../../e2e/support/deploy/acted-pod.ts';

const run = promisify(execFile);
const USER = '65532:65532';
const PACKAGE = 'opt/sluice';
/** Where the kernel's own files go. */
const KERNEL = ['proc', 'dev'];

/** Puts together what the image holds, from what is installed here: Node with its libraries, the package, its dependencies. */
export async function buildRoot(root: string, mountPaths: readonly string[]): Promise<void> {
  const node = join(ROOT, 'node_modules/node/bin/node');
  const places = [...KERNEL, ...mountPaths.map((path) => path.slice(1)), 'usr/local/bin'];
  for (const place of places) await mkdir(join(root, place), { recursive: true });
  await cp(node, join(root, 'usr/local/bin/node'));
  const { stdout: libraries } = await run('ldd', [node]);
  for (const [, path = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) await copied(path, join(root, path));
  const built = await runNode(['tools/build.ts', join(root, PACKAGE)]);
  if (built.code !== 0) throw new Error(built.stderr);
  for (const folder of await neededPackages()) await copied(join(ROOT, folder), join(root, PACKAGE, folder));
}

/** Words that run others in that root, as a user that is not root, with nothing that can be written to. */
export function enclosed(root: string, words: readonly string[], mounts: Mounts): readonly string[] {
  const bound = [...KERNEL.map((name) => [`/${name}`, `/${name}`] as const), ...mounts];
  const steps = [
    `mount --bind ${root} ${root}`,
    ...bound.map(([path, folder]) => `mount --rbind ${folder} ${join(root, path)}`),
    `mount -o remount,bind,ro ${root}`,
    `exec chroot --userspec=${USER} ${root} "$@"`,
  ];
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', steps.join(' && '), 'sh', ...words];
}

/** Whether this machine lets us have a root of our own; why not, otherwise. */
export async function whyNoRoot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux has such roots';
  const tried = await run('unshare', ['--mount', 'mount', '--bind', '/', '/']).catch(String);
  return typeof tried === 'string' ? tried : undefined;
}

/** Folders of the packages that run, and not only build or test. */
async function neededPackages(): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  return Object.keys(packages).filter((folder) => folder !== '' && packages[folder]?.dev !== true);
}

async function copied(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, dereference: true });
}

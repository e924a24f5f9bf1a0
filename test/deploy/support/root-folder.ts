import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../tools/run-node.ts';
import { install } from '../../clients/support/installation.ts';
import type { Mounts } from '../../e2e/support/deploy/acted-pod.ts';
import type { Containerfile, Instruction } from './containerfile.ts';

const run = promisify(execFile);
const NODE_FOLDER = join(ROOT, 'node_modules/node/bin');
/** Where the kernel's own files go. */
const KERNEL = ['proc', 'dev'];

/** Carries out what the Containerfile says. In the place of its base stands the Node of this machine, with its libraries. */
export async function buildRoot(
  root: string,
  mountPaths: readonly string[],
  { stages, context }: Containerfile,
): Promise<void> {
  const node = join(NODE_FOLDER, 'node');
  const places = [...KERNEL, ...mountPaths.map((path) => path.slice(1)), 'usr/local/bin'];
  for (const place of places) await mkdir(join(root, place), { recursive: true });
  await cp(node, join(root, 'usr/local/bin/node'));
  const { stdout: libraries } = await run('ldd', [node]);
  for (const [, path = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) await copied(path, join(root, path));
  const [build, last] = stages;
  const made = await mkdtemp(join(tmpdir(), 'sluice-stage-'));
  try {
    await carryOut(build?.commands ?? [], made, context);
    for (const { words, from } of last?.commands ?? []) {
      const [source = '', target = ''] = words;
      if (from === build?.name && from !== undefined) await copied(join(made, source), join(root, target));
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** The steps of a stage below a folder that stands for its root; throws for one that nobody has tried. */
async function carryOut(steps: readonly Instruction[], root: string, context: readonly string[]): Promise<void> {
  let cwd = root;
  for (const { name, words } of steps) {
    if (name === 'WORKDIR') cwd = join(root, words[0] ?? '');
    else if (name === 'COPY' && words.join(' ') === '. .')
      for (const path of context) await copied(join(ROOT, path), join(cwd, path));
    else if (name === 'RUN')
      await install({
        what: 'the content of the image',
        file: 'sh',
        args: ['-c', ...words],
        cwd,
        env: { ...process.env, PATH: `${NODE_FOLDER}:${process.env['PATH']}` },
      });
    else throw new Error(`${name} ${words.join(' ')} cannot be carried out`);
  }
}

/** A folder that is the root of who runs in it, and as whom that is. */
export interface EnclosedRoot {
  readonly folder: string;
  /** `user:group`, as numbers. */
  readonly user: string;
}

/** Words that run others in that root, as a user that is not root, with nothing that can be written to. */
export function enclosed(
  { folder: root, user }: EnclosedRoot,
  words: readonly string[],
  mounts: Mounts,
): readonly string[] {
  const bound = [...KERNEL.map((name) => [`/${name}`, `/${name}`] as const), ...mounts];
  const steps = [
    `mount --bind ${root} ${root}`,
    ...bound.map(([path, folder]) => `mount --rbind ${folder} ${join(root, path)}`),
    `mount -o remount,bind,ro ${root}`,
    `exec chroot --userspec=${user} ${root} "$@"`,
  ];
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', steps.join(' && '), 'sh', ...words];
}

/** Whether this machine lets us have a root of our own; why not, otherwise. */
export async function whyNoRoot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux has such roots';
  const tried = await run('unshare', ['--mount', 'mount', '--bind', '/', '/']).catch(String);
  return typeof tried === 'string' ? tried : undefined;
}

async function copied(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, dereference: true });
}

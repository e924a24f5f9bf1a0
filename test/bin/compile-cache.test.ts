import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const MODULE = fileURLToPath(new URL('../../bin/compile-cache.js', import.meta.url));
/** Tells where a thread of the program, and the program itself, keep what they compile. */
const PROGRAM = `
import './compile-cache.js';
import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
const source = "require('node:worker_threads').parentPort.postMessage(require('node:module').getCompileCacheDir())";
const own = getCompileCacheDir();
new Worker(source, { eval: true }).once('message', (ofThread) => console.log(JSON.stringify({ own, ofThread })));
`;

describe('what a program compiles', () => {
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'sluice-compile-')));
    await mkdir(join(root, 'bin'));
    await copyFile(MODULE, join(root, 'bin', 'compile-cache.js'));
    await writeFile(join(root, 'bin', 'program.mjs'), PROGRAM);
    await writeFile(join(root, 'package.json'), '{"type":"module"}');
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  function run(env: NodeJS.ProcessEnv): { status: number | null; stderr: string; said: Record<string, string> } {
    const inherited = { ...process.env };
    delete inherited['NODE_COMPILE_CACHE'];
    const options = { encoding: 'utf8', env: { ...inherited, ...env } } as const;
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, 'bin', 'program.mjs')], options);
    return { status, stderr, said: JSON.parse(stdout) as Record<string, string> };
  }

  it('is kept beside it, by its threads as well', async () => {
    const { said } = run({});
    expect(said['own']).to.match(new RegExp(`^${join(root, '.cache', 'compile')}/`));
    expect(said['ofThread']).to.equal(said['own']);
    expect(await readdir(join(root, '.cache', 'compile'))).to.not.be.empty;
  });

  it('is kept where the environment says', () => {
    expect(run({ NODE_COMPILE_CACHE: join(root, 'elsewhere') }).said['own']).to.include(join(root, 'elsewhere'));
  });

  it('is not kept where nothing can be written, without a word', async () => {
    await writeFile(join(root, '.cache'), 'a file where the folder would be');
    await chmod(join(root, '.cache'), 0o400);
    expect(run({})).to.deep.equal({ status: 0, stderr: '', said: {} });
  });
});

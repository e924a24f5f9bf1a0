import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { ROOT, runNode } from './run-node.ts';
import { filesBelow } from './source-file.ts';

/** Where the package is put together, to be packed by `npm pack`: the folder that the first argument names, or dist. */
const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'));
/** Folders whose generated JavaScript the compiler does not look at, since types stand beside it. */
const PLAIN_SOURCES = ['src', 'webhooks', 'certs'];
/** Programs that need the tests' control plane stay behind. */
const LOCAL_PROGRAMS = new Set(['start.js', 'control-plane.js']);
const COPIED = ['LICENSE', 'README.md'];
/** The packaged programs use what Node 24 brings. */
const LEAST_NODE = '>=24';
const KEPT = ['name', 'version', 'private', 'description', 'license', 'type', 'dependencies'] as const;

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

async function main(): Promise<number> {
  await rm(DIST, { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiled = await runNode([
    join(dirname(compiler), 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
    '--outDir',
    DIST,
  ]);
  if (compiled.code !== 0) {
    console.error(compiled.stdout + compiled.stderr);
    return 1;
  }
  for (const folder of PLAIN_SOURCES) for (const file of await filesBelow(folder, ['.js'])) await copyTo(file);
  const manifests = await filesBelow('manifests', ['.yaml', '.json', '.tpl', '.txt']);
  for (const file of [...COPIED, ...manifests]) await copyTo(file);
  await copyPrograms();
  await writeManifest();
  console.log(`${DIST} holds the package`);
  return 0;
}

async function copyTo(file: string): Promise<void> {
  const target = join(DIST, file);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(ROOT, file), target);
}

/** They load the compiled modules. */
async function copyPrograms(): Promise<void> {
  await mkdir(join(DIST, 'bin'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'bin'))) {
    if (LOCAL_PROGRAMS.has(name)) continue;
    const source = await readFile(join(ROOT, 'bin', name), 'utf8');
    const target = join(DIST, 'bin', name);
    await writeFile(target, source.replaceAll(/(import\('[^']+)\.ts'\)/g, "$1.js')"));
    await chmod(target, 0o755);
  }
}

/** What the package needs to run, and nothing that it takes to make it. */
async function writeManifest(): Promise<void> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const kept = Object.fromEntries(KEPT.map((key) => [key, manifest[key]]));
  const own = { ...kept, engines: { node: LEAST_NODE }, bin: manifest.bin };
  await writeFile(join(DIST, 'package.json'), `${JSON.stringify(own, undefined, 2)}\n`);
}

process.exitCode = await main();

import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ROOT } from './run-node.ts';

/** The checks that need no cluster, as scripts of package.json, in this order. */
const STEPS = ['types', 'lint', 'format:check', 'layers', 'unused', 'gen:check', 'kinds:check', 'docs:check'];

interface Step {
  readonly name: string;
  readonly isOk: boolean;
  readonly seconds: number;
  readonly output: string;
}

async function main(): Promise<number> {
  const scripts = await scriptsOf(join(ROOT, 'package.json'));
  let failed = 0;
  for (const name of STEPS) {
    const step = await run(name, scripts.get(name));
    if (!step.isOk) failed += 1;
    report(step);
  }
  await summarise(STEPS.length - failed, failed);
  console.log(failed === 0 ? 'ok' : `${failed} of ${STEPS.length} checks failed`);
  return failed === 0 ? 0 : 1;
}

async function scriptsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const manifest: unknown = JSON.parse(await readFile(path, 'utf8'));
  const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
  return new Map(Object.entries(scripts ?? {}).map(([name, command]) => [name, String(command)]));
}

/** Runs a script's command as npm does, with the packages' own commands first, but without npm's start-up time. */
function run(name: string, command: string | undefined): Promise<Step> {
  if (command === undefined) return Promise.resolve({ name, isOk: false, seconds: 0, output: 'no such script' });
  const started = performance.now();
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const child = spawn('sh', ['-c', command], { cwd: ROOT, env: { ...process.env, PATH }, stdio: [...stdio] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ name, isOk: code === 0, seconds, output: Buffer.concat(chunks).toString().trimEnd() });
    });
  });
}

function report({ name, isOk, seconds, output }: Step): void {
  console.log(`${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(13)} ${seconds.toFixed(1)} s`);
  if (!isOk) console.log(output.replaceAll(/^/gm, '  '));
}

/** For CI, which sums up what every part leaves: see `.ci/run`. */
async function summarise(passed: number, failed: number): Promise<void> {
  const folder = process.env['SLUICE_SUMMARY_DIR'];
  if (folder === undefined || folder === '') return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ok.count'), `${passed} ${failed}\n`);
}

process.exitCode = await main();

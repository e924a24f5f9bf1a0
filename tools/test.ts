import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './run-node.ts';

/** One part of the test run, each in a process of its own. */
interface Part {
  readonly name: string;
  readonly args: readonly string[];
  /** A part that hangs is stopped and counts as failed. */
  readonly limitMs: number;
}

const MOCHA = 'node_modules/mocha/bin/mocha.js';
/** Where programs keep it as well, see bin/compile-cache.js. */
const COMPILED = join(ROOT, '.cache', 'compile');
const FORBID_ONLY = process.env['CI'] === undefined ? [] : ['--forbid-only'];

// Files side by side: most of an end-to-end test waits, and two cores are what CI has.
const SIDE_BY_SIDE = ['--parallel', '--jobs', '2'];

const PARTS: readonly Part[] = [
  { name: 'control-plane', args: ['test/control-plane/ensure.ts'], limitMs: 40 * 60_000 },
  {
    name: 'unit',
    args: [MOCHA, ...FORBID_ONLY, ...SIDE_BY_SIDE, '--ignore', 'test/{e2e,clients,deploy}/**', 'test/**/*.test.ts'],
    limitMs: 20 * 60_000,
  },
  {
    name: 'e2e',
    args: [MOCHA, ...FORBID_ONLY, ...SIDE_BY_SIDE, 'test/e2e/**/*.test.ts'],
    limitMs: 45 * 60_000,
  },
];

/** Which parts each argument stands for; the unit tests include some that start the control plane. */
const SELECTIONS: Readonly<Record<string, readonly string[]>> = {
  all: ['control-plane', 'unit', 'e2e'],
  unit: ['control-plane', 'unit'],
  e2e: ['control-plane', 'e2e'],
};

async function main(selection: string): Promise<number> {
  const names = SELECTIONS[selection];
  if (names === undefined) {
    console.error(`Cannot run ${selection}: the choices are ${Object.keys(SELECTIONS).join(', ')}`);
    return 2;
  }
  const failed: string[] = [];
  for (const part of PARTS.filter((candidate) => names.includes(candidate.name))) {
    if (!(await passes(part))) failed.push(part.name);
    if (failed.includes('control-plane')) break;
  }
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

function passes({ name, args, limitMs }: Part): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Coverage of functions that come from the cache is less exact.
    const isMeasured = process.env['NODE_V8_COVERAGE'] !== undefined;
    const env = isMeasured ? process.env : { ...process.env, NODE_COMPILE_CACHE: COMPILED };
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    const timer = setTimeout(() => {
      console.error(`${name}: stopped after ${limitMs / 60_000} minutes`);
      child.kill('SIGKILL');
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

process.exitCode = await main(process.argv[2] ?? 'all');

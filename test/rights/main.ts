// Runs end-to-end tests as the accounts of an installation, each file by itself, and tells what was denied and which rights nobody took.
// Arguments name files: `gangs claims`; without one it runs them all, with `sum` none. With SLUICE_E2E_AUDIT the audit logs stay in that
// folder, those of each file in one of its own: a file that runs again has its logs anew, and all that lie there are summed up.
// Exit code 1: something was denied, who answers reviews wrote something, or a right is unused once all files have run.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY_NAMES } from '../control-plane/binary.ts';
import { ensureBinaries } from '../control-plane/build.ts';
import { requestsIn } from '../e2e/support/deploy/audit-log.ts';
import { chosenTests, runTest } from '../support/test-files.ts';
import { usageOf } from './usage.ts';
import { verdictOf } from './verdict.ts';

const FOLDER = join(import.meta.dirname, '../e2e');
const SUM = 'sum';
const [RIGHT, WRONG, MISUSED] = [0, 1, 2];

async function main(names: readonly string[]): Promise<number> {
  const all = chosenTests(FOLDER, []);
  const chosen = names.length === 1 && names[0] === SUM ? [] : chosenTests(FOLDER, names);
  if (typeof chosen === 'string' || typeof all === 'string') {
    console.error(chosen);
    return MISUSED;
  }
  await ensureBinaries(BINARY_NAMES);
  const kept = process.env['SLUICE_E2E_AUDIT'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  try {
    for (const name of chosen) run(folder, name);
    const ran = foldersIn(folder);
    const usage = usageOf(await Promise.all(logsIn(folder, ran).map((log) => requestsIn(log))));
    const { text, isRight } = verdictOf(usage, { ran, all });
    console.log(text);
    return isRight ? RIGHT : WRONG;
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true });
  }
}

/** What a test finds is its own affair: under load it may take too long, and the log counts nevertheless. */
function run(folder: string, name: string): void {
  const logs = join(folder, name);
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  if (!runTest(FOLDER, name, { SLUICE_E2E_AUDIT: logs }, '--timeout', '120000')) console.log(`${name} has failed`);
}

function foldersIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function logsIn(folder: string, names: readonly string[]): readonly string[] {
  return names.flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.log'))
      .map((file) => join(folder, name, file)),
  );
}

process.exitCode = await main(process.argv.slice(2));

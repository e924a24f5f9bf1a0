// Runs end-to-end tests as the accounts of an installation, each file by itself, and tells what was denied and which rights nobody took.
// Arguments name files: `gangs claims`; without one it runs them all. With SLUICE_E2E_AUDIT the audit logs stay in that folder, and those
// of earlier runs that lie there count, too. Exit code 1: something was denied, or who answers reviews wrote something.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY_NAMES } from '../control-plane/binary.ts';
import { ensureBinaries } from '../control-plane/build.ts';
import { requestsIn } from '../e2e/support/deploy/audit-log.ts';
import { chosenTests, runTest } from '../support/test-files.ts';
import { usageOf } from './usage.ts';
import type { RightsUsage } from './usage.ts';

const FOLDER = join(import.meta.dirname, '../e2e');
const [RIGHT, WRONG, MISUSED] = [0, 1, 2];

async function main(names: readonly string[]): Promise<number> {
  const chosen = chosenTests(FOLDER, names);
  if (typeof chosen === 'string') {
    console.error(chosen);
    return MISUSED;
  }
  await ensureBinaries(BINARY_NAMES);
  const kept = process.env['SLUICE_E2E_AUDIT'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  mkdirSync(folder, { recursive: true });
  try {
    // What a test finds is its own affair: some expect one process, and here are two.
    for (const name of chosen) runTest(FOLDER, name, { SLUICE_E2E_AUDIT: folder }, '--timeout', '120000');
    const logs = readdirSync(folder).filter((file) => file.endsWith('.log'));
    const usage = usageOf(await Promise.all(logs.map((log) => requestsIn(join(folder, log)))));
    console.log(report(usage));
    return usage.denied.length + usage.writesOfReader.length > 0 ? WRONG : RIGHT;
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true });
  }
}

function report({ asked, denied, writesOfReader, unused }: RightsUsage): string {
  const counts = [...asked].map(([account, count]) => `${account}: ${count} requests`);
  return [
    ['asked', counts],
    ['denied', denied],
    ['written by who only answers reviews', writesOfReader],
    ['rights that nobody took', unused],
  ]
    .map(([title, lines]) =>
      [`${String(title)}:`, ...(lines as readonly string[]).map((line) => `  ${line}`)].join('\n'),
    )
    .join('\n');
}

process.exitCode = await main(process.argv.slice(2));

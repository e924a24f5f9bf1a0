// Runs the clients' tests, each file by itself, and prints what they found as a table. Arguments name files: `job-set ray`.
// Exit code 0: all answers are right. 1: one is wrong. 3: none is wrong, but a client could not be installed here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBinaries } from '../control-plane/build.ts';
import { BINARY_NAMES } from '../control-plane/binary.ts';
import { chosenTests, runTest } from '../support/test-files.ts';
import type { Finding } from './support/report.ts';
import { tablesOf } from './support/table.ts';

const FOLDER = import.meta.dirname;
const [RIGHT, WRONG, MISUSED, INCOMPLETE] = [0, 1, 2, 3];

async function main(names: readonly string[]): Promise<number> {
  const chosen = chosenTests(FOLDER, names);
  if (typeof chosen === 'string') {
    console.error(chosen);
    return MISUSED;
  }
  await ensureBinaries(BINARY_NAMES);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  try {
    const path = join(folder, 'findings');
    const failed = chosen.filter((name) => !runTest(FOLDER, name, { SLUICE_CLIENTS_REPORT: path }));
    const findings = readFindings(path);
    console.log(`\n${tablesOf(findings)}`);
    if (failed.length > 0) return WRONG;
    return findings.some((finding) => 'absent' in finding) ? INCOMPLETE : RIGHT;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readFindings(path: string): readonly Finding[] {
  const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Finding);
}

process.exitCode = await main(process.argv.slice(2));

// Runs the clients' tests, each file by itself, and prints what they found as a table. Arguments name files: `job-set ray`.
// Exit code 0: all answers are right. 1: one is wrong. 3: none is wrong, but a client could not be installed here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBinaries } from '../control-plane/build.ts';
import { BINARY_NAMES } from '../control-plane/binary.ts';
import type { Finding } from './support/report.ts';
import { tablesOf } from './support/table.ts';

const FOLDER = import.meta.dirname;
const MOCHA = join(FOLDER, '../../node_modules/mocha/bin/mocha.js');
const SUFFIX = '.test.ts';
const [RIGHT, WRONG, MISUSED, INCOMPLETE] = [0, 1, 2, 3];

async function main(names: readonly string[]): Promise<number> {
  const known = readdirSync(FOLDER)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`No test is called ${unknown.join(', ')}: the choices are ${known.join(', ')}`);
    return MISUSED;
  }
  await ensureBinaries(BINARY_NAMES);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  try {
    const path = join(folder, 'findings');
    const failed = (names.length === 0 ? known : names).filter((name) => !passes(name, path));
    const findings = readFindings(path);
    console.log(`\n${tablesOf(findings)}`);
    if (failed.length > 0) return WRONG;
    return findings.some((finding) => 'absent' in finding) ? INCOMPLETE : RIGHT;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function passes(name: string, report: string): boolean {
  const env = { ...process.env, SLUICE_CLIENTS_REPORT: report };
  const args = [MOCHA, join(FOLDER, `${name}${SUFFIX}`)];
  return spawnSync(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function readFindings(path: string): readonly Finding[] {
  const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Finding);
}

process.exitCode = await main(process.argv.slice(2));

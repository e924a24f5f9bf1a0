import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const MOCHA = join(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
const SUFFIX = '.test.ts';

/** Names of tests in a folder, without their suffix: those that are asked for, or all where none is. A text says what is wrong. */
export function chosenTests(folder: string, names: readonly string[]): readonly string[] | string {
  const known = readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) return `No test is called ${unknown.join(', ')}: the choices are ${known.join(', ')}`;
  return names.length === 0 ? known : names;
}

/** Runs one of them in a process of its own, which shows what it finds; true when it passes. */
export function runTest(
  folder: string,
  name: string,
  variables: Readonly<Record<string, string>>,
  ...options: readonly string[]
): boolean {
  const args = [MOCHA, ...options, join(folder, `${name}${SUFFIX}`)];
  const env = { ...process.env, ...variables };
  return spawnSync(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { DEFAULT_POLICY } from '../config/policy.ts';
import type { SchedulerPolicy } from '../config/policy.ts';
import { readPolicy } from '../config/read-policy.ts';
import { formatFieldError } from '../lib/field-error.ts';
import { SetupError } from './setup-error.ts';

/** The scheduler policy of the file, or the default one when no file is named; a bad file is told field by field. */
export async function loadPolicy(path: string): Promise<SchedulerPolicy> {
  if (path === '') return DEFAULT_POLICY;
  const result = readPolicy(parse(await readText(path)));
  if (result.kind === 'policy') return result.policy;
  throw new SetupError(`${path}: ${result.errors.map(formatFieldError).join('; ')}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SetupError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

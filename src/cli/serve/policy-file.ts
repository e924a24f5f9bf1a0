import { readFile } from 'node:fs/promises';
import { readPolicyText } from '../../adapters/policy-text.ts';
import { DEFAULT_POLICY } from '../../config/policy.ts';
import type { NumberedPolicy, PolicySource } from '../../config/policy-source.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import { SetupError } from '../setup-error.ts';

/** The scheduler policy to start with: that of a file, which has to be right, else the default one. */
export async function loadPolicy(source: PolicySource): Promise<NumberedPolicy> {
  if (source.kind !== 'file') return { policy: DEFAULT_POLICY, hash: 0 };
  const reading = readPolicyText(await readText(source.path));
  if (reading.kind === 'policy') return reading;
  const problem = reading.kind === 'errors' ? reading.errors.map(formatFieldError).join('; ') : reading.why;
  throw new SetupError(`${source.path}: ${problem}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SetupError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

import { readFileSync } from 'node:fs';
import { stringAt } from '../lib/json.ts';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** Version of this Sluice, as its package has it. */
export function sluiceVersion(): string {
  return stringAt(JSON.parse(readFileSync(PACKAGE, 'utf8')), ['version']);
}

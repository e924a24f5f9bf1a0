import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { snapshotOf } from '../support/golden-snapshot.ts';
import type { GoldenSnapshot } from '../support/golden-snapshot.ts';

const CASES = new URL('../golden/scheduler/', import.meta.url);
/** The second cycle shows what is said again, and that nothing is bound twice. */
const CYCLES = 2;
const FORMAT = { parser: 'json', printWidth: 120 };

function decisionsOf(golden: GoldenSnapshot): string {
  const scheduler = new Scheduler(snapshotOf(golden), DEFAULT_POLICY);
  const cycles = Array.from({ length: CYCLES }, () => [...scheduler.cycle({ nowMs: 0 })]);
  return JSON.stringify(cycles, mapsAsObjects);
}

function mapsAsObjects(_key: string, value: unknown): unknown {
  return value instanceof Map ? (Object.fromEntries(value) as unknown) : value;
}

describe('golden decisions (UPDATE_GOLDEN=1 writes them anew)', () => {
  for (const name of readdirSync(CASES).toSorted()) {
    const folder = new URL(`${name}/`, CASES);
    const golden = JSON.parse(readFileSync(new URL('snapshot.json', folder), 'utf8')) as GoldenSnapshot;

    it(`${name}: ${golden.about}`, async () => {
      const file = new URL('decisions.json', folder);
      const decisions = decisionsOf(golden);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, await format(decisions, FORMAT));
      expect(JSON.parse(decisions)).to.deep.equal(JSON.parse(readFileSync(file, 'utf8')));
    });
  }
});

import { expect } from 'chai';
import fc from 'fast-check';
import { userSteps } from '../../support/user-steps.ts';
import { differences, play } from './play.ts';
import { SUITES } from './suites.ts';
import { CROWDED } from './worlds.ts';

/** `SLUICE_WORLDS` asks for so many random worlds, `SLUICE_SEED` for other ones. */
const RUNS = { numRuns: Number(process.env['SLUICE_WORLDS'] ?? 150), seed: Number(process.env['SLUICE_SEED'] ?? 11) };

/**
 * Only groups that pods went for, and gangs beside pods on their way out, are promised room: without actions that evict there are
 * such in about one of a hundred worlds, so that a few other ones may have none.
 */
const ARE_MANY = RUNS.numRuns >= (process.env['SLUICE_SEED'] === undefined ? 150 : 1000);

describe('the core beside a plain scheduler', () => {
  for (const [name, suite] of Object.entries(SUITES))
    it(`decides the same, turn by turn, in any small world ${name}`, () => {
      let placed = 0;
      let refused = 0;
      let promised = 0;
      let evicted = 0;
      fc.assert(
        fc.property(userSteps(60, suite.plain.evicting === undefined ? {} : CROWDED), (script) => {
          play(suite, script, (core, reference) => {
            placed += Object.keys(core.placed).length;
            refused += Object.keys(core.refused).length;
            promised += Object.keys(core.promised).length;
            evicted += Object.keys(reference.evicted).length;
            const found = differences(core, reference);
            // In the message, which fast-check repeats for the smallest world.
            if (found.length > 0) throw new Error(found.join('; '));
          });
        }),
        RUNS,
      );
      if (process.env['SLUICE_SHOW'] !== undefined) console.log({ placed, refused, promised, evicted });
      expect(Math.min(placed, refused)).to.be.greaterThan(RUNS.numRuns / 100);
      const fewest = suite.plain.evicting === undefined ? (ARE_MANY ? RUNS.numRuns / 1000 : 0) : RUNS.numRuns / 100;
      expect(promised).to.be.at.least(fewest);
    }).timeout(0);
});

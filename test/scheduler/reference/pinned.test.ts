import { expect } from 'chai';
import type { UserStep } from '../../support/user-steps.ts';
import { differences, play } from './play.ts';
import { SUITES } from './suites.ts';

/** Worlds in which the core once decided otherwise: what was wrong, the policy, and what happened. */
const WORLDS: Readonly<Record<string, readonly [suite: string, script: readonly UserStep[]]>> = {
  'a pod went for nothing where the classes of those that it went for came in turns': [
    'with reclaim by capacity in a tree',
    [
      step('submit', 0, 504, 877),
      step('cycle'),
      step('queue', 3, 5, 437),
      step('submit', 876, 270, 249),
      step('submit', 205, 34),
      step('settle'),
      step('submit', 0, 30, 423),
      step('cycle'),
    ],
  ],
  'pods went for a place that was kept for who they went for': [
    'with host ports and pods that keep apart',
    [
      step('submit', 106, 513, 149),
      step('cycle'),
      step('submit', 404, 114, 660),
      step('settle'),
      step('queue', 0, 727),
      step('cycle'),
      step('nodeGone', 237),
      step('cycle'),
    ],
  ],
};

function step(move: UserStep['move'], a = 0, b = 0, c = 0): UserStep {
  return { move, a, b, c };
}

describe('the core beside a plain scheduler, once more where they differed', () => {
  for (const [name, [suiteName, script]] of Object.entries(WORLDS)) {
    it(`${name}, ${suiteName}`, () => {
      const suite = SUITES[suiteName];
      if (suite === undefined) throw new Error(`there is no suite ${suiteName}`);
      const found: string[] = [];
      play(suite, script, (core, reference) => found.push(...differences(core, reference)));
      expect(found).to.deep.equal([]);
    });
  }
});

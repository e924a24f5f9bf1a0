import { expect } from 'chai';
import { nextStep, ROTATION_PHASES } from '../../../src/engine/certificates/rotation.ts';
import type { Rotation, RotationStep, RotationView } from '../../../src/engine/certificates/rotation.ts';

const TIMINGS = { settleMs: 60_000, graceMs: 180_000 };
const NOW_MS = 10_000_000;
/** Everything is as it should be, long since. */
const QUIET: RotationView = {
  nowMs: NOW_MS,
  isSignerUsable: true,
  isSignerDue: false,
  isWanted: false,
  isNextUsable: true,
  carriedMs: 60_000,
  isServingCurrent: true,
  laggards: 0,
};

function rotation(phase: Rotation['phase'], since: number, until = 0): Rotation {
  return { phase, sinceMs: NOW_MS + since, untilMs: until === 0 ? 0 : NOW_MS + until };
}

describe('the next step of a rotation', () => {
  const rows: readonly [name: string, Rotation, Partial<RotationView>, RotationStep | undefined][] = [
    ['is none while the authority is young', rotation('Steady', -1), {}, undefined],
    ['is to make the next authority when this one is due', rotation('Steady', -1), { isSignerDue: true }, 'prepare'],
    ['is the same when somebody asks for it', rotation('Steady', -1), { isWanted: true }, 'prepare'],
    ['is to wait until all trust the next one', rotation('Prepare', -1e6), { carriedMs: undefined }, undefined],
    ['is to wait until they have trusted it for a while', rotation('Prepare', -1e6), { carriedMs: 59_999 }, undefined],
    ['is to sign with it once they have', rotation('Prepare', -1), {}, 'switch'],
    [
      'is to make the next authority again when it was lost',
      rotation('Prepare', -1),
      { isNextUsable: false },
      'prepare',
    ],
    ['is to wait for its first certificate', rotation('Switch', -1, 1e6), { isServingCurrent: false }, undefined],
    ['is to have it confirmed then', rotation('Switch', -1, 1e6), {}, 'confirm'],
    ['is to give every replica time to speak', rotation('Confirm', -179_999, 1e6), {}, undefined],
    ['is to wait for who serves another', rotation('Confirm', -180_000, 1e6), { laggards: 1 }, undefined],
    ['is to retire the one before when nobody does', rotation('Confirm', -180_000, 1e6), {}, 'retire'],
    ['is to trust it as long as what it signed lives', rotation('Retire', -1e6, 1), {}, undefined],
    ['is to trust it as long as somebody serves that', rotation('Retire', -1e6, -1), { laggards: 1 }, undefined],
    ['is the end of its trust after that', rotation('Retire', -1e6, -1), {}, 'finish'],
    ['is to begin the phase anew when the clock went back', rotation('Retire', 60_001, 1e6), {}, 'restamp'],
    ['is not that for clocks of API servers that differ a little', rotation('Confirm', 60_000, 1e6), {}, undefined],
    ['needs nothing of a clock that went back while steady', rotation('Steady', 1e9), {}, undefined],
  ];
  for (const [name, from, view, want] of rows) {
    it(name, () => expect(nextStep(from, { ...QUIET, ...view }, TIMINGS)).to.equal(want));
  }

  it('is a new authority whatever the phase, when nothing can sign', () => {
    for (const phase of ROTATION_PHASES)
      expect(nextStep(rotation(phase, -1), { ...QUIET, isSignerUsable: false }, TIMINGS)).to.equal('replace');
  });
});

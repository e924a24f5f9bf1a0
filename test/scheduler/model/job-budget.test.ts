import { expect } from 'chai';
import { MAX_UNAVAILABLE_ANNOTATION, MIN_AVAILABLE_ANNOTATION } from '../../../src/api/keys.ts';
import { disruptionsAllowed } from '../../../src/scheduler/model/job-budget.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';
import { amounts } from '../../support/scheduler-world.ts';

/** A group with six pods that run, two that wait and one that has ended. */
function allowed(hints: Readonly<Record<string, string>>): number | undefined {
  const on = new SchedulerWorld().nodes(1, amounts(10)).group('g', 1, { hints: new Map(Object.entries(hints)) });
  for (let i = 0; i < 6; i += 1) on.running(`g-${i}`, 'g', 'n1');
  on.pods('g', { count: 2, prefix: 'waits' }).running('ended', 'g', 'n1', { phase: 'Succeeded' });
  const job = on.snapshot.jobs.get('ns/g');
  if (job === undefined) throw new Error('no job');
  return disruptionsAllowed(job);
}

describe('the disruption budget of a PodGroup allows', () => {
  const [least, most] = [MIN_AVAILABLE_ANNOTATION, MAX_UNAVAILABLE_ANNOTATION];
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, number | undefined])[] = [
    ['nothing certain when nobody wrote one', {}, undefined],
    ['what runs beyond the number that has to', { [least]: '4' }, 2],
    ['nobody when too few run already', { [least]: '7' }, 0],
    ['what runs beyond a percentage, rounded up, of pods that have not ended', { [least]: '55%' }, 1],
    ['so many as may be missing, less those that are', { [most]: '5' }, 3],
    ['nobody when too many are missing already', { [most]: '1' }, 0],
    ['a percentage, rounded up, less those that are missing', { [most]: '30%' }, 1],
    ['what the first says where there are both', { [least]: '6', [most]: '8' }, 0],
    ['what the second says where the first cannot be read', { [least]: 'x', [most]: '8' }, 6],
    ['nothing certain where none can be read', { [least]: '-1', [most]: '1.5' }, undefined],
  ];
  for (const [what, hints, expected] of cases) {
    it(what, () => {
      expect(allowed(hints)).to.equal(expected);
    });
  }
});

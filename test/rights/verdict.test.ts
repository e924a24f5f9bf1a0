import { expect } from 'chai';
import type { RightsUsage } from './usage.ts';
import { verdictOf } from './verdict.ts';

const CLEAN: RightsUsage = { asked: new Map([['sluice', 2]]), denied: [], writesOfReader: [], unused: [] };
const ALL = ['claims', 'gangs'];
const RARE = new Map([['authority: create secrets', 'a Secret that somebody deleted']]);

describe('the verdict on rights', () => {
  const cases: readonly (readonly [
    name: string,
    usage: Partial<RightsUsage>,
    ran: readonly string[],
    isRight: boolean,
    told: string,
  ])[] = [
    [
      'is good for all files, with nothing denied or unused',
      { unused: [...RARE.keys()] },
      ALL,
      true,
      '2 files: 0 denied',
    ],
    ['is bad for a denial', { denied: ['sluice: get pods: no'] }, ALL, false, 'denied:\n  sluice: get pods: no'],
    ['is bad for a denial in one file', { denied: ['x'] }, ['gangs'], false, 'files that have not run:\n  claims'],
    ['is bad for a write of who only reads', { writesOfReader: ['patch pods'] }, ALL, false, 'wrote 1'],
    ['is bad for a right that no file takes', { unused: ['webhook: get pods'] }, ALL, false, '  webhook: get pods'],
    ['waits with unused rights until all have run', { unused: ['webhook: get pods'] }, ['gangs'], true, '1 unused'],
    ['tells of a reason whose right is taken', {}, ALL, true, 'although no test is said to play them'],
    [
      'names what no test plays, with the reason',
      { unused: [...RARE.keys()] },
      ALL,
      true,
      'authority: create secrets: a Secret that somebody deleted',
    ],
  ];
  for (const [name, usage, ran, isRight, told] of cases)
    it(name, () => {
      const verdict = verdictOf({ ...CLEAN, ...usage }, { ran, all: ALL }, RARE);
      expect(verdict.isRight).to.equal(isRight);
      expect(verdict.text).to.include(told);
    });
});

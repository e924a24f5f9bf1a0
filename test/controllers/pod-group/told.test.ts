import { expect } from 'chai';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import { groupPlanned } from '../../../src/controllers/pod-group/told.ts';
import { makeJob, makePlan, makeSparkPlan } from '../../support/controller-records.ts';
import { makePod, makeShape } from '../../support/records.ts';

const NOTHING: ReadonlySet<string> = new Set();
const GIVEN = ' Its pods have that group, their role and queue, and the scheduler sluice where they named none.';

function noteOf(plan: GroupPlan, reported = NOTHING): string | undefined {
  return groupPlanned({ kind: 'job', record: makeJob('train', plan) }, plan, plan, reported)[0]?.note;
}

const many = Array.from({ length: 15 }, (_, at) => ({ name: `role-${at}`, min: 1, stage: 0 }));

const CASES: readonly (readonly [name: string, over: Partial<GroupPlan>, want: string])[] = [
  ['says queue and who starts together', {}, 'in queue default starts with 3 worker.'],
  ['names stages one behind the other', makeSparkPlan(), 'in queue default starts with 1 driver, then 2 executor.'],
  [
    'leaves out who may come later',
    { tasks: [...makePlan().tasks, { name: 'spare', min: 0, stage: 0 }] },
    'in queue default starts with 3 worker.',
  ],
  [
    'says whose it is, and why it is as it is',
    {
      priorityClassName: 'high',
      submitter: 'alice',
      signature: 'k.1.s',
      policies: 'night team-a/gpu',
      isKept: true,
      isSuspended: true,
    },
    'in queue default starts with 3 worker (priority class high, never evicted for others, suspended, submitted by alice, under policies night team-a/gpu).',
  ],
  [
    'says that nobody has verified whose it is',
    { submitter: 'alice' },
    'in queue default starts with 3 worker (submitted by alice (not verified)).',
  ],
  [
    'names twelve roles of many',
    { tasks: many },
    `in queue default starts with ${Array.from({ length: 12 }, (_, at) => `1 role-${at}`).join(' and ')} and 3 roles more.`,
  ],
];

describe('what a root is told when its group is made', () => {
  for (const [name, over, want] of CASES) {
    it(name, () => {
      const plan = makePlan(over);
      expect(noteOf(plan)).to.equal(`PodGroup ${plan.group} ${want}${GIVEN}`);
    });
  }

  it('is told once, and to no pod', () => {
    const plan = makePlan();
    const note = noteOf(plan) ?? '';
    expect(noteOf(plan, new Set([eventFingerprint({ reason: 'GroupPlanned', note })]))).to.equal(undefined);
    const pod = makePod('p', plan.group, makeShape({ cpu: 1 }), { groupPlan: formatGroupPlan(plan) });
    expect(groupPlanned({ kind: 'pod', record: pod }, plan, {}, NOTHING)).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { formatGroupPlan, minMemberAt, parseGroupPlan, parseNewerPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { makePlan, makeSparkPlan } from '../support/controller-records.ts';

const text = fc.string({ maxLength: 12 });
const name = fc.string({ minLength: 1, maxLength: 12 });
const members = {
  version: fc.constant(1 as const),
  group: name,
  root: text,
  queue: name,
  priorityClassName: text,
  owner: fc.constantFrom('root', 'controller'),
  tasks: fc.array(fc.record({ name, min: fc.nat(), stage: fc.nat(3) }), { minLength: 1, maxLength: 4 }),
  minResources: fc.dictionary(fc.stringMatching(/^[a-z./]{1,12}$/), text, { noNullPrototype: true }),
};
const plan: fc.Arbitrary<GroupPlan> = fc.oneof(
  fc.record(members),
  fc.record({ ...members, runningEstimate: fc.constantFrom('90s', '1.5s') }),
  fc.record({
    ...members,
    network: fc.record({
      isHard: fc.boolean(),
      highestTier: fc.option(fc.nat(), { nil: undefined }),
      tierName: fc.constantFrom('', 'rack'),
    }),
  }),
);

describe('group plan', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(plan, (given) => {
        expect(parseGroupPlan(formatGroupPlan(given))).to.deep.equal(given);
      }),
    );
  });

  it('has one text, in whatever order its members were made', () => {
    const a = makePlan({ minResources: { cpu: '3', memory: '6Gi' } });
    const { tasks, ...rest } = makePlan({ minResources: { memory: '6Gi', cpu: '3' } });
    expect(formatGroupPlan({ tasks, ...rest })).to.equal(formatGroupPlan(a));
  });

  const broken: readonly (readonly [string, unknown])[] = [
    ['another version', { ...makePlan(), version: 2 }],
    ['no group', { ...makePlan(), group: '' }],
    ['no queue', { ...makePlan(), queue: undefined }],
    ['no task', { ...makePlan(), tasks: [] }],
    ['a task that is no object', { ...makePlan(), tasks: ['worker'] }],
    ['a task without a name', { ...makePlan(), tasks: [{ min: 1, stage: 0 }] }],
    ['a task without a minimum', { ...makePlan(), tasks: [{ name: 'worker', stage: 0 }] }],
    ['a negative minimum', { ...makePlan(), tasks: [{ name: 'worker', min: -1, stage: 0 }] }],
    ['half a member', { ...makePlan(), tasks: [{ name: 'worker', min: 0.5, stage: 0 }] }],
    ['a negative stage', { ...makePlan(), tasks: [{ name: 'worker', min: 1, stage: -1 }] }],
    ['one good task beside a bad one', { ...makePlan(), tasks: [{ name: 'worker', min: 1 }, {}] }],
    ['a list', []],
    ['null', null],
  ];
  for (const [what, value] of broken) {
    it(`is nothing with ${what}`, () => {
      expect(parseGroupPlan(JSON.stringify(value))).to.equal(undefined);
    });
  }

  for (const [what, given] of [
    ['no text', ''],
    ['text that is no JSON', '{"version":1'],
    ['text of more than 32 KiB', formatGroupPlan(makePlan({ root: 'x'.repeat(32 * 1024) }))],
  ] as const) {
    it(`is nothing in ${what}`, () => {
      expect(parseGroupPlan(given)).to.equal(undefined);
    });
  }

  const newer: readonly (readonly [string, unknown, unknown])[] = [
    ['a later version', { version: 2, group: 'g', queue: 'q', anything: {} }, { group: 'g', queue: 'q' }],
    ['this version', makePlan(), undefined],
    ['half a version', { version: 2.5, group: 'g', queue: 'q' }, undefined],
    ['a version in words', { version: '2', group: 'g', queue: 'q' }, undefined],
    ['a later version without a group', { version: 2, queue: 'q' }, undefined],
    ['a later version without a queue', { version: 2, group: 'g' }, undefined],
    ['no plan', [], undefined],
  ];
  for (const [what, given, want] of newer)
    it(`tells a newer plan: ${what}`, () => {
      expect(parseNewerPlan(JSON.stringify(given))).to.deep.equal(want);
    });

  it('leaves amounts out that are no text', () => {
    const given = JSON.stringify({ ...makePlan(), minResources: { cpu: 3, memory: '6Gi' } });
    expect(parseGroupPlan(given)?.minResources).to.deep.equal({ memory: '6Gi' });
  });

  it('counts the members of the stages that are open', () => {
    expect([0, 1, 2].map((stage) => minMemberAt(makeSparkPlan(), stage))).to.deep.equal([1, 3, 3]);
  });
});

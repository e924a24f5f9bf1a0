import { expect } from 'chai';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { answersOf, answersOfLabels } from './five-answers.ts';
import { BY_LABELS, exampleNames, GANGS, REPLICAS } from './framework-table.ts';
import { courseOfTwo } from './two-at-once.ts';

const ALL = { grouped: 'yes', minimum: 'yes', queue: 'yes', update: 'yes', noDeadlock: 'yes' };
const HANDED_DOWN = { grouped: '-', minimum: '-', queue: 'yes', update: 'yes', noDeadlock: '-' };

describe('the five answers for each framework', () => {
  it('are yes, where there is something to ask', async () => {
    for (const name of await exampleNames()) {
      const want = name in GANGS || name in REPLICAS ? ALL : HANDED_DOWN;
      expect(await answersOf(name), name).to.deep.equal(want);
    }
    for (const [name, pods] of Object.entries(BY_LABELS)) {
      expect(answersOfLabels(pods), name).to.deep.equal({ ...ALL, update: '-' });
    }
  });

  it('are no for pods and roles that are others than the table says', () => {
    const [spark] = Object.values(BY_LABELS);
    if (spark === undefined) throw new Error('no case');
    const roles = { driver: [1, 0], executor: [3, 1] } as const;
    const [driver = [{}, ''] as const] = spark.pods;
    const wrong = answersOfLabels({ ...spark, roles, pods: [driver, [{}, 'worker']] });
    expect(wrong).to.include({ grouped: 'NO', minimum: 'NO', queue: 'yes' });
  });

  const plan: GroupPlan = {
    version: 1,
    group: 'g',
    root: 'r',
    queue: 'default',
    priorityClassName: '',
    owner: 'root',
    tasks: [
      { name: 'driver', min: 1, stage: 0 },
      { name: 'executor', min: 1, stage: 1 },
    ],
    minResources: {},
  };

  it('see two applications lock each other that ask for room for their drivers only', () => {
    expect(courseOfTwo(plan, 'stage by stage', 1).before).to.deep.equal([1, 1]);
    expect(courseOfTwo(plan, 'stage by stage')).to.deep.equal({ whole: 2, before: [2, 0], after: [0, 2] });
  });
});

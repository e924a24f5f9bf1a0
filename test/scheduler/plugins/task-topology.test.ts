import { expect } from 'chai';
import {
  TASK_AFFINITY_ANNOTATION,
  TASK_ANTI_AFFINITY_ANNOTATION,
  TASK_ORDER_ANNOTATION,
} from '../../../src/api/keys.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const [TOGETHER, APART, ORDER] = [TASK_AFFINITY_ANNOTATION, TASK_ANTI_AFFINITY_ANNOTATION, TASK_ORDER_ANNOTATION];

function policy(weight: number): SchedulerPolicy {
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion'), plugin('binpack')];
  return { ...DEFAULT_POLICY, tiers: [[...enforcing, plugin('task-topology', { 'task-topology.weight': weight })]] };
}

/** Three nodes of four CPUs; a group with roles `a`, `b` ... of one CPU each, as many as are named; its members so far. */
function placed(
  hints: Readonly<Record<string, string>>,
  roles: string,
  standing: Readonly<Record<string, string>> = {},
  weight = 10,
): Readonly<Record<string, string>> {
  const on = new SchedulerWorld(policy(weight)).nodes(3, amounts(4));
  on.group('g', 1, { hints: new Map(Object.entries(hints)) });
  // Somebody else makes n3 the fullest, which binpack likes.
  on.running('x', 'x', 'n3', { requests: amounts(2) });
  for (const [task, node] of Object.entries(standing))
    on.running(`${task}-there`, 'g', node, { task: task.slice(0, 1), requests: amounts(1) });
  for (const [at, task] of roles.split('').entries())
    on.pods('g', { count: 1, task, prefix: `${task}${at}`, requests: amounts(1), createdMs: at });
  return withoutAmbient(() => on.cycle()).placed;
}

describe('roles that belong together', () => {
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    string,
    Readonly<Record<string, string>>,
    Readonly<Record<string, string>>,
  ])[] = [
    ['go where their partners stand', { [TOGETHER]: 'a,b' }, 'b', { a: 'n2' }, { 'b0-0': 'n2' }],
    ['go where nodes are fuller when nothing is said', { [ORDER]: 'a,b' }, 'b', { a: 'n2' }, { 'b0-0': 'n3' }],
    [
      'go where more of their partners stand',
      { [TOGETHER]: 'a,b' },
      'b',
      { a: 'n1', a2: 'n2', a3: 'n2' },
      { 'b0-0': 'n2' },
    ],
    [
      'follow what was placed in the same cycle',
      { [TOGETHER]: 'a,b', [APART]: 'a,x' },
      'ab',
      {},
      { 'a0-0': 'n3', 'b1-0': 'n3' },
    ],
    ['care for no role of another list', { [TOGETHER]: 'a,b;c,d' }, 'd', { a: 'n2' }, { 'd0-0': 'n3' }],
    ['seek their own kind where a list names one role', { [TOGETHER]: 'a' }, 'a', { a: 'n2' }, { 'a0-0': 'n2' }],
    ['seek not their own kind where it names several', { [TOGETHER]: 'a,b' }, 'a', { a: 'n2' }, { 'a0-0': 'n3' }],
    ['keep away from opponents', { [APART]: 'a,b' }, 'b', { a: 'n3' }, { 'b0-0': 'n1' }],
    ['keep away from their own kind', { [APART]: ' a ; ' }, 'aaa', {}, { 'a0-0': 'n3', 'a1-0': 'n1', 'a2-0': 'n2' }],
    ['go to opponents rather than wait', { [APART]: 'a' }, 'a', { a: 'n1', a2: 'n2', a3: 'n3' }, { 'a0-0': 'n3' }],
  ];
  for (const [what, hints, roles, standing, expected] of cases) {
    it(what, () => {
      expect(placed(hints, roles, standing)).to.deep.equal(expected);
    });
  }

  it('count by their weight', () => {
    expect(placed({ [TOGETHER]: 'a,b' }, 'b', { a: 'n2' }, 0)).to.deep.equal({ 'b0-0': 'n3' });
  });

  it('do not look at members that are on their way out, nor at other groups', () => {
    const on = new SchedulerWorld(policy(10)).nodes(2, amounts(4));
    for (const name of ['g', 'h']) on.group(name, 1, { hints: new Map([[TOGETHER, 'a,b']]) });
    on.running('leaves', 'g', 'n2', { task: 'a', deleting: true, requests: amounts(1) });
    on.running('other', 'h', 'n2', { task: 'a', requests: amounts(1) });
    on.running('x', 'x', 'n1', { requests: amounts(3) });
    on.pods('g', { count: 1, task: 'b', requests: amounts(1) });
    expect(on.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });
});

describe('roles with an order', () => {
  it('are placed in it, those that it does not name last', () => {
    const order = (hints: Readonly<Record<string, string>>): string[] => Object.keys(placed(hints, 'cab'));
    expect(order({ [ORDER]: 'a,b' })).to.deep.equal(['a1-0', 'b2-0', 'c0-0']);
    expect(order({ [TOGETHER]: 'x' })).to.deep.equal(['c0-0', 'a1-0', 'b2-0']);
  });
});

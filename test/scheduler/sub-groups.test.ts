import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { podWith } from '../../src/api/records/stored-pod.ts';
import { makePod, makeShape } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';
import { PART_LABEL, partsOf, splitGroup } from '../support/sub-groups.ts';

function world(cpus: number): SchedulerWorld {
  return new SchedulerWorld(DEFAULT_POLICY).node('n1', amounts(cpus));
}

/** Numbers of pods that got places, by part; then all that was bound runs. */
function placed(on: SchedulerWorld): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [pod, node] of Object.entries(on.cycle().placed)) {
    const part = pod.split('-')[1] ?? '';
    counts[part] = (counts[part] ?? 0) + 1;
    const task = on.snapshot.tasks.get(`uid-${pod}`);
    if (task !== undefined) on.snapshot.upsertTask(podWith(task.record, { nodeName: node, phase: 'Running' }));
  }
  return counts;
}

describe('a gang that is split into parts', () => {
  const STARTS: readonly (readonly [string, number, Record<string, number>, object, Record<string, number>])[] = [
    ['starts with all parts that fit', 6, { a: 2, b: 2, c: 2 }, { subGroups: [partsOf(2, 2)] }, { a: 2, b: 2, c: 2 }],
    ['never takes half a part more', 5, { a: 2, b: 2, c: 2 }, { subGroups: [partsOf(2, 2)] }, { a: 2, b: 2 }],
    ['does not start with too few parts', 3, { a: 2, b: 2, c: 2 }, { subGroups: [partsOf(2, 2)] }, {}],
    ['starts with any parts when none must be whole', 3, { a: 2, b: 2 }, { subGroups: [partsOf(2, 0)] }, { a: 2 }],
    ['starts with nothing rather than half a part', 1, { a: 2 }, { subGroups: [partsOf(2, 0)] }, {}],
    ['passes over a part that lacks pods', 4, { a: 1, b: 2, c: 2 }, { subGroups: [partsOf(2, 2)] }, { b: 2, c: 2 }],
    ['waits for the pods of its parts', 9, { a: 1, b: 2 }, { subGroups: [partsOf(2, 2)] }, {}],
    [
      'takes more parts than must be whole for its minimum',
      6,
      { a: 2, b: 2, c: 2 },
      { minMember: 5, subGroups: [partsOf(2, 1)] },
      { a: 2, b: 2, c: 2 },
    ],
    [
      'does not count half a part for its minimum',
      5,
      { a: 2, b: 2, c: 2 },
      { minMember: 5, subGroups: [partsOf(2, 1)] },
      {},
    ],
    [
      'starts with a part that has a pod to spare where another part would leave room for a pod that nobody has',
      3,
      { a: 2, b: 3 },
      { minMember: 3, subGroups: [partsOf(2, 0)] },
      { b: 3 },
    ],
    ['takes what a part has beyond its size one by one', 3, { a: 4 }, { subGroups: [partsOf(2, 1)] }, { a: 3 }],
    [
      'has pods outside its parts that stand for themselves',
      3,
      { a: 2, b: 2 },
      { subGroups: [partsOf(2, 1, { selector: [{ key: PART_LABEL, operator: 'In', values: ['a'] }] })] },
      { a: 2, b: 1 },
    ],
    [
      'holds the minima of all its policies together',
      4,
      { a: 2, b: 3 },
      {
        subGroups: [
          partsOf(2, 1, { selector: [{ key: PART_LABEL, operator: 'In', values: ['a'] }] }),
          partsOf(3, 1, { name: 'other' }),
        ],
      },
      {},
    ],
  ];
  for (const [name, cpus, parts, group, want] of STARTS) {
    it(name, () => {
      const on = world(cpus);
      splitGroup(on, 'g', parts, group);
      expect(placed(on)).to.deep.equal(want);
      expect(placed(on)).to.deep.equal({});
    });
  }

  it('holds the minima of its roles and its parts together', () => {
    const on = world(4);
    const roles = { minMember: 4, minTaskMember: new Map([['driver', 1]]), subGroups: [partsOf(2, 2)] };
    splitGroup(on, 'g', { a: 2, b: 2 }, roles);
    on.snapshot.upsertTask(makePod('g-d-0', 'g', makeShape(amounts(1)), { task: 'driver' }));
    expect(placed(on)).to.deep.equal({});
    on.node('n2', amounts(1));
    expect(placed(on)).to.deep.equal({ a: 2, b: 2, d: 1 });
  });

  it('takes the part that has the role that it cannot do without', () => {
    const on = world(2);
    splitGroup(
      on,
      'g',
      { a: 2 },
      { minMember: 2, minTaskMember: new Map([['driver', 1]]), subGroups: [partsOf(2, 0)] },
    );
    splitGroup(
      on,
      'g',
      { b: 1 },
      { minMember: 2, minTaskMember: new Map([['driver', 1]]), subGroups: [partsOf(2, 0)] },
    );
    on.snapshot.upsertTask(makePod('g-b-1', 'g', makeShape(amounts(1)), { task: 'driver', labels: [PART_LABEL, 'b'] }));
    expect(placed(on)).to.deep.equal({ b: 2 });
  });

  it('gets further parts as wholes when room comes', () => {
    const on = world(5);
    splitGroup(on, 'g', { a: 2, b: 2, c: 2 }, { subGroups: [partsOf(2, 2)] });
    expect(placed(on)).to.deep.equal({ a: 2, b: 2 });
    on.node('n2', amounts(1));
    expect(placed(on)).to.deep.equal({ c: 2 });
  });

  it('mends a part that lost a pod before it takes another one', () => {
    const on = world(4);
    splitGroup(on, 'g', { a: 2, b: 2, c: 2 }, { subGroups: [partsOf(2, 1)] });
    expect(placed(on)).to.deep.equal({ a: 2, b: 2 });
    on.snapshot.removeTask('uid-g-b-0');
    on.snapshot.upsertTask(makePod('g-b-9', 'g', makeShape(amounts(1)), { labels: [PART_LABEL, 'b'] }));
    expect(placed(on)).to.deep.equal({ b: 1 });
  });

  it('follows its policies and the labels of its pods when they change', () => {
    const on = world(9);
    splitGroup(on, 'g', { a: 1, b: 2 }, { subGroups: [partsOf(3, 1)] });
    expect(placed(on)).to.deep.equal({});
    const task = on.snapshot.tasks.get('uid-g-a-0');
    if (task !== undefined) on.snapshot.upsertTask(podWith(task.record, { labels: [PART_LABEL, 'b'] }));
    expect(placed(on)).to.deep.equal({ a: 1, b: 2 });
    const other = world(9);
    splitGroup(other, 'g', { a: 1, b: 2 }, { subGroups: [partsOf(3, 1)] });
    other.group('g', 0, { subGroups: [partsOf(2, 1)] });
    expect(placed(other)).to.deep.equal({ b: 2 });
  });

  const REFUSALS: readonly (readonly [string, number, Record<string, number>, object, string])[] = [
    [
      'which parts lack pods',
      9,
      { a: 1, b: 2 },
      { subGroups: [partsOf(2, 2)] },
      'NotEnoughSubGroups: PodGroup ns/g needs 2 sub-groups worker of 2 pods and has pods for 1.',
    ],
    [
      'that too many of its pods are of parts that lack some',
      9,
      { a: 1, b: 2 },
      { minMember: 3, subGroups: [partsOf(2, 1)] },
      'NotEnoughSubGroups: PodGroup ns/g needs 3 pods, and 2 are of sub-groups that have all their pods.',
    ],
    [
      'how many parts are whole',
      4,
      { a: 2, b: 2 },
      { subGroups: [partsOf(2, 2)] },
      'NotEnoughResources: PodGroup ns/g must place 4 more pods together (sub-groups worker: 0 of 2 whole)',
    ],
    [
      'that its parts can never be whole',
      3,
      { a: 2, b: 2 },
      { subGroups: [partsOf(2, 2)] },
      'NeverFits: PodGroup ns/g cannot start as things are: 4 of its pods must start together',
    ],
    [
      'that the parts of one policy can never be whole',
      9,
      { a: 3 },
      { subGroups: [partsOf(3, 1)] },
      'NeverFits: PodGroup ns/g cannot start as things are: ',
    ],
  ];
  for (const [name, cpus, parts, group, want] of REFUSALS) {
    it(`is told ${name}`, () => {
      const on = world(cpus);
      if (name === 'how many parts are whole') {
        on.group('other', 1, {}).running('o', 'other', 'n1', { requests: amounts(2) });
      }
      const shape = name.startsWith('that the parts')
        ? makeShape(amounts(1), { nodeSelector: new Map([['x', 'y']]) })
        : makeShape(amounts(1));
      splitGroup(on, 'g', parts, group, { shape });
      const { refused } = on.cycle();
      expect(refused['g']?.slice(0, want.length)).to.equal(want);
    });
  }
});

import { expect } from 'chai';
import { formatRows, problems, readRows } from '../../examples/quickstart/outcome.ts';
import type { JsonValue } from '../../src/lib/json.ts';

interface Shape {
  readonly root: string;
  readonly min: number;
  readonly phase: string;
  readonly bound: number;
  readonly why?: string;
}

const AS_PROMISED: readonly Shape[] = [
  { root: 'train', min: 8, phase: 'Running', bound: 8 },
  { root: 'large-one', min: 6, phase: 'Running', bound: 6 },
  { root: 'large-two', min: 6, phase: 'Pending', bound: 0, why: 'no room' },
  { root: 'spark-pi-driver', min: 3, phase: 'Running', bound: 3 },
];

describe('outcome of the quick start', () => {
  it('is as promised when one large gang runs and the other says why it waits', () => {
    expect(problems(rowsOf(AS_PROMISED))).to.deep.equal([]);
  });

  const wrongs: readonly [name: string, root: string, change: Partial<Shape>, want: string][] = [
    ['a worker is missing', 'train', { bound: 7 }, 'train: 7 of 8 pods run'],
    [
      'both large gangs run',
      'large-two',
      { bound: 6, phase: 'Running' },
      '2 of the two large gangs run, exactly one should',
    ],
    [
      'neither large gang runs',
      'large-one',
      { bound: 0, phase: 'Pending', why: 'no room' },
      '0 of the two large gangs run, exactly one should',
    ],
    [
      'the waiting gang is partly bound',
      'large-two',
      { bound: 2 },
      '0 of the two large gangs wait and say why, exactly one should',
    ],
    [
      'the waiting gang gives no reason',
      'large-two',
      { why: '' },
      '0 of the two large gangs wait and say why, exactly one should',
    ],
    ['an executor does not run', 'spark-pi-driver', { bound: 2 }, 'spark-pi-driver: 2 of 3 pods run'],
  ];
  for (const [name, root, change, want] of wrongs) {
    it(`is wrong when ${name}`, () => {
      const shapes = AS_PROMISED.map((shape) => (shape.root === root ? { ...shape, ...change } : shape));
      expect(problems(rowsOf(shapes))).to.include(want);
    });
  }

  it('is shown as a table with the reasons below', () => {
    const text = formatRows(rowsOf(AS_PROMISED));
    expect(text.split('\n')[0]).to.match(/^WORKLOAD +PODGROUP +QUEUE +PHASE +MIN +BOUND +RUNNING +NODES$/);
    expect(text).to.match(/large-two +large-two-g +default +Pending +6 +0\/6 +0 +0/);
    expect(text).to.include('large-two waits: no room');
  });
});

function rowsOf(shapes: readonly Shape[]): ReturnType<typeof readRows> {
  const groups = shapes.map(({ root, min, phase, why }): JsonValue => ({
    metadata: { name: `${root}-g`, ownerReferences: [{ name: root }] },
    spec: { queue: 'default', minMember: min },
    status: { phase, conditions: why === undefined || why === '' ? [] : [{ type: 'Unschedulable', message: why }] },
  }));
  const pods = shapes.flatMap(({ root, min, bound }) =>
    Array.from({ length: min }, (_, i): JsonValue => ({
      metadata: { annotations: { 'scheduling.k8s.io/group-name': `${root}-g` } },
      spec: i < bound ? { nodeName: `node-${i}` } : {},
      status: { phase: i < bound ? 'Running' : 'Pending' },
    })),
  );
  return readRows(groups, pods);
}

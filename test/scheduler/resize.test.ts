import { expect } from 'chai';
import { projectPod } from '../../src/api/projections/pod.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

/** CPUs by where they are told. */
interface Cpus {
  readonly spec: string;
  readonly allocated: string;
  readonly enacted: string;
  readonly isInfeasible?: boolean;
}

/** A node of 4 CPUs, and a pod of 4 CPUs that somebody else placed on it. */
class ResizeWorld extends SchedulerWorld {
  readonly #shapes = new Map<string, SchedulingShape>();

  constructor() {
    super();
    this.nodes(1, amounts(4)).see({ spec: '4', allocated: '4', enacted: '4' });
  }

  /** The watch shows the pod as it is now. */
  see({ spec, allocated, enacted, isInfeasible = false }: Cpus): this {
    const record = projectPod(
      {
        metadata: { name: 'runs', namespace: 'ns', uid: 'uid-runs' },
        spec: { nodeName: 'n1', containers: [{ name: 'main', resources: { requests: { cpu: spec } } }] },
        status: {
          phase: 'Running',
          conditions: isInfeasible ? [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }] : [],
          containerStatuses: [
            { name: 'main', allocatedResources: { cpu: allocated }, resources: { requests: { cpu: enacted } } },
          ],
        },
      },
      this.#shapes,
    );
    if (record !== undefined) this.snapshot.upsertTask(record);
    return this;
  }

  /** Idle CPUs of the node. */
  get idle(): number {
    return (this.snapshot.nodes.idle[0]?.[0] ?? NaN) / 1000;
  }

  /** How many of three pods of one CPU each, in groups of their own, find a place. */
  placed(): number {
    for (const name of ['a', 'b', 'c']) this.gang(name, { count: 1, requests: amounts(1) });
    return Object.keys(this.cycle().placed).length;
  }
}

describe('the room of a pod that is resized in place', () => {
  const cases: Readonly<Record<string, readonly [Cpus, idle: number]>> = {
    'is kept while the kubelet has not heard of the shrinking': [{ spec: '1', allocated: '4', enacted: '4' }, 0],
    'is kept while the shrinking is under way': [{ spec: '1', allocated: '1', enacted: '4' }, 0],
    'is free as far as the kubelet has come': [{ spec: '1', allocated: '2', enacted: '2' }, 2],
    'is free once the shrinking is done': [{ spec: '1', allocated: '1', enacted: '1' }, 3],
    'is kept for what it grows to at once': [{ spec: '3', allocated: '1', enacted: '1' }, 1],
    'is not kept for growing that is infeasible': [{ spec: '9', allocated: '1', enacted: '1', isInfeasible: true }, 3],
    'is not given away by shrinking that is infeasible': [
      { spec: '1', allocated: '4', enacted: '4', isInfeasible: true },
      0,
    ],
  };
  for (const [name, [cpus, idle]] of Object.entries(cases)) {
    it(name, () => {
      const world = new ResizeWorld().see(cpus);
      expect(world.placed()).to.equal(idle);
      expect(world.idle).to.equal(0);
    });
  }

  it('is given to a gang that waits for it in the cycle after the status followed, and not before', () => {
    const world = new ResizeWorld().gang('a', { count: 3, requests: amounts(1) });
    for (const cpus of [
      { spec: '4', allocated: '4', enacted: '4' },
      { spec: '1', allocated: '4', enacted: '4' },
      { spec: '1', allocated: '1', enacted: '4' },
    ]) {
      expect(world.see(cpus).cycle().placed).to.deep.equal({});
    }
    const { placed } = world.see({ spec: '1', allocated: '1', enacted: '1' }).cycle();
    expect(placed).to.deep.equal({ 'a-0': 'n1', 'a-1': 'n1', 'a-2': 'n1' });
  });

  it('moves nothing when a pod starts to run as it was asked for', () => {
    const world = new ResizeWorld();
    const before = world.snapshot.tasks.get('uid-runs')?.class;
    world.see({ spec: '4', allocated: '4', enacted: '4' });
    expect(world.snapshot.tasks.get('uid-runs')?.class).to.equal(before);
    expect(world.snapshot.classes.size).to.equal(1);
  });
});

import { expect } from 'chai';
import { reportCycle } from '../../../src/engine/cycle/scheduler-metrics.ts';
import { Decisions } from '../../../src/scheduler/session/decisions.ts';
import { policy } from '../../support/evicting-world.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('what is measured of queues', () => {
  it('tells of resources that some node offers, and of no other: anybody may ask for a name of his own', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4, 0, 2));
    for (let i = 0; i < 100; i += 1) world.gang(`g${i}`, { count: 1, requests: { [`own/r${i}`]: 1, [GPU]: 1 } });
    const metrics = new RecordingMetrics();
    reportCycle(metrics, world.snapshot, world.scheduler.cycle({ nowMs: 0 }), 0);
    const series = metrics.series('volcano_queue_request_scalar_resources');
    expect(series).to.deep.equal([`queue_name=default,resource=${GPU}`]);
    expect(metrics.value('volcano_queue_request_scalar_resources', { queue_name: 'default', resource: GPU })).to.equal(
      100,
    );
  });

  it('keeps how many pods had to go for others, until others have to', () => {
    const world = new SchedulerWorld(policy('preempt')).node('n1', amounts(2));
    for (const [name, value] of [
      ['low', 1],
      ['high', 10],
    ] as const) {
      world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    }
    for (const name of ['a', 'b']) {
      world
        .group(name, 1, { priorityClassName: 'low' })
        .running(`${name}-0`, name, 'n1', { requests: amounts(1), priority: 1 });
    }
    world.gang('urgent', { count: 2, requests: amounts(1), priority: 10 }, { priorityClassName: 'high' });
    const metrics = new RecordingMetrics();
    reportCycle(metrics, world.snapshot, world.scheduler.cycle({ nowMs: 0 }), 0);
    expect(metrics.value('volcano_pod_preemption_victims', {})).to.equal(2);
    reportCycle(metrics, world.snapshot, new Decisions(), 0);
    expect(metrics.value('volcano_pod_preemption_victims', {})).to.equal(2);
  });

  it('ends with the queue', async () => {
    const world = new LoopWorld();
    for (const name of ['default', 'blue']) world.api.put('queues', rawQueue(name));
    world.api.put('nodes', rawNode('n1', 2));
    world.api.put('podgroups', rawGroup('g', 1));
    world.api.put('pods', rawPod('g-0', 'g'));
    world.start();
    await world.run(1000);
    const queues = (): string[] => world.metrics.series('volcano_queue_weight').toSorted();
    expect(queues()).to.deep.equal(['queue_name=blue', 'queue_name=default']);
    world.api.remove('queues', 'blue');
    await world.run(1000);
    expect(queues()).to.deep.equal(['queue_name=default']);
  });
});

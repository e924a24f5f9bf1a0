import { expect } from 'chai';
import { reportCycle } from '../../../src/engine/cycle/scheduler-metrics.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

describe('what is measured of queues', () => {
  it('tells of resources that some node offers, and of no other: anybody may ask for a name of his own', () => {
    const world = new SchedulerWorld().nodes(1, amounts(4, 0, 2));
    for (let i = 0; i < 100; i += 1) world.gang(`g${i}`, { count: 1, requests: { [`own/r${i}`]: 1, [GPU]: 1 } });
    const metrics = new RecordingMetrics();
    reportCycle(metrics, world.snapshot, world.cycle().decisions, 0);
    const series = metrics.series('volcano_queue_request_scalar_resources');
    expect(series).to.deep.equal([`queue_name=default,resource=${GPU}`]);
    expect(metrics.value('volcano_queue_request_scalar_resources', { queue_name: 'default', resource: GPU })).to.equal(
      100,
    );
  });
});

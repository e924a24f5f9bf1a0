import { expect } from 'chai';
import type { MetricsSource } from '../../../src/config/metrics-source.ts';
import { UsageFeed } from '../../../src/engine/usage/usage-feed.ts';
import type { UsageReading } from '../../../src/engine/usage/usage-feed.ts';
import { settled } from '../../support/controller-ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

const SOURCE: MetricsSource = { type: 'prometheus', address: 'http://a', intervalMs: 30_000 };
const FAILED: UsageReading = { kind: 'failed', why: 'nobody is there' };

function busy(cpu: number): UsageReading {
  return { kind: 'usage', byNode: new Map([['n1', { cpu, memory: 0 }]]) };
}

/** A feed over a source that answers as it is told; what was asked and what was said. */
class World {
  readonly clock = new ManualClock(0);
  readonly metrics = new RecordingMetrics();
  readonly asked: string[] = [];
  readonly applied: number[] = [];
  readonly warned: string[] = [];
  readonly feed: UsageFeed;
  answer: UsageReading | Promise<UsageReading> = busy(1);

  constructor(source: MetricsSource | undefined = SOURCE) {
    const log = { ...QUIET_LOG, warn: (message: string) => void this.warned.push(message) };
    const { clock, metrics } = this;
    const read = ({ address }: MetricsSource): Promise<UsageReading> => {
      this.asked.push(`${address} at ${clock.nowMs() / 1000}`);
      return Promise.resolve(this.answer);
    };
    const apply = (byNode: ReadonlyMap<string, { readonly cpu: number }>): void => {
      this.applied.push(byNode.get('n1')?.cpu ?? 0);
    };
    this.feed = new UsageFeed({ read, apply, clock, metrics, log }, source);
  }

  async pass(seconds: number): Promise<void> {
    for (let s = 0; s < seconds; s += 1) {
      await settled();
      this.clock.advance(1000);
    }
    await settled();
  }
}

describe('the feed of usage', () => {
  it('asks at once and then in intervals, only while it leads', async () => {
    const world = new World();
    await world.pass(60);
    expect(world.asked).to.deep.equal([]);
    world.feed.start();
    await world.pass(65);
    world.feed.stop();
    await world.pass(60);
    expect(world.asked).to.deep.equal(['http://a at 60', 'http://a at 90', 'http://a at 120']);
    expect(world.applied).to.deep.equal([1, 1, 1]);
  });

  it('asks nobody when no source is named', async () => {
    const world = new World(undefined);
    world.feed.setSource(undefined);
    world.feed.start();
    await world.pass(60);
    expect(world.asked).to.deep.equal([]);
  });

  it('tells once that a source fails, hands nothing on, and asks again', async () => {
    const world = new World();
    world.answer = FAILED;
    world.feed.start();
    await world.pass(65);
    expect([world.warned.length, world.asked.length, world.applied.length]).to.deep.equal([1, 3, 0]);
    world.answer = busy(7);
    await world.pass(30);
    world.answer = FAILED;
    await world.pass(60);
    expect([world.warned.length, world.applied]).to.deep.equal([2, [7]]);
    expect(world.metrics.value('sluice_node_usage_readings_total', { result: 'failed' })).to.equal(5);
  });

  it('takes no answer of a source that is not asked any more', async () => {
    const world = new World();
    let tell: (reading: UsageReading) => void = () => undefined;
    world.answer = new Promise((resolve) => (tell = resolve));
    world.feed.start();
    await world.pass(1);
    world.answer = busy(2);
    world.feed.setSource({ ...SOURCE, address: 'http://b' });
    await world.pass(1);
    tell(busy(9));
    await world.pass(1);
    expect(world.applied).to.deep.equal([2]);
    expect(world.asked.map((each) => each.split(' ')[0])).to.deep.equal(['http://a', 'http://b']);
  });

  it('goes on in its rhythm when the configuration changes elsewhere', async () => {
    const world = new World();
    world.feed.start();
    await world.pass(10);
    world.feed.setSource({ ...SOURCE });
    await world.pass(10);
    expect(world.asked).to.have.length(1);
  });
});

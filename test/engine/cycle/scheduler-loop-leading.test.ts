import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { Change, WriteRequest } from '../../../src/engine/ports.ts';
import { GrowingGroups } from '../../../src/engine/growing-groups.ts';
import { SchedulerLoop } from '../../../src/engine/cycle/scheduler-loop.ts';
import { SLUICES_WORDS } from '../../../src/engine/cycle/tell/words.ts';
import { settled } from '../../support/controller-ports.ts';
import { fixedRandomness, ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { listNoDevices } from '../../support/device-claims.ts';
import { listNoVolumes } from '../../support/volume-records.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';
import { ScriptedWriter } from '../../support/scripted-writer.ts';

const SHAPE = makeShape({ cpu: 1000 });

/** A loop that watches and does not lead yet: a node of two CPUs, queue `default` of two CPUs, group `g`. */
class Bench {
  readonly clock = new ManualClock(0);
  readonly writer = new ScriptedWriter();
  readonly events: string[] = [];
  isLeader = true;
  isCurrent = true;
  readonly loop: SchedulerLoop;

  constructor() {
    const isLeader = (): boolean => this.isLeader;
    this.loop = new SchedulerLoop({
      words: SLUICES_WORDS,
      policy: DEFAULT_POLICY,
      writer: this.writer,
      leadership: { isLeader, epoch: 1 },
      isCurrent: () => this.isCurrent,
      events: { record: ({ name }, _type, reason) => this.events.push(`${name} ${reason}`) },
      clock: this.clock,
      randomness: fixedRandomness(),
      growing: new GrowingGroups(),
      post: () => Promise.reject(new Error('nobody is to be asked')),
      metrics: new RecordingMetrics(),
      log: QUIET_LOG,
    });
    const capability = new Map([['cpu', 2000]]);
    this.loop.cluster.onNodes(list(makeNode('n1', { cpu: 2000 })));
    this.loop.cluster.onQueues(list(makeQueue('default', { capability })));
    this.loop.rules.onPriorityClasses(list());
    this.loop.rules.onNamespaces(list());
    this.loop.rules.onDisruptionBudgets(list());
    listNoVolumes(this.loop.storage);
    listNoDevices(this.loop);
    this.loop.rules.onResourceQuotas(list());
    this.loop.rules.onDatasets(list());
    this.loop.topology.onHyperNodes(list());
    this.loop.numa.onNumatopologies(list());
    this.loop.cluster.onPodGroups(list(makePodGroup('g', 1)));
    this.loop.cluster.onPods(list(makePod('p', 'g', SHAPE)));
  }

  get bindings(): WriteRequest[] {
    return this.writer.requests.filter(({ subresource }) => subresource === 'binding');
  }

  async pass(byMs: number): Promise<void> {
    this.clock.advance(byMs);
    await settled();
  }
}

function list<T>(...records: readonly T[]): Change<T>[] {
  return [{ kind: 'replace', records }];
}

describe('a scheduler loop that begins to lead', () => {
  it('decided nothing before, and decides then', async () => {
    const bench = new Bench();
    await bench.pass(60_000);
    expect(bench.writer.requests).to.deep.equal([]);
    bench.loop.start();
    await bench.pass(100);
    expect(bench.bindings.map(({ name }) => name)).to.deep.equal(['p']);
  });

  it('goes on from the phases that the leader before it wrote', async () => {
    const bench = new Bench();
    const minResources = new Map([['cpu', 2000]]);
    const phases = ['Pending', 'Inqueue', 'Running', 'Completed'] as const;
    for (const phase of phases) {
      bench.loop.cluster.onPodGroups([{ kind: 'upsert', record: makePodGroup('g', 1, { phase, minResources }) }]);
    }
    bench.loop.cluster.onPods(list(makePod('p', 'g', SHAPE, { nodeName: 'n1', phase: 'Succeeded' })));
    bench.loop.cluster.onPodGroups([{ kind: 'upsert', record: makePodGroup('h', 1, { minResources }) }]);
    bench.loop.cluster.onPods([{ kind: 'upsert', record: makePod('q', 'h', SHAPE) }]);
    bench.loop.start();
    await bench.pass(5000);
    expect(bench.events).to.deep.equal([]);
    expect(bench.bindings.map(({ name }) => name)).to.deep.equal(['q']);
  });

  it('waits while its lease is not certain, and decides as soon as it is', async () => {
    const bench = new Bench();
    bench.isLeader = false;
    bench.loop.start();
    await bench.pass(5000);
    expect(bench.writer.requests).to.deep.equal([]);
    bench.isLeader = true;
    await bench.pass(1100);
    expect(bench.bindings).to.have.length(1);
  });

  it('waits while what it has read is refused, broken off or silent, and decides as soon as it is not', async () => {
    const bench = new Bench();
    bench.isCurrent = false;
    bench.loop.start();
    await bench.pass(60_000);
    expect(bench.writer.requests).to.deep.equal([]);
    bench.isCurrent = true;
    await bench.pass(1100);
    expect(bench.bindings).to.have.length(1);
  });
});

import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import type { WriteRequest } from '../../../src/engine/ports.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';

const PREEMPTING: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'backfill', 'preempt'] };

/** A node of two CPUs, which two pods of `low` hold, and a pod of `high` that needs one. */
class World extends LoopWorld {
  /** Pods that were asked for, with the second. */
  readonly asked: string[] = [];
  readonly askedMs: number[] = [];
  refusesUntilMs = 0;

  constructor() {
    super(undefined, PREEMPTING);
    this.api.faults = (request) => this.#fault(request);
    this.api.put('queues', rawQueue('default'));
    this.api.put('nodes', rawNode('n1', 2));
    this.api.put('priorityclasses', { metadata: { name: 'high' }, value: 10 });
    this.api.put('podgroups', { ...rawGroup('low', 1), status: { phase: 'Running' } });
    for (const name of ['low-0', 'low-1']) this.api.put('pods', running(rawPod(name, 'low')));
  }

  get seconds(): number {
    return Math.floor((this.clock.nowMs() - 1_000_000) / 1000);
  }

  asks(): void {
    const group = rawGroup('high', 1);
    const spec = { minMember: 1, queue: 'default', priorityClassName: 'high' };
    this.api.put('podgroups', { ...group, spec });
    this.api.put('pods', rawPod('high-0', 'high'));
  }

  refuseFor(seconds: number): void {
    this.refusesUntilMs = this.clock.nowMs() + seconds * 1000;
  }

  #fault({ subresource, name }: WriteRequest): 'budget' | 'none' {
    if (subresource !== 'eviction') return 'none';
    this.askedMs.push(this.clock.nowMs());
    this.asked.push(`${name} at ${this.seconds}`);
    return this.clock.nowMs() < this.refusesUntilMs ? 'budget' : 'none';
  }
}

function running(pod: JsonObject): JsonObject {
  const spec = pod['spec'] as JsonObject;
  const metadata = { ...(pod['metadata'] as JsonObject), labels: { app: 'low' } };
  return { ...pod, metadata, spec: { ...spec, nodeName: 'n1' }, status: { phase: 'Running' } };
}

function budget(disruptionsAllowed: number, observedGeneration = 1): JsonObject {
  return {
    metadata: { name: 'keep', namespace: 'ns', uid: 'budget', generation: 1 },
    spec: { selector: { matchLabels: { app: 'low' } } },
    status: { observedGeneration, disruptionsAllowed },
  };
}

describe('a scheduler loop that evicts', () => {
  it('gives the room of the pod that it evicts to the one that it is for', async () => {
    const world = new World();
    world.start();
    world.asks();
    await world.run(1000);
    expect(world.asked).to.have.length(1);
    world.api.remove('pods', `ns/${world.asked[0]?.split(' ')[0] ?? ''}`);
    await world.run(1000);
    expect(stringAt(world.api.get('pods', 'ns/high-0'), ['spec', 'nodeName'])).to.equal('n1');
    expect(world.asked).to.have.length(1);
  });

  it('does not ask again at once for pods whose eviction was refused, tells them, and wakes when their time is over', async () => {
    const world = new World();
    world.refuseFor(25);
    world.start();
    world.asks();
    await world.run(60_000);
    expect(world.asked.map((text) => text.replace(/low-\d/, 'low'))).to.deep.equal([
      'low at 0',
      'low at 0',
      'low at 10',
      'low at 10',
      'low at 30',
    ]);
    // Later by itself: ten seconds after the last cycle, which came after the refusal.
    expect((world.askedMs[2] ?? 0) - (world.askedMs[0] ?? 0)).to.be.within(10_000, 10_030);
    const told = world.events.filter(({ reason }) => reason === 'EvictionRefused').map(({ name }) => name);
    expect(new Set(told)).to.deep.equal(new Set(['low-0', 'low-1', 'low']));
    expect(world.metrics.value('sluice_eviction_refusals_total', { cause: 'budget' })).to.equal(4);
    expect(world.metrics.value('sluice_evictions_total', { reason: 'Preempted', queue_name: 'default' })).to.equal(1);
  });

  it('asks for nobody whom a disruption budget keeps, and begins as soon as the watch shows that it allows more', async () => {
    const world = new World();
    world.api.put('poddisruptionbudgets', budget(0));
    world.start();
    world.asks();
    await world.run(30_000);
    world.api.put('poddisruptionbudgets', budget(1, 0));
    await world.run(9000);
    expect(world.asked).to.deep.equal([]);
    world.api.put('poddisruptionbudgets', budget(1));
    await world.run(200);
    expect(world.asked).to.have.length(1);
  });
});

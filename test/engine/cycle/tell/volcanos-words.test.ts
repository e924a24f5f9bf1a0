import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../../src/config/policy.ts';
import { VOLCANOS_WORDS } from '../../../../src/engine/cycle/tell/volcanos-words.ts';
import { SLUICES_WORDS } from '../../../../src/engine/cycle/tell/words.ts';
import type { Words } from '../../../../src/engine/cycle/tell/words.ts';
import { arrayAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../../support/fake-objects.ts';
import { LoopWorld } from '../../../support/loop-world.ts';

const POLICY = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'backfill', 'preempt'] as const };

/** A node of two CPUs, and a gang whose pods ask for one each. */
class World extends LoopWorld {
  constructor(words: Words = VOLCANOS_WORDS) {
    super(undefined, POLICY, words);
    this.api.put('queues', rawQueue('default'));
    this.api.put('nodes', rawNode('n1', 2));
  }

  async gang(group: JsonObject, pods: number): Promise<void> {
    this.api.put('podgroups', group);
    for (let at = 0; at < pods; at += 1) this.api.put('pods', rawPod(`g-${at}`, 'g'));
    this.start();
    await this.run(5000);
  }

  /** Reason and message of what the gang waits for. */
  get told(): string {
    const [condition] = arrayAt(this.api.get('podgroups', 'ns/g'), 'status', 'conditions');
    return `${stringAt(condition, ['reason'])}: ${stringAt(condition, ['message'])}`;
  }

  said(name: string, reason: string): string | undefined {
    return this.events.find((event) => event.name === name && event.reason === reason)?.note;
  }
}

describe("Volcano's words", () => {
  it('tell each pod of its node, which Sluice does not', async () => {
    const [volcanos, ours] = [new World(), new World(SLUICES_WORDS)];
    for (const world of [volcanos, ours]) await world.gang(rawGroup('g', 2), 2);
    expect(volcanos.said('g-0', 'Scheduled')).to.equal('Successfully assigned ns/g-0 to n1');
    expect(ours.said('g-0', 'Scheduled')).to.equal(undefined);
  });

  it('count the tasks of a gang that fit nowhere together, and call what can never be not enough resources, too', async () => {
    const world = new World();
    await world.gang(rawGroup('g', 3), 3);
    const text = '3/3 tasks in gang unschedulable: pod group is not ready, 3 Pending, 3 minAvailable. ';
    expect(world.told).to.match(new RegExp(`^NotEnoughResources: ${text}PodGroup ns/g cannot start`));
    expect(world.said('g', 'Unschedulable')).to.match(new RegExp(`^${text}NeverFits: `));
    expect(world.said('g-0', 'FailedScheduling')).to.match(/^NeverFits: /);
  });

  it('count the tasks that a gang lacks', async () => {
    const world = new World();
    await world.gang(rawGroup('g', 2), 1);
    const text = 'Not enough valid tasks for gang-scheduling, valid: 1, min: 2. ';
    expect(world.told).to.match(new RegExp(`^NotEnoughTasks: ${text}`));
    expect(world.said('g', 'Unschedulable')).to.match(new RegExp(`^${text}NotEnoughPods: `));
  });

  it('say which kind of pods a gang lacks', async () => {
    const world = new World();
    const group = { ...rawGroup('g', 2), spec: { minMember: 2, minTaskMember: { ps: 1 }, queue: 'default' } };
    await world.gang(group, 2);
    expect(world.told).to.match(/^NotEnoughPodsOfTask: Not enough valid pods of each task for gang-scheduling. /);
  });

  it('leave what a gang that started is told as it is', async () => {
    const world = new World();
    await world.gang(rawGroup('g', 2), 2);
    expect(world.told).to.equal('tasks in gang are ready to be scheduled: ');
  });

  it('call an eviction one on the pod, too', async () => {
    const world = new World();
    world.api.put('priorityclasses', { metadata: { name: 'high' }, value: 10 });
    await world.gang(rawGroup('g', 1), 2);
    for (const name of ['g-0', 'g-1']) {
      const pod = world.api.get('pods', `ns/${name}`);
      world.api.put('pods', { ...pod, status: { phase: 'Running' } });
    }
    const spec = { minMember: 1, queue: 'default', priorityClassName: 'high' };
    world.api.put('podgroups', { ...rawGroup('first', 1), spec });
    world.api.put('pods', rawPod('first-0', 'first'));
    await world.run(2000);
    const [gone] = world.events.filter(({ name, reason }) => name.startsWith('g-') && reason === 'Evict');
    expect(gone?.note).to.include('of priority 10 takes its room');
    expect(world.said('g', 'Evict')).to.include('is evicted');
  });
});

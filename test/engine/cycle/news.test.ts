import { expect } from 'chai';
import { CycleTurns } from '../../../src/engine/cycle/cycle-turns.ts';
import { isGroupNews, isNodeNews, isPlacedAsDecided, isPodNews, isQueueNews } from '../../../src/engine/cycle/news.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import type { Latencies } from '../../support/loop-world.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

const SHAPE = makeShape({ cpu: 1000 });
const NODE = makeNode('n', { cpu: 1000 });
const POD = makePod('p', 'g', SHAPE);
const GROUP = makePodGroup('g', 2, { phase: 'Inqueue' });
const QUEUE = makeQueue('q');
const QUEUE_CONDITION = { type: 'T', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '' };

describe('news for a cycle', () => {
  const conditions = [
    { type: 'T', status: 'True', reason: 'R', message: 'm', transitionID: '', lastTransitionTime: '' },
  ];
  const cases: readonly (readonly [string, boolean, boolean])[] = [
    ["a node's heartbeat", isNodeNews({ ...makeNode('n', { cpu: 1000 }), resourceVersion: '9' }, NODE), false],
    ['an image on a node', isNodeNews({ ...NODE, images: [{ names: ['a:1'], bytes: 5 }] }, NODE), false],
    ['a node that offers more', isNodeNews(makeNode('n', { cpu: 2000 }), NODE), true],
    ['a cordon', isNodeNews({ ...NODE, unschedulable: true }, NODE), true],
    ['a label of a node', isNodeNews({ ...NODE, labels: new Map([['a', 'b']]) }, NODE), true],
    ['our condition on a pod', isPodNews({ ...POD, resourceVersion: '9', unschedulableMessage: 'm' }, POD), false],
    ['a pod that is deleted', isPodNews({ ...POD, deleting: true }, POD), true],
    ['a pod that asks for less', isPodNews({ ...POD, shape: makeShape({ cpu: 1 }) }, POD), true],
    [
      'our status of a group',
      isGroupNews({ ...GROUP, phase: 'Running', running: 2, conditions, bindPlan: 'x' }, GROUP, 'Running'),
      false,
    ],
    ['our plan for a group', isGroupNews({ ...GROUP, bindPlan: 'x' }, GROUP, 'Running'), false],
    ['a phase that was written without a plan', isGroupNews({ ...GROUP, running: 1 }, GROUP, 'Running'), true],
    ['a phase that somebody else wrote', isGroupNews({ ...GROUP, phase: 'Completed' }, GROUP, 'Inqueue'), true],
    ["a group's minimum", isGroupNews({ ...GROUP, minMember: 1 }, GROUP, 'Inqueue'), true],
    ['what a queue holds', isQueueNews({ ...QUEUE, resourceVersion: '9', allocatedText: 'x' }, QUEUE), false],
    ['our condition on a queue', isQueueNews({ ...QUEUE, conditions: [QUEUE_CONDITION] }, QUEUE), false],
    ['a queue that closes', isQueueNews({ ...QUEUE, state: 'Closed' }, QUEUE), true],
  ];
  for (const [name, found, isNews] of cases) {
    it(`${isNews ? 'is' : 'is not'} ${name}`, () => {
      expect(found).to.equal(isNews);
    });
  }

  it('does not come from heartbeats, nor from what Sluice wrote itself: no cycle follows', async () => {
    const world = new LoopWorld();
    world.api.put('queues', rawQueue('default'));
    const nodes: JsonObject[] = Array.from({ length: 200 }, (_, i) => rawNode(`n${i}`, 1));
    for (const node of nodes) world.api.put('nodes', node);
    world.api.put('podgroups', rawGroup('g', 200));
    for (let i = 0; i < 200; i += 1) world.api.put('pods', rawPod(`p${i}`, 'g'));
    world.start();
    await world.run(20_000);
    const cycles = (): number => world.metrics.value('volcano_e2e_scheduling_latency_milliseconds', {});
    const before = cycles();
    for (let round = 0; round < 10; round += 1) {
      for (const node of nodes) world.api.put('nodes', node);
      world.api.patch('pods', `ns/p${round}`, { status: { conditions: [] } });
      await world.run(1000);
    }
    expect(cycles() - before).to.equal(0);
    world.api.put('nodes', rawNode('n-more', 1));
    await world.run(1000);
    expect(cycles() - before).to.equal(1);
  });

  it('is time, for groups that wait: a cycle every ten seconds', async () => {
    const world = new LoopWorld();
    world.api.put('queues', rawQueue('default'));
    world.api.put('podgroups', rawGroup('g', 2));
    world.api.put('pods', rawPod('p', 'g'));
    world.start();
    await world.run(5000);
    const cycles = (): number => world.metrics.value('volcano_e2e_scheduling_latency_milliseconds', {});
    const before = cycles();
    await world.run(60_000);
    expect(cycles() - before).to.equal(6);
  });
});

describe('when a cycle follows a change', () => {
  function leading(minMember: number, latencies?: Latencies): LoopWorld {
    const world = new LoopWorld(latencies);
    world.api.put('queues', rawQueue('default'));
    world.api.put('nodes', rawNode('n', 100));
    world.api.put('podgroups', rawGroup('g', minMember));
    world.start();
    return world;
  }

  function cyclesOf(world: LoopWorld): number {
    return world.metrics.value('volcano_e2e_scheduling_latency_milliseconds', {});
  }

  it('comes for pods of a gang that lacks others ten times a second, and at once for the one that makes it whole', async () => {
    const world = leading(50);
    await world.run(1000);
    const before = cyclesOf(world);
    for (let i = 0; i < 49; i += 1) {
      world.api.put('pods', rawPod(`p${i}`, 'g'));
      await world.run(20);
    }
    expect(cyclesOf(world) - before).to.be.within(8, 10);
    world.api.put('pods', rawPod('p49', 'g'));
    await world.run(15);
    expect(world.api.list('pods').every((pod) => stringAt(pod, ['spec', 'nodeName']) === 'n')).to.equal(true);
  });

  it('comes at once for each pod of a group that may start, however many others wait for theirs', async () => {
    const world = leading(50);
    world.api.put('podgroups', rawGroup('alone', 1));
    await world.run(1000);
    world.api.put('pods', rawPod('short', 'g'));
    world.api.put('pods', rawPod('a', 'alone'));
    await world.run(15);
    const bound = world.api.list('pods').filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '');
    expect(bound.map((pod) => stringAt(pod, ['metadata', 'name']))).to.deep.equal(['a']);
  });

  it('does not come for each binding that was decided', async () => {
    let request = 0;
    const latencies = { request: () => (request += 10), answer: () => 0, watch: () => 0 };
    const world = leading(30, latencies);
    for (let i = 0; i < 30; i += 1) world.api.put('pods', rawPod(`p${i}`, 'g'));
    const before = cyclesOf(world);
    await world.run(2000);
    expect(world.api.list('pods').every((pod) => stringAt(pod, ['spec', 'nodeName']) === 'n')).to.equal(true);
    // The bindings arrive over 300 ms.
    expect(cyclesOf(world) - before).to.be.at.most(8);
  });

  const [binding, bound] = [TaskStatus.Binding, { ...POD, nodeName: 'n' }];
  const placed: readonly (readonly [string, boolean, boolean])[] = [
    [
      'a pod on its node',
      true,
      isPlacedAsDecided({ ...bound, bindPlanId: 'x' }, POD, { status: binding, nodeName: 'n' }),
    ],
    [
      'one that got labels of its node',
      true,
      isPlacedAsDecided({ ...bound, labels: ['zone', 'z'] }, POD, { status: binding, nodeName: 'n' }),
    ],
    ['a pod on another node', false, isPlacedAsDecided(bound, POD, { status: binding, nodeName: 'm' })],
    ['one that was not decided on', false, isPlacedAsDecided(bound, POD, { status: TaskStatus.Pending, nodeName: '' })],
    [
      'one that is on its way out as well',
      false,
      isPlacedAsDecided({ ...bound, deleting: true }, POD, { status: binding, nodeName: 'n' }),
    ],
    ['one that was bound before', false, isPlacedAsDecided(bound, bound, { status: binding, nodeName: 'n' })],
  ];
  for (const [name, isPatient, found] of placed) {
    it(`${isPatient ? 'does not come at once' : 'comes at once'} for ${name}`, () => {
      expect(found).to.equal(isPatient);
    });
  }

  it('comes at once for a pod that somebody else placed', async () => {
    const world = leading(50);
    world.api.put('pods', rawPod('p', 'g'));
    await world.run(1000);
    const before = cyclesOf(world);
    world.api.patch('pods', 'ns/p', { spec: { nodeName: 'n' } });
    await world.run(15);
    expect(cyclesOf(world) - before).to.equal(1);
  });

  const turns: readonly (readonly [string, readonly ('wake' | 'wakePatiently' | number)[], readonly number[]])[] = [
    ['10 ms after a change', ['wake'], [10]],
    ['100 ms after one that lacks others', ['wakePatiently'], [100]],
    ['once for both, at the earlier time', ['wakePatiently', 5, 'wake'], [15]],
    ['once for both, whichever came first', ['wake', 5, 'wakePatiently'], [10]],
    ['again for what comes later', ['wakePatiently', 120, 'wakePatiently'], [100, 220]],
  ];
  for (const [name, script, times] of turns) {
    it(`comes ${name}`, () => {
      const clock = new ManualClock(0);
      const cycles: number[] = [];
      const made = new CycleTurns(clock, () => cycles.push(clock.nowMs()));
      for (const step of script) {
        if (typeof step === 'number') clock.advance(step);
        else made[step]();
      }
      clock.advance(1000);
      expect(cycles).to.deep.equal(times);
    });
  }
});

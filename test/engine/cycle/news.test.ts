import { expect } from 'chai';
import { isGroupNews, isNodeNews, isPodNews, isQueueNews } from '../../../src/engine/cycle/news.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
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

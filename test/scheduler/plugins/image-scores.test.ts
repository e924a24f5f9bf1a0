import { expect } from 'chai';
import type { NodeImage } from '../../../src/api/records/node-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import { ImageScores } from '../../../src/scheduler/plugins/image-scores.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const MEBIBYTE = 1024 * 1024;
const WEB: NodeImage = { names: ['web@sha256:1', 'web:1'], bytes: 400 * MEBIBYTE };
const TOOLS: NodeImage = { names: ['tools:2'], bytes: 4000 * MEBIBYTE };

/** Two nodes in four hold WEB, one of those TOOLS as well. */
function world(options: Readonly<Record<string, number>> = { 'imagelocality.weight': 1 }): SchedulerWorld {
  const tiers = [[plugin('gang'), plugin('predicates'), plugin('proportion'), plugin('nodeorder', options)]];
  const made = new SchedulerWorld({
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate'],
    tiers,
    actionArguments: new Map(),
  });
  made.nodes(2, amounts(8, 8)).node('n3', amounts(8, 8), { images: [WEB] });
  return made.node('n4', amounts(8, 8), { images: [WEB, TOOLS] });
}

describe('image locality', () => {
  const POINTS: readonly (readonly [string, readonly string[], readonly number[] | undefined])[] = [
    // 100 x (400 x 2/4 - 23) / (1000 - 23)
    ['bytes by the share of nodes that hold them', ['web:1'], [0, 0, 18.12, 18.12]],
    ['a name by digest', ['web@sha256:1'], [0, 0, 18.12, 18.12]],
    // 4000 x 1/4 is the most that one image counts.
    ['no more than the most', ['tools:2'], [0, 0, 0, 100]],
    // 100 x (200 + 1000 - 23) / (2000 - 23), and 100 x (200 - 23) / (2000 - 23)
    ['all images together', ['tools:2', 'web:1'], [0, 0, 8.95, 59.53]],
    ['an image twice for two containers', ['web:1', 'web:1'], [0, 0, 19.07, 19.07]],
    ['nothing where they lie nowhere', ['other:1'], undefined],
    ['nothing for a pod without images', [], undefined],
  ];
  for (const [name, images, want] of POINTS) {
    it(`counts ${name}`, () => {
      const { snapshot } = world().gang('a', { count: 1, images });
      snapshot.settle();
      const [task] = snapshot.tasks.values();
      const context = task && new ImageScores(snapshot, 1).of(task);
      const out = new Float64Array(4);
      if (task !== undefined) context?.hooks.score?.(task.class, out, snapshot.index.all());
      expect(context && [...out].map((points) => Number(points.toFixed(2)))).to.deep.equal(want);
    });
  }

  it('draws a pod to the node that holds its images, when it is asked for', () => {
    const pods = { count: 1, requests: amounts(1), images: ['tools:2'] };
    expect(world().gang('a', pods).cycle().placed).to.deep.equal({ 'a-0': 'n4' });
    expect(world({}).gang('a', pods).cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('follows images that come to nodes, and gives pods whose scores stay the same what was made for them', () => {
    const made = world();
    const pods = (image: string): Parameters<SchedulerWorld['gang']>[1] => ({
      count: 1,
      requests: amounts(1),
      images: [image],
    });
    expect(made.gang('a', pods('other:1')).cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    made.node('n2', amounts(8, 8), { images: [{ names: ['other:1'], bytes: TOOLS.bytes }] });
    expect(made.gang('b', pods('other:1')).cycle().placed).to.deep.equal({ 'b-0': 'n2' });
  });

  it('leaves pods whose images lie nowhere among those that see the nodes as they are', () => {
    const { snapshot, scheduler } = world()
      .gang('a', { count: 1, images: ['other:1'] })
      .gang('b', { count: 1 });
    snapshot.settle();
    const [here, there] = [...snapshot.tasks.values()].map((task) => scheduler.framework.perspective(task));
    expect(here).to.equal(there);
  });
});

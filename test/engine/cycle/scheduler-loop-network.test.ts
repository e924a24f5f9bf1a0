import { expect } from 'chai';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';

const NEAR = { mode: 'hard', highestTierAllowed: 1 };

/** Two racks of two nodes with two CPUs each. */
class World extends LoopWorld {
  constructor() {
    super();
    this.api.put('queues', rawQueue('default'));
    for (const node of ['a-1', 'a-2', 'b-1', 'b-2']) this.api.put('nodes', rawNode(node, 2));
    for (const rack of ['a', 'b']) this.api.put('hypernodes', hyperNode(rack, [`${rack}-1`, `${rack}-2`]));
  }

  async gang(spec: JsonObject): Promise<void> {
    this.api.put('podgroups', { ...rawGroup('g', 3), spec: { minMember: 3, queue: 'default', ...spec } });
    for (const at of [0, 1, 2]) this.api.put('pods', rawPod(`g-${at}`, 'g'));
    this.start();
    await this.run(5000);
  }

  /** The HyperNode that the group names. */
  get named(): string {
    return stringAt(this.api.get('podgroups', 'ns/g'), [
      'metadata',
      'annotations',
      'volcano.sh/job-allocated-hypernode',
    ]);
  }

  nodeOf(pod: string): string {
    return stringAt(this.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']);
  }
}

function hyperNode(name: string, nodes: readonly string[]): JsonObject {
  const members = nodes.map((node) => ({ type: 'Node', selector: { exactMatch: { name: node } } }));
  return { metadata: { name, uid: `uid-${name}` }, spec: { tier: 1, members } };
}

describe('a scheduler loop that places near each other', () => {
  it('names the HyperNode on the group, and writes it once', async () => {
    const world = new World();
    await world.gang({ networkTopology: NEAR });
    expect(world.named).to.be.oneOf(['a', 'b']);
    for (const pod of ['g-0', 'g-1', 'g-2']) expect(world.nodeOf(pod)).to.match(new RegExp(`^${world.named}-`));
    const version = stringAt(world.api.get('podgroups', 'ns/g'), ['metadata', 'resourceVersion']);
    await world.run(30_000);
    expect(stringAt(world.api.get('podgroups', 'ns/g'), ['metadata', 'resourceVersion'])).to.equal(version);
  });

  it('names none on a group that goes anywhere, nor before its minimum stands', async () => {
    const [anywhere, waiting] = [new World(), new World()];
    await anywhere.gang({});
    await waiting.gang({ minMember: 4, networkTopology: NEAR });
    expect([anywhere.named, waiting.named]).to.deep.equal(['', '']);
  });
});

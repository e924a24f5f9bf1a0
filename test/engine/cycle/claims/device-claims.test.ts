import { expect } from 'chai';
import { arrayAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { rawDeviceClaim, rawDeviceClass, rawSlice } from '../../../support/device-claims.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../../support/fake-objects.ts';
import { LoopWorld } from '../../../support/loop-world.ts';

/** Nodes n1 and n2 with a device each, group g of pods p0 and p1, each with its claim c0 or c1. */
class Story {
  readonly world = new LoopWorld();

  constructor() {
    const { api } = this.world;
    for (const name of ['n1', 'n2']) {
      api.put('nodes', rawNode(name, 8));
      api.put('resourceslices', rawSlice(name, 1));
    }
    api.put('deviceclasses', rawDeviceClass());
    api.put('queues', rawQueue('default'));
    api.put('podgroups', rawGroup('g', 2));
    for (const i of [0, 1]) {
      api.put('resourceclaims', rawDeviceClaim(`c${i}`));
      api.put('pods', claiming(`p${i}`, `c${i}`));
    }
  }

  nodeOf(pod: string): string {
    return stringAt(this.world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']);
  }

  /** Where the device of the claim is. */
  poolOf(claim: string): string {
    const results = arrayAt(
      this.world.api.get('resourceclaims', `ns/${claim}`),
      'status',
      'allocation',
      'devices',
      'results',
    );
    return stringAt(results[0], ['pool']);
  }

  get nodes(): readonly string[] {
    return [this.nodeOf('p0'), this.nodeOf('p1')];
  }

  get pools(): readonly string[] {
    return [this.poolOf('c0'), this.poolOf('c1')];
  }
}

function claiming(name: string, claim: string): JsonObject {
  const pod = rawPod(name, 'g');
  return { ...pod, spec: { ...objectAt(pod, 'spec'), resourceClaims: [{ name: 'gpu', resourceClaimName: claim }] } };
}

describe('pods that claim devices', () => {
  it('are bound where their devices are', async () => {
    const story = new Story();
    story.world.start();
    await story.world.run(1000);
    expect(story.nodes.toSorted()).to.deep.equal(['n1', 'n2']);
    expect(story.pools).to.deep.equal(story.nodes);
  });

  it('give all devices back when one claim cannot be written', async () => {
    const story = new Story();
    story.world.api.faults = ({ name, subresource }) =>
      name === 'c1' && subresource === 'status' ? 'refused' : 'none';
    story.world.start();
    await story.world.run(500);
    expect([story.nodes, story.pools]).to.deep.equal([
      ['', ''],
      ['', ''],
    ]);
    expect(story.world.events.map(({ reason }) => reason)).to.include('DevicesNotReady');
  });

  it('are bound by the next leader around the devices that the one before wrote', async () => {
    for (const crashMs of [5, 10, 15, 20, 30]) {
      const story = new Story();
      story.world.start();
      await story.world.run(crashMs);
      story.world.crash((nth) => nth % 2 === 0);
      story.world.start();
      await story.world.run(60_000);
      expect(story.nodes.toSorted(), String(crashMs)).to.deep.equal(['n1', 'n2']);
      expect(story.pools).to.deep.equal(story.nodes);
    }
  });

  it('share one claim and are bound on its node by the next leader, whenever the one before dies', async () => {
    for (const crashMs of [5, 10, 15, 20, 25, 30]) {
      const { world } = new Story();
      for (const pod of ['p0', 'p1']) world.api.put('pods', claiming(pod, 'c0'));
      world.start();
      await world.run(crashMs);
      world.crash((nth) => nth % 2 === 0);
      world.start();
      await world.run(60_000);
      const claim = world.api.get('resourceclaims', 'ns/c0');
      const [result] = arrayAt(claim, 'status', 'allocation', 'devices', 'results');
      const nodes = ['p0', 'p1'].map((pod) => stringAt(world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']));
      const node = stringAt(result, ['pool']);
      expect([node, ...nodes], String(crashMs)).to.deep.equal([node, node, node]);
      expect(node).to.match(/^n\d$/);
      const users = arrayAt(claim, 'status', 'reservedFor').map((user) => stringAt(user, ['uid']));
      expect(users.toSorted(), String(crashMs)).to.deep.equal(['uid-p0', 'uid-p1']);
    }
  });

  it('get other devices when those that they have are where no room is left', async () => {
    const story = new Story();
    const { api } = story.world;
    api.put('nodes', rawNode('n3', 8));
    api.put('resourceslices', rawSlice('n3', 1));
    // A leader wrote the devices of n1 and came no further; n1 takes nobody any more.
    const result = { request: 'gpu', driver: 'gpu.example.com', pool: 'n1', device: 'n1-0' };
    const field = { key: 'metadata.name', operator: 'In', values: ['n1'] };
    api.patch('resourceclaims', 'ns/c0', {
      status: {
        allocation: {
          devices: { results: [result] },
          nodeSelector: { nodeSelectorTerms: [{ matchFields: [field] }] },
        },
        reservedFor: [{ resource: 'pods', name: 'p0', uid: 'uid-p0' }],
      },
    });
    api.patch('nodes', 'n1', { spec: { unschedulable: true } });
    story.world.start();
    await story.world.run(60_000);
    expect(story.nodes.toSorted()).to.deep.equal(['n2', 'n3']);
    expect(story.pools).to.deep.equal(story.nodes);
  });
});

describe('pods that ask for what a class serves', () => {
  it('are told of the claim that was made for each, before they are bound where its devices are', async () => {
    const world = askingWorld();
    world.start();
    await world.run(1000);
    const claims = world.api.list('resourceclaims');
    expect(claims).to.have.lengthOf(2);
    for (const name of ['p0', 'p1']) {
      const pod = world.api.get('pods', `ns/${name}`);
      const told = objectAt(pod, 'status', 'extendedResourceClaimStatus');
      const claim = world.api.get('resourceclaims', `ns/${stringAt(told, ['resourceClaimName'])}`);
      expect(objectAt(claim, 'metadata', 'annotations')).to.deep.equal({
        'resource.kubernetes.io/extended-resource-claim': 'true',
      });
      const [owner] = arrayAt(claim, 'metadata', 'ownerReferences');
      expect(stringAt(owner, ['uid'])).to.equal(`uid-${name}`);
      const [result] = arrayAt(claim, 'status', 'allocation', 'devices', 'results');
      expect(stringAt(result, ['pool'])).to.equal(stringAt(pod, ['spec', 'nodeName']));
      const mapping = { containerName: 'main', resourceName: 'example.com/gpu', requestName: 'container-0-request-1' };
      expect(arrayAt(told, 'requestMappings')).to.deep.equal([mapping]);
    }
  });

  for (const [what, plural, subresource] of [
    ['devices are not written', 'resourceclaims', 'status'],
    ['pod is not told', 'pods', 'status'],
  ] as const) {
    it(`leave no claims behind when one is made whose ${what}, and try again`, async () => {
      const world = askingWorld();
      let faults = 1;
      world.api.faults = (request) => {
        const isMeant =
          request.type.plural === plural && request.subresource === subresource && 'status' in (request.body ?? {});
        const isTold = JSON.stringify(request.body).includes('"extendedResourceClaimStatus"');
        if (!isMeant || (plural === 'pods' && !isTold) || faults === 0) return 'none';
        faults -= 1;
        return 'refused';
      };
      world.start();
      await world.run(500);
      expect(
        ['p0', 'p1'].map((pod) => stringAt(world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName'])),
      ).to.deep.equal(['', '']);
      expect(world.api.list('resourceclaims')).to.deep.equal([]);
      await world.run(60_000);
      const nodes = ['p0', 'p1'].map((pod) => stringAt(world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']));
      expect(nodes.toSorted()).to.deep.equal(['n1', 'n2']);
    });
  }

  it('get one claim each, whenever the leader dies between the first of the claims and the binding', async () => {
    for (const crashMs of [5, 10, 15, 20, 25, 30, 40]) {
      const world = askingWorld();
      world.start();
      await world.run(crashMs);
      world.crash((nth) => nth % 2 === 0);
      world.start();
      await world.run(60_000);
      const nodes = ['p0', 'p1'].map((pod) => stringAt(world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']));
      expect(nodes.toSorted(), String(crashMs)).to.deep.equal(['n1', 'n2']);
      expect(world.api.list('resourceclaims'), String(crashMs)).to.have.lengthOf(2);
    }
  });
});

/** Nodes n1 and n2 with a device each, and group g of two pods that ask for one each by the name of a resource. */
function askingWorld(): LoopWorld {
  const world = new LoopWorld();
  const { api } = world;
  for (const name of ['n1', 'n2']) {
    api.put('nodes', rawNode(name, 8));
    api.put('resourceslices', rawSlice(name, 1));
  }
  const made = rawDeviceClass();
  api.put('deviceclasses', { ...made, spec: { ...objectAt(made, 'spec'), extendedResourceName: 'example.com/gpu' } });
  api.put('queues', rawQueue('default'));
  api.put('podgroups', rawGroup('g', 2));
  for (const name of ['p0', 'p1']) {
    const pod = rawPod(name, 'g');
    const containers = [{ name: 'main', resources: { requests: { cpu: '1', 'example.com/gpu': '1' } } }];
    api.put('pods', { ...pod, spec: { ...objectAt(pod, 'spec'), containers } });
  }
  return world;
}

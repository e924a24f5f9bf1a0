import { expect } from 'chai';
import { projectHyperNode } from '../../../../src/api/projections/hyper-node.ts';
import type { NodeRecord } from '../../../../src/api/records/node-record.ts';
import { deviceInventory, publishedDevices } from '../../../../src/engine/cycle/feeds/device-inventory.ts';
import { DeviceFacts } from '../../../../src/scheduler/claims/device-facts.ts';
import { NetworkFacts } from '../../../../src/scheduler/topology/network-facts.ts';
import { KnownOfNodes } from '../../../../src/engine/cycle/known-of-nodes.ts';
import { makeDeviceClass } from '../../../support/device-records.ts';

type Texts = Readonly<Record<string, string>>;

const inventoryOf = (nodes: readonly NodeRecord[]) => deviceInventory(publishedDevices(nodes));

function node(name: string, amounts: Readonly<Record<string, number>>, labels: Texts = {}): NodeRecord {
  return {
    name,
    uid: name,
    resourceVersion: '1',
    labels: new Map(Object.entries({ 'kubernetes.io/hostname': name, ...labels })),
    taints: [],
    unschedulable: false,
    allocatable: new Map(Object.entries({ cpu: 1000, ...amounts })),
    images: [],
    cards: undefined,
  };
}

describe('the inventory of devices', () => {
  it('counts nodes that are alike in what the catalogue reads, the most frequent first', () => {
    const gpu = { 'nvidia.com/gpu': 8 };
    const h100 = { 'nvidia.com/gpu.product': 'H100', 'nvidia.com/gpu.machine': 'not read' };
    const { kinds, unlisted } = inventoryOf([
      node('a', gpu, { ...h100, zone: 'x' }),
      node('b', { 'amd.com/gpu': 4 }, { 'beta.amd.com/gpu.vram.64G': '4' }),
      node('c', gpu, { ...h100, zone: 'y' }),
      node('d', {}),
      node('e', { 'nvidia.com/gpu': 0 }),
    ]);
    expect(kinds.map(({ nodes, resources, labels }) => [nodes, [...resources], [...labels]])).to.deep.equal([
      [2, [['nvidia.com/gpu', 8]], [['nvidia.com/gpu.product', 'H100']]],
      [1, [['amd.com/gpu', 4]], [['beta.amd.com/gpu.vram.64G', '4']]],
    ]);
    expect(unlisted).to.equal(0);
  });

  it('is the same in whatever order nodes and their labels come', () => {
    const nodes = [
      node(
        'a',
        { 'nvidia.com/gpu': 8, 'nvidia.com/mig-1g.10gb': 7 },
        { 'nvidia.com/gpu.product': 'A', 'nvidia.com/gpu.memory': '1' },
      ),
      node(
        'b',
        { 'nvidia.com/mig-1g.10gb': 7, 'nvidia.com/gpu': 8 },
        { 'nvidia.com/gpu.memory': '1', 'nvidia.com/gpu.product': 'A' },
      ),
    ];
    expect(inventoryOf(nodes).kinds).to.have.length(1);
    expect(inventoryOf(nodes)).to.deep.equal(inventoryOf(nodes.toReversed()));
  });

  it('stays small in a cluster where no two nodes are alike, and counts what it leaves out', () => {
    const nodes = Array.from({ length: 1000 }, (_, at) => node(`n${at}`, { 'nvidia.com/gpu': at + 1 }));
    const { kinds, unlisted } = inventoryOf(nodes);
    expect([kinds.length, unlisted]).to.deep.equal([256, 744]);
  });

  it('tells which tiers HyperNodes have, and which nodes say their domain of links', () => {
    const network = new NetworkFacts();
    const known = new KnownOfNodes({
      nodes: () => [node('a', {}, { 'nvidia.com/gpu.clique': 'x.1' }), node('b', {})].values(),
      devices: new DeviceFacts(() => undefined),
      network,
    });
    expect([...(known.devices?.domainLabels ?? [])]).to.deep.equal([['nvidia.com/gpu.clique', 1]]);
    expect(known.devices?.tiers.size).to.equal(0);
    for (const [name, tierName] of [
      ['h1', 'rack'],
      ['h2', 'rack'],
      ['h3', ''],
    ] as const) {
      const made = projectHyperNode({ metadata: { name, uid: name }, spec: { tier: 1, tierName, members: [] } });
      if (made !== undefined) network.upsert(made);
    }
    expect([...(known.devices?.tiers ?? [])]).to.deep.equal([['rack', 2]]);
  });

  it('comes with what classes serve in place of nodes, the first class by name', () => {
    const devices = new DeviceFacts(() => undefined);
    const known = new KnownOfNodes({ nodes: () => [node('a', {})], devices, network: new NetworkFacts() });
    const { room } = known;
    expect(room?.served.size).to.equal(0);
    expect(known.room).to.equal(room);
    for (const name of ['b', 'a']) devices.classes.set(name, { ...makeDeviceClass(name), extendedResourceName: 'x/y' });
    devices.classes.set('c', makeDeviceClass('c'));
    const served = (): string | undefined => known.room?.served.get('x/y');
    expect([served(), known.room?.served.get('deviceclass.resource.kubernetes.io/c')]).to.deep.equal(['a', 'c']);
    devices.classes.delete('a');
    expect(served()).to.equal('b');
  });

  it('stays one object until a node changes', () => {
    const listed: (readonly NodeRecord[])[] = [];
    const known = new KnownOfNodes({
      nodes: () => listed[0],
      devices: new DeviceFacts(() => undefined),
      network: new NetworkFacts(),
    });
    expect(known.devices).to.equal(undefined);
    listed.push([node('a', { 'nvidia.com/gpu': 8 })]);
    const { devices, room } = known;
    expect([known.devices, known.room]).to.deep.equal([devices, room]);
    expect(known.devices).to.equal(devices);
    known.changed();
    expect(known.devices).to.not.equal(devices);
  });
});

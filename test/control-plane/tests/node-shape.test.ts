import { expect } from 'chai';
import { nodesOf, RACK_LABEL } from '../node-shape.ts';

const SHAPE = { count: 12, cpu: '64', memory: '512Gi' } as const;

describe('control plane: node shape', () => {
  it('gives zero-padded names, so that name order is number order', () => {
    const names = nodesOf({ ...SHAPE, namePrefix: 'gpu' }).map((node) => node.metadata.name);
    expect(names[0]).to.equal('gpu-00');
    expect(names.toSorted()).to.deep.equal(names);
    expect(new Set(names).size).to.equal(12);
  });

  it('offers all of its capacity, GPUs only where there are some', () => {
    const [plain] = nodesOf(SHAPE);
    expect(plain?.status.allocatable).to.deep.equal({
      cpu: '64',
      memory: '512Gi',
      'ephemeral-storage': '200Gi',
      pods: '110',
    });
    const [gpu] = nodesOf({ ...SHAPE, gpus: 8, pods: 20 });
    expect(gpu?.status.capacity).to.deep.include({ pods: '20', 'nvidia.com/gpu': '8' });
    const [other] = nodesOf({ ...SHAPE, gpus: 4, gpuResource: 'amd.com/gpu' });
    expect(other?.status.allocatable).to.have.property('amd.com/gpu', '4');
  });

  for (const [racks, expected] of [
    [undefined, [12]],
    [3, [4, 4, 4]],
    [5, [3, 2, 3, 2, 2]],
    [100, Array.from({ length: 12 }, () => 1)],
  ] as const) {
    it(`cuts 12 nodes into ${racks ?? 'one'} rack(s) of neighbours`, () => {
      const labels = nodesOf({ ...SHAPE, ...(racks === undefined ? {} : { racks }) }).map(
        (node) => node.metadata.labels[RACK_LABEL] ?? '',
      );
      expect(labels.toSorted()).to.deep.equal(labels);
      const sizes = [...Map.groupBy(labels, (label) => label).values()].map((group) => group.length);
      expect(sizes).to.deep.equal(expected);
    });
  }

  it('adds labels and taints of the shape to its own', () => {
    const taints = [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] as const;
    const [node] = nodesOf({ ...SHAPE, labels: { pool: 'a' }, taints, zone: 'z1' });
    expect(node?.spec.taints).to.deep.equal(taints);
    expect(node?.metadata.labels).to.include({
      pool: 'a',
      'topology.kubernetes.io/zone': 'z1',
      'kubernetes.io/hostname': 'node-00',
    });
  });
});

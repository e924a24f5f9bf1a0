import { expect } from 'chai';
import { projectNode } from '../../../src/api/projections/node.ts';

type Texts = Readonly<Record<string, string>>;

function node(annotations: Texts, allocatable: Texts = {}): ReturnType<typeof projectNode> {
  return projectNode({ metadata: { name: 'n1', uid: 'u', annotations }, status: { allocatable } });
}

const REGISTER = 'volcano.sh/node-vgpu-register';
const A100 = 'GPU-a,10,40960,NVIDIA-NVIDIA A100,true,hami-core:';

describe('the cards of a node', () => {
  it('are those that the device plugin of vGPUs registered', () => {
    const { cards } = node({ [REGISTER]: `${A100}GPU-b,4,16384,NVIDIA-Tesla T4,false,hami-core:` }) ?? {};
    expect(cards).to.deep.equal({
      scheme: 'vgpu',
      mode: 'hami-core',
      cards: [
        { id: 'GPU-a', sharers: 10, memory: 40960, type: 'NVIDIA-NVIDIA A100', isHealthy: true },
        { id: 'GPU-b', sharers: 4, memory: 16384, type: 'NVIDIA-TESLA T4', isHealthy: false },
      ],
    });
  });

  it('bound amounts that the kubelet is not told of, and change none that it is', () => {
    const { allocatable } = node({ [REGISTER]: A100 }, { 'volcano.sh/vgpu-memory': '30000' }) ?? {};
    expect(Object.fromEntries(allocatable ?? [])).to.deep.equal({
      'volcano.sh/vgpu-memory': 30000,
      'volcano.sh/vgpu-memory-percentage': 100,
      'volcano.sh/vgpu-cores': 100,
    });
  });

  it('that are shared have one size, and the broken ones are named', () => {
    const amounts = { 'volcano.sh/gpu-number': '2', 'volcano.sh/gpu-memory': '32001' };
    const { cards } = node({ 'volcano.sh/gpu-unhealthy-ids': '1' }, amounts) ?? {};
    expect(cards?.scheme).to.equal('share');
    expect(cards?.cards.map(({ id, memory, isHealthy }) => [id, memory, isHealthy])).to.deep.equal([
      ['0', 16000, true],
      ['1', 16000, false],
    ]);
  });

  const none: readonly (readonly [string, Texts])[] = [
    [
      'whose device plugin has left',
      { [REGISTER]: A100, 'volcano.sh/node-vgpu-handshake': 'Deleted_2026.01.01 00:00:00' },
    ],
    ['whose register cannot be read', { [REGISTER]: 'GPU-a,ten,40960,NVIDIA,true,hami-core:' }],
    ['of which one card cannot be read', { [REGISTER]: `${A100}GPU-b:` }],
    ['without any', {}],
  ];
  for (const [name, annotations] of none) {
    it(`are none on a node ${name}`, () => {
      expect(node(annotations)?.cards).to.equal(undefined);
    });
  }

  it('stay when the device plugin is being asked whether it is there', () => {
    const annotations = { [REGISTER]: A100, 'volcano.sh/node-vgpu-handshake': 'Requesting_2026.01.01 00:00:00' };
    expect(node(annotations)?.cards?.cards).to.have.length(1);
  });

  it('need no mode: the plugin that keeps memory apart in software is the ordinary one', () => {
    expect(node({ [REGISTER]: 'GPU-a,10,40960,NVIDIA,true:' })?.cards?.mode).to.equal('hami-core');
  });
});

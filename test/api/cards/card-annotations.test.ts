import { expect } from 'chai';
import fc from 'fast-check';
import { cardAnnotations, readPodCards } from '../../../src/api/cards/card-annotations.ts';
import { chooseCards } from '../../../src/scheduler/devices/choose-cards.ts';
import { migPlugin, sharePlugin, vgpuPlugin } from '../../support/card-plugins.ts';
import { cardPod, cardPolicy, container, podCards, sharedNode, vgpuNode } from '../../support/card-records.ts';
import type { Amounts } from '../../support/card-records.ts';
import { A100, A100_GEOMETRIES } from '../../support/mig-geometries.ts';
import { makePodGroup } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const AT = { node: 'n1', nowMs: Date.UTC(2030, 0, 1) + 250.5 };
const NO_SHARE: fc.Arbitrary<Amounts> = fc.constant({});

const vgpus: fc.Arbitrary<Amounts> = fc.record({
  'vgpu-number': fc.integer({ min: 1, max: 3 }),
  'vgpu-memory': fc.constantFrom(1, 500, 1000),
  'vgpu-cores': fc.constantFrom(0, 30, 100),
});

describe('annotations about cards', () => {
  it('have the form that Volcano writes', () => {
    const choice = [[{ card: 'GPU-a', memory: 3000, cores: 50 }], [], [{ card: 'GPU-b', memory: 1, cores: 0 }]];
    expect(cardAnnotations('vgpu', choice, AT)).to.deep.equal({
      'volcano.sh/vgpu-node': 'n1',
      'volcano.sh/vgpu-time': '1893456000',
      'volcano.sh/vgpu-ids-new': 'GPU-a,NVIDIA,3000,50:;;GPU-b,NVIDIA,1,0:',
      'volcano.sh/devices-to-allocate': 'GPU-a,NVIDIA,3000,50:;;GPU-b,NVIDIA,1,0:',
      'volcano.sh/bind-phase': 'allocating',
      'volcano.sh/bind-time': '1893456000',
    });
    expect(cardAnnotations('share', [[{ card: '0', memory: 5, cores: 0 }]], AT)).to.deep.equal({
      'volcano.sh/gpu-index': '0',
      'volcano.sh/predicate-time': '1893456000250000000',
    });
  });

  it('of vGPUs are accepted by the rules of the device plugin, which gives each container its own', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(vgpus, NO_SHARE), { minLength: 1, maxLength: 4 }), (containers) => {
        const { cards } = vgpuNode('n1', [{ memory: 4000 }, { memory: 4000 }, { memory: 4000 }]);
        const wish = podCards(containers)?.wish;
        const choice = wish && cards && chooseCards(wish, cards, undefined, 'packed');
        fc.pre(choice !== undefined);
        const given = vgpuPlugin('n1', cardAnnotations('vgpu', choice, AT), containers);
        containers.forEach((amounts, at) => {
          const wanted = amounts['vgpu-memory'] ?? 0;
          expect(
            given[at]?.every(({ memory, cores }) => memory === wanted && cores === amounts['vgpu-cores']),
          ).to.equal(true);
        });
      }),
    );
  });

  it('of instances are accepted by the rules of the device plugin, which finds for each container one that is large enough', () => {
    const asked = fc.record({
      'vgpu-number': fc.integer({ min: 1, max: 2 }),
      'vgpu-memory': fc.constantFrom(8000, 12_000, 30_000, 80_000),
    });
    const containers = fc.array(fc.oneof(asked, NO_SHARE), { minLength: 1, maxLength: 4 });
    const memoryOf = new Map(
      A100_GEOMETRIES.flatMap(({ geometries }) =>
        geometries.flatMap(({ profiles }) => profiles.map(({ name, memory }) => [name, memory] as const)),
      ),
    );
    fc.assert(
      fc.property(fc.array(containers, { minLength: 1, maxLength: 8 }), (pods) => {
        const world = new SchedulerWorld(cardPolicy({ VGPUEnable: true }));
        world.snapshot.upsertNode(vgpuNode('n1', [A100, A100, A100], 'mig'));
        world.snapshot.learnGeometries({ source: 'test', models: A100_GEOMETRIES });
        const cuts = new Map<string, { readonly group: string; users: number }>();
        const instances = new Set<string>();
        for (const [p, each] of pods.entries()) {
          world.snapshot.upsertJob(makePodGroup(`p${p}`, 1, { createdMs: p }));
          world.snapshot.upsertTask(cardPod(`p${p}`, `p${p}`, each, { createdMs: p }));
        }
        const gangs = world.cycle().decisions.filter((decision) => decision.kind === 'gang');
        for (const { pod, cards: choice } of gangs.flatMap(({ binds }) => binds)) {
          const amounts = pods[Number(pod.slice('ns/p'.length))] ?? [];
          if (choice === undefined) continue;
          const given = vgpuPlugin('n1', cardAnnotations('vgpu', choice, AT), amounts);
          for (const [at, { card: id }] of given.flatMap((parts, i) => parts.map((part) => [i, part] as const))) {
            const { card, position, profile } = migPlugin({ id, model: A100.type }, A100_GEOMETRIES, cuts);
            expect(memoryOf.get(profile)).to.be.at.least(amounts[at]?.['vgpu-memory'] ?? 0);
            expect(instances.has(`${card} ${position}`), 'nobody else has it').to.equal(false);
            instances.add(`${card} ${position}`);
          }
        }
      }),
    );
  });

  it('of shared cards are accepted by the rules of theirs', () => {
    const node = sharedNode('n1', 4, 1000, '0');
    for (const amounts of [{ 'gpu-memory': 800 }, { 'gpu-number': 3 }]) {
      const wish = podCards([amounts])?.wish;
      const choice = wish && node.cards && chooseCards(wish, node.cards, undefined, 'packed');
      const indices = sharePlugin(node, cardAnnotations('share', choice ?? [], AT));
      expect(indices).to.deep.equal('gpu-number' in amounts ? ['1', '2', '3'] : ['1']);
    }
  });

  it('are read back as what was chosen', () => {
    const choice = [[{ card: 'GPU-a', memory: 3000, cores: 50 }], [], [{ card: 'GPU-b', memory: 1, cores: 0 }]];
    expect(readPodCards({}, cardAnnotations('vgpu', choice, AT))?.held).to.deep.equal(choice);
    const cut = [[{ card: 'GPU-a', memory: 9728, cores: 0, instance: { group: 'group2', position: 12 } }]];
    expect(cardAnnotations('vgpu', cut, AT)['volcano.sh/vgpu-ids-new']).to.equal('GPU-a[group2-12],NVIDIA,9728,0:');
    expect(readPodCards({}, cardAnnotations('vgpu', cut, AT))?.held).to.deep.equal(cut);
    const spec = { containers: [container({ 'gpu-number': 2 })] };
    const whole = [['3', '0'].map((card) => ({ card, memory: 0, cores: 100 }))];
    expect(readPodCards(spec, cardAnnotations('share', whole, AT))?.held).to.deep.equal(whole);
  });

  it('of instances that cannot be read hold part of the card', () => {
    for (const id of ['GPU-a[', 'GPU-a[1]', 'GPU-a[a-]', 'GPU-a[a-1', 'GPU-a[a-b-1]', 'GPU-a[a-12345]']) {
      const held = readPodCards({}, { 'volcano.sh/vgpu-ids-new': `${id},NVIDIA,5,1:` })?.held;
      expect(held, id).to.deep.equal([[{ card: 'GPU-a', memory: 5, cores: 1 }]]);
    }
  });

  it('that cannot be read hold nothing', () => {
    const held = readPodCards({}, { 'volcano.sh/vgpu-ids-new': 'GPU-a,NVIDIA,many,1:GPU-b;,NVIDIA,1,1:' })?.held;
    expect(held?.flat()).to.deep.equal([]);
    expect(readPodCards({}, { 'volcano.sh/gpu-index': '1' })).to.equal(undefined);
  });
});

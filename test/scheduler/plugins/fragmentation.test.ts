import { expect } from 'chai';
import fc from 'fast-check';
import { replay } from '../../../bench/fgd-replay.ts';
import { runEngine } from '../../../bench/fgd-engine.ts';
import type { TraceNode, TracePod } from '../../../bench/fgd-trace.ts';

const node = fc.record({
  cpu: fc.constantFrom(32_000, 64_000, 96_000),
  gpus: fc.constantFrom(1, 2, 4, 8),
  model: fc.constantFrom('P1', 'P2'),
});
const kind = fc.record({
  cpu: fc.constantFrom(1000, 4000, 8000, 12_000),
  gpus: fc.constantFrom(0, 1, 1, 1, 2),
  milli: fc.constantFrom(100, 300, 470, 810, 1000),
  models: fc.constantFrom('', '', '', 'P1', 'P1|P2'),
});

const story = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
    kinds: fc.array(kind, { minLength: 1, maxLength: 6 }),
    picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
  })
  .map(({ nodes, kinds, picks }) => ({
    nodes: nodes.map((each, i): TraceNode => ({ ...each, name: `n${i}`, memory: 1_000_000 })),
    pods: picks.map((pick, i): TracePod => {
      const { gpus, milli, models, cpu } = kinds[pick % kinds.length] as (typeof kinds)[number];
      const part = gpus === 0 ? 0 : gpus > 1 ? 1000 : milli;
      return { cpu, gpus, milli: part, models: gpus === 0 ? '' : models, memory: 1, name: `p${i}` };
    }),
  }));

describe('fragmentation', () => {
  it('places pod by pod as FGD does, node for node and card for card', () => {
    fc.assert(
      fc.property(story, ({ nodes, pods }) => {
        const expected = replay(nodes, pods, pods, { policy: 'fgd', random: () => 0 });
        expect(runEngine(nodes, pods, 'fgd').places).to.deep.equal(expected.places);
      }),
      { numRuns: 60, seed: Number(process.env['SLUICE_SEED'] ?? 17) },
    );
  });

  const card: TraceNode = { name: 'n0', cpu: 16_000, memory: 1000, gpus: 2, model: 'P1' };
  const part = (name: string, milli: number, cpu = 1000): TracePod => {
    return { name, cpu, memory: 1, gpus: 1, milli, models: '' };
  };

  it('fills up a card that others would only break', () => {
    const pods = [part('a', 700), part('b', 300), part('c', 1000)];
    expect(runEngine([card], pods, 'aligned').places).to.deep.equal(['n0 0', 'n0 0', 'n0 1']);
  });

  it('breaks ties by what is free of CPU for each card, or by name', () => {
    const nodes = [
      { ...card, cpu: 96_000, gpus: 4 },
      { ...card, name: 'n1', cpu: 32_000, gpus: 4 },
    ];
    const pods = [part('a', 1000, 8000)];
    expect(runEngine(nodes, pods, 'aligned').places).to.deep.equal(['n1 0']);
    expect(runEngine(nodes, pods, 'fgd').places).to.deep.equal(['n0 0']);
  });

  it('with all pods known begins with those that ask for most', () => {
    const pods = [part('a', 600), part('b', 600), part('c', 1000)];
    const one = [{ ...card, gpus: 2 }];
    expect(runEngine(one, pods, 'aligned').allocated).to.equal(1200);
    expect(runEngine(one, pods, 'batch').allocated).to.equal(1600);
  });
});

import { expect } from 'chai';
import { cardTroubles, readCardWish } from '../../../src/api/cards/card-wish.ts';
import type { CardRequest, CardWish } from '../../../src/api/records/card-records.ts';
import { container } from '../../support/card-records.ts';
import type { Amounts } from '../../support/card-records.ts';

interface Case {
  readonly name: string;
  readonly containers: readonly Amounts[];
  readonly by: CardWish['by'];
  readonly requests: readonly CardRequest[];
}

const NONE = { count: 0, memory: 0, percent: 0, cores: 0 };

const CASES: readonly Case[] = [
  {
    name: 'vGPUs with memory and cores of each',
    containers: [{ 'vgpu-number': 2, 'vgpu-memory': 3000, 'vgpu-cores': 50 }],
    by: 'vgpu',
    requests: [{ count: 2, memory: 3000, percent: 0, cores: 50 }],
  },
  {
    name: 'a part of the memory, whatever the card has',
    containers: [{ 'vgpu-number': 1, 'vgpu-memory-percentage': 30 }],
    by: 'vgpu',
    requests: [{ count: 1, memory: 0, percent: 30, cores: 0 }],
  },
  {
    name: 'all of the memory where none is named',
    containers: [{ 'vgpu-number': 1 }],
    by: 'vgpu',
    requests: [{ count: 1, memory: 0, percent: 100, cores: 0 }],
  },
  {
    name: 'one card where only memory is named',
    containers: [{ 'vgpu-memory': 500 }],
    by: 'vgpu',
    requests: [{ count: 1, memory: 500, percent: 0, cores: 0 }],
  },
  {
    name: 'nothing for containers in between, which keep their places',
    containers: [{}, { 'vgpu-number': 1, 'vgpu-memory': 1 }, {}],
    by: 'vgpu',
    requests: [NONE, { count: 1, memory: 1, percent: 0, cores: 0 }, NONE],
  },
  {
    name: 'memory of one shared card for all containers together',
    containers: [{ 'gpu-memory': 1000 }, { 'gpu-memory': 500 }],
    by: 'memory',
    requests: [{ count: 1, memory: 1500, percent: 0, cores: 0 }],
  },
  {
    name: 'whole shared cards, which nobody else has',
    containers: [{ 'gpu-number': 2 }],
    by: 'number',
    requests: [{ count: 2, memory: 0, percent: 0, cores: 100 }],
  },
];

describe('what a pod asks of cards', () => {
  for (const { name, containers, by, requests } of CASES) {
    it(`is ${name}`, () => {
      const wish = readCardWish({ containers: containers.map(container) }, {});
      expect(wish?.by).to.equal(by);
      expect(wish?.requests).to.deep.equal(requests);
    });
  }

  it('is nothing for most pods', () => {
    const limits = { cpu: '1', 'nvidia.com/gpu': '1', 'volcano.sh/other': '1', 'volcano.sh/vgpu-number': '0' };
    expect(readCardWish({ containers: [{ resources: { limits } }] }, {})).to.equal(undefined);
  });

  it('names types of cards and the mode by annotations', () => {
    const annotations = { 'nvidia.com/use-gputype': 'a100, H100', 'volcano.sh/vgpu-mode': 'hami-core' };
    const wish = readCardWish({ containers: [container({ 'vgpu-number': 1 })] }, annotations);
    expect([wish?.types, wish?.otherTypes, wish?.mode]).to.deep.equal([['A100', 'H100'], [], 'hami-core']);
  });

  it('counts what a start-up step has of a shared card before the others', () => {
    const spec = { containers: [container({ 'gpu-memory': 1 })], initContainers: [container({ 'gpu-memory': 7 })] };
    expect(readCardWish(spec, {})?.requests[0]?.memory).to.equal(7);
  });

  const troubles: readonly (readonly [string, object, string])[] = [
    [
      'vGPUs of an init container, which no device plugin tells apart',
      { containers: [container({ 'vgpu-number': 1 })], initContainers: [container({ 'vgpu-number': 1 })] },
      'vGPUs of init containers',
    ],
    [
      'memory and whole cards at a time',
      { containers: [container({ 'gpu-number': 1 }), container({ 'gpu-memory': 1 })] },
      'parts of cards that are asked for in several ways',
    ],
  ];
  for (const [name, spec, trouble] of troubles) {
    it(`cannot be ${name}`, () => {
      expect(cardTroubles(spec)).to.deep.equal([trouble]);
    });
  }
});

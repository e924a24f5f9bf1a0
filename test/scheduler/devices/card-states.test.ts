import { expect } from 'chai';
import type { CardRecord, NodeCards } from '../../../src/api/records/card-records.ts';
import type { CardUses } from '../../../src/scheduler/devices/card-room.ts';
import { CardStates } from '../../../src/scheduler/devices/card-states.ts';

const A100: CardRecord = { id: 'a', memory: 40_000, sharers: 10, type: 'NVIDIA-A100', isHealthy: true };

function node(...cards: readonly Partial<CardRecord>[]): NodeCards {
  return { scheme: 'vgpu', mode: 'hami-core', cards: cards.map((card) => ({ ...A100, ...card })) };
}

const HALF = { memory: 20_000, cores: 50, sharers: 1, exclusive: 0 };

describe('states of cards', () => {
  const plain = node({}, { id: 'b' });
  const cases: readonly [string, NodeCards, CardUses | undefined, boolean][] = [
    ['nodes whose cards differ in their ids alone', node({ id: 'x' }, { id: 'y' }), [HALF, undefined], true],
    ['nodes with other types', node({}, { type: 'NVIDIA-T4' }), [HALF, undefined], false],
    ['nodes with a broken card', node({}, { isHealthy: false }), [HALF, undefined], false],
    ['nodes with fewer sharers', node({}, { sharers: 1 }), [HALF, undefined], false],
    ['nodes with more cards', node({}, {}, {}), [HALF, undefined], false],
    ['nodes that are shared in another way', { ...plain, mode: 'mig' }, [HALF, undefined], false],
    ['nodes of which nothing is taken', plain, undefined, false],
    ['nodes of which another card is taken', plain, [undefined, HALF], false],
    ['nodes of which more cores are taken', plain, [{ ...HALF, cores: 60 }, undefined], false],
    ['nodes of which one shares none with others', plain, [{ ...HALF, exclusive: 1 }, undefined], false],
    ['nodes of which more pods have part', plain, [{ ...HALF, sharers: 2 }, undefined], false],
  ];
  for (const [name, cards, uses, isSame] of cases) {
    it(`${isSame ? 'are one' : 'are two'} for ${name}`, () => {
      const states = new CardStates();
      const first = states.of(plain, [HALF, undefined]);
      expect(states.of(cards, uses) === first).to.equal(isSame);
    });
  }

  const instance = { group: 'a', position: 0 };
  const geometry = (count: number) => [{ group: 'a', profiles: [{ name: '1g', memory: 20_000, count }] }];
  const cut = node({ geometries: geometry(2) });
  const use = { ...HALF, instances: [instance] };
  const cuts: readonly [string, NodeCards, CardUses, boolean][] = [
    ['cards of which the same instance is taken', node({ id: 'x', geometries: geometry(2) }), [{ ...use }], true],
    ['cards of which another instance is taken', cut, [{ ...use, instances: [{ ...instance, position: 1 }] }], false],
    [
      'cards of which an instance of another geometry is taken',
      cut,
      [{ ...use, instances: [{ ...instance, group: 'b' }] }],
      false,
    ],
    ['cards of which something else is taken', cut, [HALF], false],
    ['cards that are cut otherwise', node({ geometries: geometry(3) }), [use], false],
    ['cards of which nobody knows how they are cut', node({ geometries: [] }), [use], false],
  ];
  for (const [name, cards, uses, isSame] of cuts) {
    it(`${isSame ? 'are one' : 'are two'} for ${name}`, () => {
      const states = new CardStates();
      expect(states.of(cut, [use]) === states.of(cards, uses)).to.equal(isSame);
    });
  }

  it('stay as they are when more of the cards is taken', () => {
    const states = new CardStates();
    const use = { ...HALF };
    const before = states.of(plain, [use, undefined]);
    use.memory += 1;
    expect(before.uses).to.deep.equal([HALF, undefined]);
    expect(states.of(plain, [use, undefined]).id).to.not.equal(before.id);
  });
});

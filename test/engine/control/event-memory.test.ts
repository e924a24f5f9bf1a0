import { expect } from 'chai';
import { PODS } from '../../../src/api/resources.ts';
import { ControllerEventMemory } from '../../../src/engine/control/event-memory.ts';

function memoryOf(): { readonly memory: ControllerEventMemory; readonly tell: (uid: string, note: string) => void } {
  const memory = new ControllerEventMemory({ record: () => undefined });
  const tell = (uid: string, note: string): void =>
    memory.record({ type: PODS, namespace: 'ns', name: uid, uid }, 'Warning', 'R', 'Doing', note);
  return { memory, tell };
}

describe('what controllers remember of their events', () => {
  it('is what was told about an object, until it is gone', () => {
    const { memory, tell } = memoryOf();
    tell('a', 'one');
    tell('a', 'two');
    expect([...memory.toldOf('a')]).to.deep.equal(['R one', 'R two']);
    memory.forget('a');
    expect([...memory.toldOf('a')]).to.deep.equal([]);
  });

  it('does not grow with objects that are told of when they are gone', () => {
    const { memory, tell } = memoryOf();
    for (let i = 0; i < 60_000; i += 1) tell(`uid-${i}`, 'late');
    expect([memory.size, memory.toldOf('uid-59999').size, memory.toldOf('uid-0').size]).to.deep.equal([50_000, 1, 0]);
  });

  it('does not grow with words that are new each time', () => {
    const { memory, tell } = memoryOf();
    for (let i = 0; i < 1000; i += 1) tell('a', `note ${i}`);
    expect(memory.toldOf('a').size).to.be.at.most(100);
  });
});

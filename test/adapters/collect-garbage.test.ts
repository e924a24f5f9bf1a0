import { expect } from 'chai';
import { collectGarbage } from '../../src/adapters/collect-garbage.ts';

describe('garbage', () => {
  it('is collected at once', () => {
    const held = new WeakRef(new ArrayBuffer(1024));
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      collectGarbage();
      expect(held.deref()).to.equal(undefined);
    });
  });

  it('is nothing that other code can have collected afterwards', () => {
    collectGarbage();
    expect(globalThis).not.to.have.property('gc');
  });
});

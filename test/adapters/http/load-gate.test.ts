import { expect } from 'chai';
import { LoadGate } from '../../../src/adapters/http/load-gate.ts';

describe('load gate', () => {
  it('has room up to the limit, and again once somebody has left', () => {
    const gate = new LoadGate({ maxInFlight: 2, maxBufferedBytes: 10 });
    const room = Array.from({ length: 3 }, () => gate.enter());
    expect(room).to.deep.equal([true, true, false]);
    for (const _left of room) gate.leave();
    expect(gate.inFlight).to.equal(0);
    expect(gate.enter()).to.equal(true);
  });

  it('counts bytes of all requests together until they are released', () => {
    const gate = new LoadGate({ maxInFlight: 2, maxBufferedBytes: 10 });
    const hasMemory = [6, 4, 1].map((bytes) => {
      gate.buffer(bytes);
      return gate.hasMemory;
    });
    expect(hasMemory).to.deep.equal([true, true, false]);
    gate.release(6);
    expect(gate.hasMemory).to.equal(true);
    gate.release(5);
    expect(gate.bufferedBytes).to.equal(0);
  });
});

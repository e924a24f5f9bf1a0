import { expect } from 'chai';
import { LoadGate } from '../../../src/adapters/http/load-gate.ts';

describe('load gate', () => {
  it('is open up to the limit, full up to twice the limit, then closed', () => {
    const gate = new LoadGate({ maxInFlight: 2, maxBufferedBytes: 10 });
    const room = Array.from({ length: 5 }, () => gate.enter());
    expect(room).to.deep.equal(['open', 'open', 'full', 'full', 'closed']);
    for (const _left of room) gate.leave(0);
    expect(gate.inFlight).to.equal(0);
    expect(gate.enter()).to.equal('open');
  });

  it('counts bytes of all requests together until they leave', () => {
    const gate = new LoadGate({ maxInFlight: 2, maxBufferedBytes: 10 });
    gate.enter();
    gate.enter();
    expect([gate.buffer(6), gate.buffer(4), gate.buffer(1)]).to.deep.equal([true, true, false]);
    gate.leave(6);
    expect(gate.buffer(5)).to.equal(true);
    gate.leave(10);
    expect(gate.bufferedBytes).to.equal(0);
  });
});

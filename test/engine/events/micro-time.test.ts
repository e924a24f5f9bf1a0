import { expect } from 'chai';
import { formatMicroTime } from '../../../src/engine/events/micro-time.ts';

describe('MicroTime', () => {
  for (const [nowMs, want] of [
    [0, '1970-01-01T00:00:00.000000Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123000Z'],
    [1500.25, '1970-01-01T00:00:01.500250Z'],
  ] as const) {
    it(`writes ${nowMs} as ${want}`, () => {
      expect(formatMicroTime(nowMs)).to.equal(want);
    });
  }
});

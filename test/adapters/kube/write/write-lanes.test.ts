import { expect } from 'chai';
import fc from 'fast-check';
import { WriteLanes } from '../../../../src/adapters/kube/write/write-lanes.ts';
import type { Lane } from '../../../../src/adapters/kube/write/write-lanes.ts';

describe('write lanes', () => {
  const rows: readonly { name: string; waiting: Record<Lane, number>; want: Record<Lane, number> }[] = [
    {
      name: 'decisions alone take every slot',
      waiting: { decision: 50, status: 0, event: 0 },
      want: { decision: 32, status: 0, event: 0 },
    },
    {
      name: 'status alone leaves a quarter free',
      waiting: { decision: 0, status: 50, event: 0 },
      want: { decision: 0, status: 24, event: 0 },
    },
    {
      name: 'events alone take an eighth',
      waiting: { decision: 0, status: 0, event: 50 },
      want: { decision: 0, status: 0, event: 4 },
    },
    {
      name: 'decisions leave two slots to those below',
      waiting: { decision: 50, status: 50, event: 50 },
      want: { decision: 30, status: 1, event: 1 },
    },
    {
      name: 'decisions leave two slots to status',
      waiting: { decision: 50, status: 50, event: 0 },
      want: { decision: 30, status: 2, event: 0 },
    },
    {
      name: 'status leaves one slot to events',
      waiting: { decision: 0, status: 50, event: 50 },
      want: { decision: 0, status: 23, event: 1 },
    },
    {
      name: 'what is little goes at once',
      waiting: { decision: 3, status: 4, event: 2 },
      want: { decision: 3, status: 4, event: 2 },
    },
  ];
  for (const tc of rows) {
    it(tc.name, () => {
      const lanes = filled(32, tc.waiting);
      drain(lanes);
      expect(inFlight(lanes)).to.deep.equal(tc.want);
    });
  }

  it('keeps the order within a lane over many pushes', () => {
    const lanes = new WriteLanes<number>(1);
    const taken: number[] = [];
    for (let index = 0; index < 5000; index += 1) {
      lanes.push('decision', index);
      if (index % 3 === 0) takeOne(lanes, taken);
    }
    while (lanes.waiting('decision') > 0) takeOne(lanes, taken);
    expect(taken).to.deep.equal(Array.from({ length: 5000 }, (_, index) => index));
  });

  it('sends everything in the end, never more at once than allowed, whatever is released when', () => {
    const lane = fc.constantFrom<Lane>('decision', 'status', 'event');
    const step = fc.record({ lane, push: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 300 }), (max, steps) => {
        const lanes = new WriteLanes<Lane>(max);
        const sent: Lane[] = [];
        let pushed = 0;
        for (const { lane: of, push } of steps) {
          if (push) lanes.push(of, of);
          if (push) pushed += 1;
          else if (lanes.inFlight(of) > 0) lanes.release(of);
          sent.push(...drain(lanes));
          expect(total(lanes)).to.be.at.most(max);
        }
        while (total(lanes) > 0) {
          for (const of of LANES) if (lanes.inFlight(of) > 0) lanes.release(of);
          sent.push(...drain(lanes));
        }
        expect(sent).to.have.length(pushed);
      }),
      { numRuns: 100 },
    );
  });
});

const LANES: readonly Lane[] = ['decision', 'status', 'event'];

function filled(max: number, waiting: Record<Lane, number>): WriteLanes<Lane> {
  const lanes = new WriteLanes<Lane>(max);
  for (const lane of LANES.toReversed()) for (let index = 0; index < waiting[lane]; index += 1) lanes.push(lane, lane);
  return lanes;
}

function drain<T>(lanes: WriteLanes<T>): T[] {
  const taken: T[] = [];
  for (let next = lanes.next(); next !== undefined; next = lanes.next()) taken.push(next);
  return taken;
}

function takeOne(lanes: WriteLanes<number>, taken: number[]): void {
  const item = lanes.next();
  if (item === undefined) return;
  taken.push(item);
  lanes.release('decision');
}

function inFlight<T>(lanes: WriteLanes<T>): Record<Lane, number> {
  return { decision: lanes.inFlight('decision'), status: lanes.inFlight('status'), event: lanes.inFlight('event') };
}

function total<T>(lanes: WriteLanes<T>): number {
  return LANES.reduce((sum, lane) => sum + lanes.inFlight(lane), 0);
}

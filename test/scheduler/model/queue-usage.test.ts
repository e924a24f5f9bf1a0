import { expect } from 'chai';
import fc from 'fast-check';
import { QueueUsage } from '../../../src/scheduler/model/queue-usage.ts';

const HOUR = 3_600_000;

/** The weighted mean as an integral, step by step, of shares that each hold for a time; before them nothing was held. */
function integral(steps: readonly (readonly [share: number, forMs: number])[], halfLifeMs: number): number {
  const endMs = steps.reduce((sum, [, forMs]) => sum + forMs, 0);
  const rate = Math.LN2 / halfLifeMs;
  let sum = 0;
  let atMs = 0;
  for (const [share, forMs] of steps) {
    // The integral of rate * share * e^(-rate * age) over the step.
    sum += share * (Math.exp(-rate * (endMs - atMs - forMs)) - Math.exp(-rate * (endMs - atMs)));
    atMs += forMs;
  }
  return sum;
}

describe('what a queue has held over time', () => {
  it('is half of what it holds after one half-life, and three quarters after two', () => {
    const usage = new QueueUsage(HOUR, 1, 0);
    expect([0, HOUR, 2 * HOUR].map((ms) => usage.mean(ms))).to.deep.equal([0, 0.5, 0.75]);
  });

  it('fades by half in each half-life once nothing is held', () => {
    const usage = new QueueUsage(HOUR, 0, 0, { mean: 0.8, atMs: 0 });
    expect([0, HOUR, 3 * HOUR].map((ms) => usage.mean(ms))).to.deep.equal([0.8, 0.4, 0.1]);
  });

  it('stands still while the clock is behind', () => {
    const usage = new QueueUsage(HOUR, 1, 0, { mean: 0.25, atMs: HOUR });
    expect(usage.mean(0)).to.equal(0.25);
  });

  it('is the exact integral, however many small steps it is brought up to date in', () => {
    const step = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400, size: 'max' }), (steps) => {
        const usage = new QueueUsage(HOUR, 0, 0);
        let nowMs = 0;
        steps.forEach(([share, forMs], i) => {
          usage.hold(share, i, nowMs);
          nowMs += forMs;
          // Telling brings it up to date, too, and changes nothing.
          usage.tell(nowMs);
        });
        expect(usage.mean(nowMs)).to.be.closeTo(integral(steps, HOUR), 1e-12);
      }),
      { numRuns: 200, seed: Number(process.env['SLUICE_SEED'] ?? 11) },
    );
  });

  it('does not drift in a million small steps', () => {
    const usage = new QueueUsage(HOUR, 0, 0);
    for (let i = 0; i < 1_000_000; i += 1) usage.hold(i % 2 === 0 ? 1 : 0, i, i * 100);
    expect(usage.mean(1e8)).to.be.closeTo(0.5, 1e-4);
  });

  it('is told once a minute at most, and only when it has changed', () => {
    const usage = new QueueUsage(HOUR, 0, 0);
    const told: number[] = [];
    for (let ms = 0; ms < 10 * 60_000; ms += 1000) {
      if (ms < 5 * 60_000) usage.hold((ms / 1000) % 2, ms, ms);
      if (usage.tell(ms)) told.push(ms);
    }
    expect(told).to.deep.equal([1000, 61_000, 121_000, 181_000, 241_000, 301_000]);
  });

  it('goes on from what was told as if it had never stopped', () => {
    const usage = new QueueUsage(HOUR, 0.6, 0);
    usage.tell(HOUR);
    const next = new QueueUsage(HOUR, 0.6, 3 * HOUR, usage.told);
    expect(next.mean(4 * HOUR)).to.be.closeTo(usage.mean(4 * HOUR), 1e-12);
  });
});

import { expect } from 'chai';
import { Backoff } from '../../src/lib/backoff.ts';
import { retry } from '../../src/lib/retry.ts';

/** Pauses between the attempts that it took to get to the answer. */
async function pausesOf(
  answers: readonly (number | 'done')[],
  hasTime?: (delayMs: number) => boolean,
): Promise<unknown> {
  const script = [...answers];
  const pauses: number[] = [];
  const last = await retry(() => Promise.resolve(script.shift() ?? 'done'), {
    bounds: { minMs: 100, maxMs: 400 },
    wait: (delayMs) => Promise.resolve(void pauses.push(delayMs)),
    pauseAfter: (answer) => (answer === 'done' ? undefined : answer),
    ...(hasTime === undefined ? {} : { hasTime }),
  });
  return { last, pauses };
}

describe('retry', () => {
  it('takes the first answer that can be taken, without a pause', async () => {
    expect(await pausesOf(['done'])).to.deep.equal({ last: 'done', pauses: [] });
  });

  it('waits twice as long each time up to the maximum, and at least as long as the answer asks', async () => {
    expect(await pausesOf([0, 0, 0, 0, 1000])).to.deep.equal({ last: 'done', pauses: [100, 200, 400, 400, 1000] });
  });

  it('ends with the last answer when there is no time for another attempt', async () => {
    expect(await pausesOf([0, 0, 7, 0], (delayMs) => delayMs < 400)).to.deep.equal({ last: 7, pauses: [100, 200] });
  });

  it('rejects as the attempt does', async () => {
    const options = { bounds: { minMs: 1, maxMs: 1 }, wait: () => Promise.resolve(), pauseAfter: () => undefined };
    const failed = await retry(() => Promise.reject(new Error('bug')), options).catch(String);
    expect(failed).to.equal('Error: bug');
  });
});

describe('a backoff', () => {
  it('lengthens each delay by up to half, and begins anew when it is reset', () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 400 }, () => 1);
    expect([backoff.nextMs(), backoff.nextMs()]).to.deep.equal([150, 300]);
    backoff.reset();
    expect(backoff.nextMs()).to.equal(150);
  });
});

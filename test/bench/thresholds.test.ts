import { expect } from 'chai';
import { benchmark } from '../../bench/benchmark.ts';
import type { AnySettings } from '../../bench/benchmark.ts';
import type { Figures } from '../../bench/figures.ts';
import { judged as judgedRun } from '../../bench/thresholds.ts';

const SIZE = { kind: 'number', fallback: 1000, min: 1, max: 100_000, help: '' } as const;
const FOLDER = { kind: 'text', fallback: '', help: '' } as const;

/** Of a run with such settings in the place of its own ones. */
function judged(name: string, figures: Figures, given: AnySettings = {}): readonly string[] {
  const known = benchmark(name, '', { nodes: SIZE, runs: SIZE, data: FOLDER }, () => Promise.resolve({}));
  return judgedRun(known, { nodes: 1000, runs: 1000, data: '', ...given }, figures);
}

describe('the thresholds of a benchmark', () => {
  it('are met by a rate that is high enough, and missed by one that is not', () => {
    expect(judged('core-plain', { podsPerSecond: 600_000 })).to.deep.equal([
      'podsPerSecond: 600000, at least 600000 asked: met',
    ]);
    expect(judged('core-plain', { podsPerSecond: 599_999 })).to.deep.equal([
      'podsPerSecond: 599999, at least 600000 asked: missed',
    ]);
  });

  it('look into tables, and tell what was not measured', () => {
    expect(judged('webhook', { coreBusy: { p99Ms: 5.1 } })).to.deep.equal([
      'attacked.p99Ms: not measured, at most 50 asked',
      'coreBusy.p99Ms: 5.1, at most 5 asked: missed',
      'coreWithoutRest.p99Ms: not measured, at most 5 asked',
    ]);
  });

  it('are those of the size', () => {
    const figures = { reclaimMs: 100, preemptMs: 160 };
    expect(judged('core-evict', figures)).to.deep.equal([
      'reclaimMs: 100, at most 10 asked: missed',
      'preemptMs: 160, at most 10 asked: missed',
    ]);
    expect(judged('core-evict', figures, { nodes: 10_000, runs: 1 })).to.deep.equal([
      'reclaimMs: 100, at most 150 asked: met',
      'preemptMs: 160, at most 150 asked: missed',
    ]);
  });

  it('are asked of a run whatever folder its data are in', () => {
    expect(judged('core-elastic', { growth: 3 }, { data: 'traces' })).to.deep.equal([
      'growth: 3, at most 6 asked: met',
    ]);
  });

  it('are none for another size, which is told', () => {
    expect(judged('core-evict', { reclaimMs: 1 }, { nodes: 500 })).to.deep.equal([
      'nothing is asked of a run with --nodes 500',
    ]);
  });

  it('are none for a benchmark without any', () => {
    expect(judged('decode', { podsPerSecond: 1 })).to.deep.equal([]);
    expect(judged('decode', { podsPerSecond: 1 }, { nodes: 500 })).to.deep.equal([]);
  });
});

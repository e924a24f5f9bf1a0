import { expect } from 'chai';
import { reviewBudgetMs } from '../../../src/adapters/http/review-budget.ts';

describe('review budget', () => {
  const rows: Readonly<Record<string, number>> = {
    'timeout=3s': 2_400,
    'a=b&timeout=5s': 4_000,
    'timeout=0.5s': 400,
    'timeout=30s': 24_000,
    'timeout=31s': 24_000,
    'timeout=999999s': 24_000,
    '': 8_000,
    'timeout=': 8_000,
    'timeout=0s': 8_000,
    'timeout=-1s': 8_000,
    'timeout=3': 8_000,
    'timeout=1e9s': 8_000,
    'timeout=3s;timeout=5s': 8_000,
    'timeout=99999999999999999999s': 8_000,
  };
  for (const [query, want] of Object.entries(rows)) {
    it(`of "${query}" is ${want} ms`, () => {
      expect(reviewBudgetMs(query)).to.equal(want);
    });
  }
});

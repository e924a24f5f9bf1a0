/** What the API server waits when it does not say, and the longest it ever waits. */
const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 30;
/** The rest of the time is for the network and for the API server itself. */
const BUDGET_FRACTION = 0.8;

const TIMEOUT = /^timeout=(\d{1,6}(?:\.\d{1,9})?)s$/;

/** Milliseconds within which a review must be answered, from the request's query (`timeout=3s`). */
export function reviewBudgetMs(query: string): number {
  for (const part of query.split('&')) {
    const seconds = Number(TIMEOUT.exec(part)?.[1] ?? Number.NaN);
    if (seconds > 0) return Math.min(seconds, MAX_TIMEOUT_SECONDS) * 1000 * BUDGET_FRACTION;
  }
  return DEFAULT_TIMEOUT_SECONDS * 1000 * BUDGET_FRACTION;
}

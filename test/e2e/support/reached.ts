/** Longer than any wait of these tests on a busy machine. */
const PATIENCE_MS = 60_000;

/** Waits for a condition that a real cluster brings about; rejects when it never comes true. */
export async function reached(condition: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    if (performance.now() - startMs > PATIENCE_MS) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Asks until there is an answer; for what no watch tells, such as the moment from which an API server goes by another schema. */
export async function found<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const startMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() - startMs > PATIENCE_MS) throw new Error(`${what} never came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

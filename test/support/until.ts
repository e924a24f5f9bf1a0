const GIVE_UP_MS = 60_000;

/** Waits for a condition that network events bring about; rejects when it never comes true. */
export async function until(condition: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!condition()) {
    if (performance.now() - startMs > GIVE_UP_MS) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets everything run that is ready to run: promises, immediates and bytes that have arrived. */
export async function settle(rounds = 5): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

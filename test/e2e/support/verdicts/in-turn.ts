const CONCURRENT_WRITES = 16;

/** Sends all of them, a few at a time. */
export async function inTurn<T>(items: readonly T[], send: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await send(item);
  };
  await Promise.all(Array.from({ length: CONCURRENT_WRITES }, lane));
}

/** From 0 to 100; undefined for what is no number. */
export function boundedPercent(value: number): number | undefined {
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : undefined;
}

/** Kubernetes' MicroTime of a wall-clock moment: always six decimals, as its parser wants them. */
export function formatMicroTime(nowMs: number): string {
  const wholeMs = Math.floor(nowMs);
  const micros = Math.floor((nowMs - wholeMs) * 1000);
  return `${new Date(wholeMs).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

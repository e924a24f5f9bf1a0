const MAX_SCORE = 100;
/** Instead of how uneven it is: the nodes lack a label that the pods are to be spread by. */
export const LACKS_LABEL = -1;

/** Of two parts of a sum, either of which may lack a label. */
export function plus(a: number, b: number): number {
  return a < 0 || b < 0 ? LACKS_LABEL : a + b;
}

/** The best gets 100, the worst nothing. */
export function addNear(raw: readonly number[], weight: number, out: number[]): void {
  let least = Infinity;
  let most = -Infinity;
  for (const near of raw) {
    if (near < least) least = near;
    if (near > most) most = near;
  }
  if (most === least) return;
  const scale = (weight * MAX_SCORE) / (most - least);
  for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) + scale * ((raw[i] ?? 0) - least);
}

/** The emptiest gets 100, others less by what they hold in comparison with the fullest; who lacks a label gets nothing. */
export function addSpread(raw: readonly number[], weight: number, out: number[]): void {
  let least = Infinity;
  let most = 0;
  for (const spread of raw) {
    if (spread < 0) continue;
    if (spread < least) least = spread;
    if (spread > most) most = spread;
  }
  for (let i = 0; i < out.length; i += 1) {
    const spread = raw[i] ?? LACKS_LABEL;
    if (spread < 0) continue;
    const share = most === 0 ? 1 : (most + least - spread) / most;
    out[i] = (out[i] ?? 0) + weight * MAX_SCORE * share;
  }
}

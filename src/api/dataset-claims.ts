/** A dataset that a pod reads. */
export interface DatasetClaim {
  readonly name: string;
  /** Its pods run only where some of it lies. */
  readonly isRequired: boolean;
}

/** More than any program reads at a time; what is claimed costs a column of numbers each. */
export const MAX_DATASET_CLAIMS = 16;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads `a,b!`; undefined for a text that cannot be read. Repeats are told once, and sorted, so that equal claims have one text. */
export function parseDatasetClaims(text: string): readonly DatasetClaim[] | undefined {
  const claims = new Map<string, boolean>();
  if (text.length > MAX_DATASET_CLAIMS * 260) return undefined;
  for (const part of text.split(',')) {
    const [, name = '', mark] = /^\s*([^\s!]*)(!?)\s*$/.exec(part) ?? [];
    if (!NAME.test(name)) return undefined;
    claims.set(name, (claims.get(name) ?? false) || mark === '!');
  }
  if (claims.size > MAX_DATASET_CLAIMS) return undefined;
  const names = [...claims.keys()].toSorted();
  return names.map((name) => ({ name, isRequired: claims.get(name) ?? false }));
}

/** The one text of some claims. */
export function formatDatasetClaims(claims: readonly DatasetClaim[]): string {
  return claims.map(({ name, isRequired }) => `${name}${isRequired ? '!' : ''}`).join(',');
}

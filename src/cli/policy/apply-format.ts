/** How `sluice policy apply` may print. */
export const APPLY_FORMATS = ['table', 'json', 'yaml'] as const;
export type ApplyFormat = (typeof APPLY_FORMATS)[number];

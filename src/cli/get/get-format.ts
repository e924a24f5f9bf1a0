/** How `sluice get` may print. */
export const GET_FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type GetFormat = (typeof GET_FORMATS)[number];

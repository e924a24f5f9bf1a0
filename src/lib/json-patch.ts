import type { JsonValue } from './json.ts';

/** One RFC 6902 operation; only the three that a mutator needs. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/** JSON pointer of a path; `~` is escaped before `/`, as RFC 6901 needs it. */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
